#!/usr/bin/env python3
"""The reference builds without a warning, and a public name without a comment would be one.

  reference_test.py --settings DOXYFILE
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile
import unittest

ARGUMENTS = None
HEADER = """// A desk.
#ifndef DESK_H_
#define DESK_H_

namespace desk {

// What callers get.
enum class Answer { kYes, kNo };

// Who sits there. `Desk<T>` of a T that talks.
class Desk {
 public:
  explicit Desk(int size) : size_(size) {}
  Desk(const Desk&) = delete;
  ~Desk();
  // Takes a call; the other one at night.
  Answer Take(int call);
  Answer TakeAtNight(int call) { return Answer::kNo; }  // { not code
  int open = 1'000;  // calls
                     // that wait
 private:
  int Hidden();
  int size_;
};

}  // namespace desk

#endif  // DESK_H_
"""


class ReferenceTest(unittest.TestCase):
    def doxygen(self, folder, **settings):
        more = "".join(f"{key} = {value}\n" for key, value in settings.items())
        settings = ARGUMENTS.settings.read_text() + f"OUTPUT_DIRECTORY = {folder}\n" + more
        return subprocess.run(["doxygen", "-"], input=settings, capture_output=True, text=True)

    def of(self, header):
        """What Doxygen says of a header, and the page that it makes of the class in it."""
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "desk.h"
            path.write_text(header)
            done = self.doxygen(folder, INPUT=path, USE_MDFILE_AS_MAINPAGE="")
            page = pathlib.Path(folder) / "html/classdesk_1_1Desk.html"
            return done, page.read_text() if page.exists() else ""

    def test_the_reference_builds_without_a_warning(self):
        with tempfile.TemporaryDirectory() as folder:
            done = self.doxygen(folder)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            for page in ("classcharter_1_1client_1_1EventStream", "classcharter_1_1v1_1_1CaseClient", "structcharter_1_1sla_1_1Milestone",
                         "classcharter_1_1testing_1_1FakeCharter"):
                self.assertTrue((pathlib.Path(folder) / f"html/{page}.html").exists(), page)
            # Comments of the protos are those of the clients.
            page = (pathlib.Path(folder) / "html/classcharter_1_1v1_1_1CaseClient.html").read_text()
            self.assertIn("Closes a case as a duplicate of another", page)
            self.assertFalse(list(pathlib.Path(folder).glob("html/*internal*")))

    def test_plain_comments_are_of_what_they_stand_by(self):
        done, page = self.of(HEADER)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertGreater(page.count("Takes a call; the other one at night."), 3)  # of two, in brief and in full
        self.assertIn("calls that wait", page)
        self.assertNotIn("Hidden", page)

    def test_a_name_without_a_comment_is_refused(self):
        for comment, name in (("// What callers get.\n", "Answer"), ("// Who sits there. `Desk<T>` of a T that talks.\n", "Desk"),
                              ("  // Takes a call; the other one at night.\n", "Take")):
            self.assertIn(comment, HEADER)
            done, _ = self.of(HEADER.replace(comment, ""))
            self.assertNotEqual(done.returncode, 0)
            self.assertRegex(done.stderr, rf"{name}\b.* is not documented")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--settings", required=True, type=pathlib.Path)
    ARGUMENTS = parser.parse_args()
    unittest.main(argv=sys.argv[:1])
