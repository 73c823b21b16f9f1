"""recorded.py finds what it is there for."""

import pathlib
import tempfile
import unittest

import recorded

CHECKED = "sqlite\tSELECT a FROM t WHERE b = :b\n"


class RecordedTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.folder = self.root / "run"
        self.list = self.root / "list.txt"
        self.list.write_text(CHECKED, encoding="utf-8")
        recorded.begin(self.folder)

    def check(self, *texts):
        for number, text in enumerate(texts):
            (self.folder / str(number)).write_text(text, encoding="utf-8")
        return recorded.check(self.folder, [self.list])

    def test_what_is_listed_or_has_no_plan_passes(self):
        self.assertEqual(self.check(CHECKED, "sqlite\tINSERT INTO t (a) VALUES (:a)\n",
                                    "sqlite\tSELECT name FROM sqlite_master\n"), [])

    def test_what_is_not_listed_is_found(self):
        for text in ("mysql\tSELECT a FROM t WHERE b = :b", "sqlite\tDELETE FROM t", "sqlite\tUPDATE t SET a = :a",
                     "sqlite\tINSERT INTO t (a) SELECT b FROM u"):
            with self.subTest(text):
                self.assertEqual(self.check(CHECKED, text + "\n"), [text])

    def test_half_a_line_of_a_killed_process_is_left_out(self):
        self.assertEqual(self.check(CHECKED + "sqlite\tSELECT a FR"), [])

    def test_nothing_recorded_is_a_failure(self):
        self.assertEqual(len(self.check()), 1)
        self.assertEqual(len(self.check("")), 1)

    def test_a_run_forgets_the_one_before(self):
        self.check("sqlite\tDELETE FROM t\n")
        recorded.begin(self.folder)
        self.assertEqual(self.check(CHECKED), [])


if __name__ == "__main__":
    unittest.main()
