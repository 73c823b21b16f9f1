#!/usr/bin/env python3
"""Whether the plan of every SQL text that a run of the tests sent is checked.

  recorded.py begin FOLDER
  recorded.py check FOLDER LIST…

`begin` empties the folder in which the run's programs record their texts
(storage/sql/statement_log.h); `check` fails when one that has a plan is in no
list of checked texts, and when nothing was recorded.
"""

import pathlib
import shutil
import sys


def has_plan(text):
    """HasPlan in checked_statements.h says the same."""
    return text.startswith(("SELECT ", "(SELECT ", "WITH ", "UPDATE ", "DELETE ")) or (
        text.startswith("INSERT ") and "SELECT " in text)


def is_schema(text):
    """What the migrations ask when a server starts: the engine's own tables, their own small ones, and a lock."""
    return any(part in text for part in ("information_schema.", "sqlite_master", "pragma_", " schema_version ",
                                         " schema_progress", "SELECT GET_LOCK(", "SELECT RELEASE_LOCK("))


def whole_lines(path):
    """Without the half line that a killed process may have left."""
    return [line for line in path.read_text(encoding="utf-8").splitlines(keepends=True) if line.endswith("\n")]


def begin(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def check(folder, lists):
    """What is wrong, a line each."""
    recorded = {line for path in sorted(folder.glob("*")) for line in whole_lines(path)}
    checked = {line for path in lists for line in whole_lines(path)}
    if not recorded:
        return [f"no program recorded a statement in {folder}"]
    print(f"{len(recorded)} texts recorded, {len(checked)} checked")
    return [line.rstrip("\n") for line in sorted(recorded - checked)
            if has_plan(line.split("\t")[1]) and not is_schema(line)]


def main(what, folder, *lists):
    folder = pathlib.Path(folder)
    if what == "begin":
        begin(folder)
        return 0
    findings = check(folder, [pathlib.Path(path) for path in lists])
    for finding in findings:
        print(finding)
    if findings:
        print(f"{len(findings)} found. A text that a test of plans does not send, or whose shape it does not have, is not "
              "checked: see plans_test.cc of storage/records and query_plan_test.cc of storage/table.")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
