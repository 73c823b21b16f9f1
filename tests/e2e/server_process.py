"""charterd as a process of its own, and grpcurl to call it."""

import contextlib
import hashlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time


class Server:
    """charterd on SQLite, a loopback port and a folder of its own, which go away with it."""

    def __init__(self, charterd, grpcurl, *, arguments=("--insecure",)):
        self.grpcurl = grpcurl
        self.folder = tempfile.mkdtemp(prefix="charter-e2e-")
        self.database = os.path.join(self.folder, "charter.db")
        self.log = os.path.join(self.folder, "log")
        command = [charterd, "--listen", "127.0.0.1:0", "--database", f"sqlite://{self.database}", *arguments]
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        self.address = self._wait_for_address()

    def _wait_for_address(self):
        until = time.monotonic() + 60
        while time.monotonic() < until and self.process.poll() is None:
            with open(self.log) as log:
                found = re.search(r"^listening on (\S+)$", log.read(), re.M)
            if found:
                return found[1]
            time.sleep(0.05)
        self.show_log()
        self.process.kill()
        sys.exit("charterd does not start")

    def show_log(self):
        with open(self.log) as log:
            sys.stdout.writelines(log.readlines()[-40:])

    def call(self, method, request=None, *, arguments=(), timeout=60):
        """(exit code, answer as text, error as text)."""
        run = subprocess.run(
            [self.grpcurl, "-plaintext", "-format-error", *arguments, "-d", "@", self.address, method],
            input=json.dumps(request or {}), capture_output=True, text=True, timeout=timeout)
        return run.returncode, run.stdout, run.stderr

    def describe(self, what=""):
        """`grpcurl list [what]`, by reflection."""
        command = [self.grpcurl, "-plaintext", self.address, "list", *([what] if what else [])]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.split()

    def hash_of_all_tables(self, but_not=("leases", "audit_log")):
        """Changes when a row does. Leases are renewed all the time, and a refusal may leave a row in the audit."""
        digest = hashlib.sha256()
        with contextlib.closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as database:
            names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
            database.execute("BEGIN")
            for (name,) in names:
                if name not in but_not:
                    rows = sorted(map(repr, database.execute(f"SELECT * FROM {name}")))
                    digest.update("\n".join([name, *rows, ""]).encode())
        return digest.hexdigest()

    @contextlib.contextmanager
    def writes_held_up(self):
        """No write gets through, because somebody else is writing; reads do."""
        with contextlib.closing(sqlite3.connect(self.database, isolation_level=None)) as database:
            database.execute("BEGIN IMMEDIATE")
            yield
            database.execute("ROLLBACK")

    def stop(self):
        """Ends the server in order; its exit code."""
        self.process.terminate()
        try:
            code = self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        shutil.rmtree(self.folder)
        return code
