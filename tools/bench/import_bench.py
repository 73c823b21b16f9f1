#!/usr/bin/env python3
"""How long the import of the real history takes, and what memory the server
needs for it.

  import_bench.py --charterd PROGRAM --charterctl PROGRAM
                  [--backend sqlite|mariadb] [--file FILE] [--connections N]

Each backend is started anew, as durable as in production: SQLite with
synchronous FULL, MariaDB with a flush of its log at every commit. The file is
by default the one that CHARTER_INCIDENTS names. Prints, for each, the seconds
from charterctl's start to its end, report included; and the most memory that
the server had needed when a tenth, half and all of the incidents were in, and
after the report.
"""

import argparse
import os
import pathlib
import re
import shutil
import sys
import tempfile
import time

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "tests" / "e2e" / "import"))
import servers  # noqa: E402, it is found by the line above

STAGES = ("a tenth", "half", "the end", "the end of the report")


def peak_mib(pid):
    """The most memory that the process ever had."""
    text = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(re.search(r"VmHWM:\s+(\d+) kB", text).group(1)) / 1024


def reached(ctl, share):
    """Waits until so many tenths of the incidents are in; their number."""
    line = ctl.wait_for("incidents: ", count=share + 1)
    if line is None:
        raise SystemExit(f"the import failed:\n{ctl.output()}")
    return int(re.search(r" of (\d+),", line).group(1))


def measure(programs, backend):
    server = servers.Charterd(programs.charterd, backend.new_database())
    try:
        pid = server.program.process.pid
        begun = time.monotonic()
        ctl = servers.Program(
            [programs.charterctl, "--server", server.address, "import",
             "incidents", programs.file, "--policy",
             str(SOURCE / "tools" / "incident-policy"), "--connections",
             str(programs.connections)])
        peaks = []
        for share in (1, 5):
            reached(ctl, share)
            peaks.append(peak_mib(pid))
        incidents = reached(ctl, 10)
        imported = time.monotonic() - begun
        peaks.append(peak_mib(pid))
        if ctl.wait() != 0:
            raise SystemExit(f"the import failed:\n{ctl.output()}")
        seconds = time.monotonic() - begun
        peaks.append(peak_mib(pid))
        memory = ", ".join(f"{peak:.0f} MiB at {stage}"
                           for peak, stage in zip(peaks, STAGES))
        print(f"{backend.name}: {incidents} incidents in {seconds:.1f} s "
              f"({seconds - imported:.1f} s of them the report), "
              f"{incidents / imported:.0f} a second; server's peak memory "
              f"{memory}", flush=True)
    finally:
        server.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--charterd", required=True)
    parser.add_argument("--charterctl", required=True)
    parser.add_argument("--backend", choices=("sqlite", "mariadb"),
                        action="append", help="default: both")
    parser.add_argument("--file", default=os.environ.get(
        "CHARTER_INCIDENTS", SOURCE / ".." / "shared" / "data"
        / "incidents.csv.gz"))
    parser.add_argument("--connections", type=int, default=8)
    programs = parser.parse_args()
    if not pathlib.Path(programs.file).is_file():
        parser.error(f"no history at {programs.file}; give --file")
    # A short path: MariaDB's socket has to fit into 107 characters.
    folder = pathlib.Path(tempfile.mkdtemp(prefix="charter-"))
    try:
        for name in programs.backend or ("sqlite", "mariadb"):
            if name == "sqlite":
                measure(programs, servers.Sqlite(folder))
                continue
            (folder / "m").mkdir()
            mariadb = servers.Mariadb(folder / "m", folder / "cache",
                                      durable=True)
            try:
                measure(programs, mariadb)
            finally:
                mariadb.stop()
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
