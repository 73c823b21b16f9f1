"""`charterctl import incidents` against an independent reference.

  import_test.py --charterd PROGRAM --charterctl PROGRAM --grpcurl PROGRAM
    [--cache FOLDER] [TEST …]

On SQLite and on a private MariaDB. The real history is the file that
CHARTER_INCIDENTS names, by default ../shared/data/incidents.csv.gz beside the
sources; where there is none, the made-up one alone is imported.
"""

import argparse
import csv
import gzip
import json
import os
import pathlib
import shutil
import sys
import tempfile
import time
import unittest
import zlib

import reference
import servers

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE.parents[2]
POLICY = SOURCE / "tools" / "incident-policy"
MADE_UP = HERE / "data" / "made_up.csv"
REAL = pathlib.Path(os.environ.get("CHARTER_INCIDENTS")
                    or SOURCE / ".." / "shared" / "data" / "incidents.csv.gz")
AS_OF = "2016-04-20T15:00:00Z"
# What evaluating the histories makes; everything else is given.
DERIVED = ("milestones", "transitions", "wakeups", "case_hours")
PROGRAMS = None  # charterd and charterctl


class World:
    """A folder, the two backends in it, and what runs on them."""

    def __init__(self):
        # A short path: MariaDB's socket has to fit into 107 characters.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="charter-"))
        self.sqlite = servers.Sqlite(self.folder)
        self.running = []
        self._mariadb = None
        self.files = 0

    @property
    def mariadb(self):
        if self._mariadb is None:
            folder = self.folder / "m"
            folder.mkdir()
            self._mariadb = servers.Mariadb(
                folder, PROGRAMS.cache or self.folder / "cache")
        return self._mariadb

    def backends(self):
        return self.sqlite, self.mariadb

    def charterd(self, backend):
        server = servers.Charterd(PROGRAMS.charterd, backend.new_database())
        self.running.append(server)
        return server

    def new_path(self, suffix):
        self.files += 1
        return self.folder / f"{self.files}{suffix}"

    def start_ctl(self, server, *arguments):
        return servers.Program([PROGRAMS.charterctl, "--server",
                                server.address, *map(str, arguments)])

    def results(self, server, *arguments):
        """What it writes to --figures and --instances, as bytes."""
        figures, instances = self.new_path(".json"), self.new_path(".csv")
        ctl = self.start_ctl(server, *arguments, "--figures", figures,
                             "--instances", instances)
        if ctl.wait() != 0:
            raise AssertionError(f"charterctl failed:\n{ctl.output()}")
        return figures.read_bytes(), instances.read_bytes()

    def import_file(self, server, path, *arguments):
        return self.results(server, "import", "incidents", path, "--policy",
                            POLICY, *arguments)

    def report(self, server, *arguments):
        return self.results(server, "report", "incidents", *arguments)

    def close(self):
        try:
            for server in self.running:
                server.stop()
        finally:
            if self._mariadb is not None:
                self._mariadb.stop()
            shutil.rmtree(self.folder)


class ImportCase(unittest.TestCase):
    maxDiff = 4000
    world = None

    @classmethod
    def setUpClass(cls):
        cls.world = World()
        cls.addClassCleanup(cls.world.close)

    def check(self, results, file, as_of=None):
        """That the results are those of the reference."""
        figures, instances = reference.evaluate(file, as_of)
        self.check_lines(results[1].decode(), instances)
        self.assertEqual(json.loads(results[0]), figures)

    def check_lines(self, ours, theirs):
        """Shows the first lines that differ; all of them would be too many."""
        if ours == theirs:
            return
        ours, theirs = set(ours.splitlines()), set(theirs.splitlines())
        self.fail(f"{len(ours ^ theirs)} lines differ:\n" + "\n".join(
            [f"ours   {line}" for line in sorted(ours - theirs)][:10]
            + [f"theirs {line}" for line in sorted(theirs - ours)][:10]))

    def check_cut(self, path, server):
        """As of an instant: the whole against an import of its beginning.

        Left out are incidents that had opened but have no row by then; returns
        how many instances that are.
        """
        as_of = reference.minutes_of_instant(AS_OF)
        whole = self.world.report(server, "--as-of", AS_OF)
        self.check(whole, reference.File(str(path)), as_of)
        cut = self.world.new_path(".csv")
        write_rows(path, cut, lambda row: row["sys_updated_at"] and
                   reference.minutes_of_wall_time(row["sys_updated_at"])
                   <= as_of)
        file = reference.File(str(cut))
        other = self.world.charterd(self.world.sqlite)
        self.world.import_file(other, cut)
        cut_results = self.world.report(other, "--as-of", AS_OF)
        self.check(cut_results, file, as_of)
        outcomes = {line.rsplit(",", 1)[1]
                    for line in cut_results[1].decode().splitlines()[1:]}
        self.assertEqual(outcomes, {"met", "late", "overdue", "on track"})
        header, *lines = whole[1].decode().splitlines(keepends=True)
        known = [line for line in lines if line.split(",")[0] in file.incidents]
        self.check_lines("".join([header] + known), cut_results[1].decode())
        return len(lines) - len(known)

    def import_killed_midway(self, backend, path, file, opened, importer_too,
                             *arguments):
        """The server is killed once so many cases were opened, and started.

        The importer then goes on by itself, or is killed too. Should the import
        get to its end before the kill gets through, another try is made; five
        such are a failure.
        """
        for _ in range(5):
            server = self.world.charterd(backend)
            ctl = self.world.start_ctl(server, "import", "incidents", path,
                                       "--policy", POLICY, *arguments)
            server.program.wait_for("CaseService/OpenCase", count=opened)
            server.kill()
            if importer_too:
                ctl.end(servers.signal.SIGKILL)
            there = backend.counts(server.url)["cases"]
            server.start()
            if not importer_too:
                self.assertEqual(ctl.wait(), 0, ctl.output())
            if opened <= there < len(file.incidents):
                return server
        return self.fail("the import was never caught midway")

    def check_derived(self, backend, server):
        """Every derived row is dropped, and Recalculate gives it back."""
        # Real incidents have nothing left that is still to come.
        def call(method, request):
            return server.call(PROGRAMS.grpcurl, method, request)
        service = "charter.v1.EntitlementService/"
        entitlement = call(service + "ListEntitlements",
                           {"page_size": 1})["entitlements"][0]
        call("charter.v1.CaseService/OpenCase", {"case": {
            "account": entitlement["account"],
            "entitlement": entitlement["name"], "priority": 3}})
        server.stop()
        before = backend.rows(server.url, DERIVED)
        for table, rows in before.items():
            self.assertTrue(rows, table)
        backend.delete_rows(server.url, DERIVED)
        self.assertFalse(any(backend.rows(server.url, DERIVED).values()))
        server.start()
        job = call("charter.v1.AdminService/Recalculate", {})
        while not job.get("done"):
            job = call("google.longrunning.Operations/WaitOperation",
                       {"name": job["name"], "timeout": "60s"})
        self.assertNotIn("error", job)
        self.assertEqual(job["response"].get("failedCount", "0"), "0")
        server.stop()
        after = backend.rows(server.url, DERIVED)
        for table in DERIVED:
            with self.subTest(table, backend=backend.name):
                self.check_lines("\n".join(after[table]),
                                 "\n".join(before[table]))
        server.start()


def open_text(path):
    opener = gzip.open if str(path).endswith(".gz") else open
    return opener(path, "rt", encoding="utf-8", newline="")


def write_rows(path, to, chosen, more=()):
    """The rows of a file that are chosen, and more after them."""
    with open_text(path) as source, open(to, "w", encoding="utf-8",
                                         newline="") as target:
        rows = csv.DictReader(source)
        writer = csv.DictWriter(target, rows.fieldnames, lineterminator="\n")
        writer.writeheader()
        writer.writerows(row for row in rows if chosen(row))
        writer.writerows(more)


class MadeUp(ImportCase):
    """A small history with all that real ones have (data/made_up.csv)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.file = reference.File(str(MADE_UP))
        cls.imported = []  # backend, server, results
        for backend in cls.world.backends():
            server = cls.world.charterd(backend)
            cls.imported.append(
                (backend, server, cls.world.import_file(server, MADE_UP)))

    def test_both_backends_give_the_reference(self):
        self.assertEqual(self.imported[0][2], self.imported[1][2])
        for _, server, results in self.imported:
            self.check(results, self.file)
            self.assertEqual(self.world.report(server), results)
        self.assertEqual(self.file.refused, 8)

    def test_at_any_instant(self):
        for as_of in ("2016-02-21T02:00:00Z", AS_OF, "2016-10-16T03:30:00Z",
                      "2016-03-17T15:00:00Z", "2016-03-23T13:00:00Z"):
            for backend, server, _ in self.imported:
                with self.subTest(as_of, backend=backend.name):
                    self.check(self.world.report(server, "--as-of", as_of),
                               self.file, reference.minutes_of_instant(as_of))

    def test_a_second_import_adds_nothing(self):
        for backend, server, results in self.imported:
            with self.subTest(backend=backend.name):
                before = backend.counts(server.url)
                self.assertEqual(before["cases"], len(self.file.incidents))
                self.assertEqual(self.world.import_file(server, MADE_UP),
                                 results)
                self.assertEqual(backend.counts(server.url), before)

    def test_as_of_an_instant_is_an_import_cut_then(self):
        for backend, server, _ in self.imported:
            with self.subTest(backend=backend.name):
                self.assertEqual(self.check_cut(MADE_UP, server), 2)

    def test_killed_midway_and_gone_on(self):
        for backend, server, results in self.imported:
            whole = backend.counts(server.url)
            for importer_too in (False, True):
                with self.subTest(backend=backend.name, both=importer_too):
                    server = self.import_killed_midway(
                        backend, MADE_UP, self.file, 5, importer_too,
                        "--connections", 1)
                    if not importer_too:
                        self.assertEqual(self.world.report(server), results)
                        self.assertEqual(backend.counts(server.url), whole)
                    self.assertEqual(self.world.import_file(server, MADE_UP),
                                     results)
                    self.assertEqual(backend.counts(server.url), whole)

    def test_derived_rows_come_back(self):
        for backend in self.world.backends():
            with self.subTest(backend=backend.name):
                server = self.world.charterd(backend)
                results = self.world.import_file(server, MADE_UP)
                self.check_derived(backend, server)
                self.assertEqual(self.world.report(server), results)

    def test_the_table_comes_from_the_stored_events(self):
        """One stored event is changed: the figures change with it."""
        server = self.world.charterd(self.world.sqlite)
        before = self.world.import_file(server, MADE_UP)
        server.stop()
        # The third event of the case is its Active; 19 is Case.priority.
        where = "WHERE case_name = 'cases/inc9000001' AND number = 3"
        query = self.world.sqlite.query
        [[payload]] = query(server.url,
                            f"SELECT payload FROM case_events {where}")
        self.assertEqual(payload.count(b"\x98\x01\x03"), 1)
        changed = payload.replace(b"\x98\x01\x03", b"\x98\x01\x01")
        query(server.url, "UPDATE case_events SET payload = "
              f"x'{changed.hex()}' {where}")
        server.start()
        after = self.world.report(server)
        self.assertNotEqual(after[0], before[0])
        path = self.world.new_path(".csv")
        with open_text(MADE_UP) as text:
            lines = text.read().splitlines(keepends=True)
        [at] = [i for i, line in enumerate(lines)
                if line.startswith("INC9000001,Active,")]
        fields = lines[at].split(",")
        fields[19] = "1"
        lines[at] = ",".join(fields)
        path.write_text("".join(lines), encoding="utf-8")
        self.check(after, reference.File(str(path)))

    def test_a_row_that_comes_late_takes_its_place(self):
        with open_text(MADE_UP) as text:
            row = next(row for row in csv.DictReader(text)
                       if row["number"] == "INC9000001")
        row.update(incident_state="Awaiting Vendor", sys_mod_count="1",
                   sys_updated_at="2016-03-01T10:15")
        longer = self.world.new_path(".csv")
        write_rows(MADE_UP, longer, lambda _: True, [row])
        for backend in self.world.backends():
            with self.subTest(backend=backend.name):
                server = self.world.charterd(backend)
                before = self.world.import_file(server, MADE_UP)
                after = self.world.import_file(server, longer)
                self.assertNotEqual(after, before)
                self.check(after, reference.File(str(longer)))


class Real(ImportCase):
    """The real history, where it is."""

    def setUp(self):
        self.assertTrue(REAL.is_file(), REAL)

    def timed_import(self, what, server, path, incidents):
        begun = time.monotonic()
        results = self.world.import_file(server, path)
        seconds = time.monotonic() - begun
        print(f"{what}: {incidents} incidents in {seconds:.1f} s, "
              f"{incidents / seconds:.0f} a second", flush=True)
        return results

    def test_a_tenth(self):
        tenth = self.world.new_path(".csv")
        write_rows(REAL, tenth, lambda row: zlib.crc32(
            row["number"].encode()) % 10 == 0)
        file = reference.File(str(tenth))
        sqlite, mariadb = self.world.backends()
        first = self.world.charterd(sqlite)
        results = self.timed_import("a tenth on SQLite", first, tenth,
                                    len(file.incidents))
        self.check(results, file)
        self.check_cut(tenth, first)
        second = self.import_killed_midway(mariadb, tenth, file, 500, False)
        self.assertEqual(*(self.world.report(server, "--as-of", AS_OF)
                           for server in (first, second)))
        for backend, server in ((sqlite, first), (mariadb, second)):
            with self.subTest(backend=backend.name):
                self.assertEqual(self.world.report(server), results)
                counts = backend.counts(server.url)
                self.assertEqual(self.world.import_file(server, tenth), results)
                self.assertEqual(backend.counts(server.url), counts)
                self.check_derived(backend, server)
                self.assertEqual(self.world.report(server), results)

    def test_whole(self):
        file = reference.File(str(REAL))
        server = self.world.charterd(self.world.sqlite)
        results = self.timed_import("the whole on SQLite", server, REAL,
                                    len(file.incidents))
        self.check(results, file)
        self.check_cut(REAL, server)


def main():
    global PROGRAMS
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--charterd", required=True)
    parser.add_argument("--charterctl", required=True)
    parser.add_argument("--grpcurl", required=True)
    parser.add_argument("--cache", help="where the build's tests keep an empty "
                        "set of MariaDB's data")
    parser.add_argument("tests", nargs="*", default=["MadeUp", "Real"])
    PROGRAMS = parser.parse_args()
    tests = PROGRAMS.tests
    if not REAL.is_file():
        print(f"no real history at CHARTER_INCIDENTS={REAL}")
        tests = [name for name in tests if not name.startswith("Real")]
        if not tests:
            return
    unittest.main(argv=[sys.argv[0], "-v", *tests])


if __name__ == "__main__":
    main()
