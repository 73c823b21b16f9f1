"""The programs that the tests run: charterd, charterctl and a private MariaDB.

Each belongs to the test that starts it and dies with it. Nothing here waits for
time to pass: a program is ready when it says so.
"""

import ctypes
import fcntl
import json
import os
import pwd
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import threading

READY_SECONDS = 120  # far more than any start takes; then something is wrong
TABLES = ("accounts", "entitlements", "cases", "case_events", "milestones",
          "transitions")


def die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


class Program:
    """A running program whose output is read as it comes."""

    def __init__(self, command):
        self.command = command
        self.lines = []
        self.ended = False
        self.changed = threading.Condition()
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, errors="replace",
            preexec_fn=die_with_parent)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            with self.changed:
                self.lines.append(line)
                self.changed.notify_all()
        with self.changed:
            self.ended = True
            self.changed.notify_all()

    def wait_for(self, text, count=1):
        """The count-th line that contains the text; None if it ended before."""
        def found():
            return [line for line in self.lines if text in line][:count]
        with self.changed:
            if not self.changed.wait_for(
                    lambda: len(found()) == count or self.ended, READY_SECONDS):
                raise AssertionError(
                    f"{self.command[0]} did not say '{text}':\n"
                    + "".join(self.lines[-20:]))
            return found()[-1] if len(found()) == count else None

    def end(self, with_signal=signal.SIGTERM):
        """Its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(with_signal)
        return self.wait()

    def wait(self):
        status = self.process.wait()
        self.reader.join()
        self.process.stdout.close()
        return status

    def output(self):
        return "".join(self.lines)


class Sqlite:
    name = "SQLite"

    def __init__(self, folder):
        self.folder = folder
        self.made = 0

    def new_database(self):
        self.made += 1
        return f"sqlite://{self.folder}/charter{self.made}.db"

    def query(self, url, sql):
        connection = sqlite3.connect(url[len("sqlite://"):], timeout=60)
        try:
            rows = connection.execute(sql).fetchall()
            connection.commit()
            return rows
        finally:
            connection.close()

    def counts(self, url):
        return {table: self.query(url, f"SELECT count(*) FROM {table}")[0][0]
                for table in TABLES}

    def rows(self, url, tables):
        """All rows of each, in one order, as text."""
        return {table: sorted(map(repr, self.query(
            url, f"SELECT * FROM {table}"))) for table in tables}

    def delete_rows(self, url, tables):
        for table in tables:
            self.query(url, f"DELETE FROM {table}")

    def stop(self):
        pass


class Mariadb:
    name = "MariaDB"

    def __init__(self, folder, cache, durable=False):
        self.folder = folder
        self.socket = f"{folder}/s"
        self.made = 0
        self.port = free_port()
        user = f"--user={pwd.getpwuid(os.getuid()).pw_name}"
        data = f"--datadir={folder}/data"
        logs = "--innodb-log-file-size=16M"
        shutil.copytree(empty_data(cache, user, logs), f"{folder}/data")
        with open(f"{folder}/init.sql", "w", encoding="ascii") as init:
            init.write("CREATE USER 'charter'@'%' IDENTIFIED BY 'for-tests';\n"
                       "GRANT ALL ON `charter%`.* TO 'charter'@'%';\n")
        # Nobody will miss a test's data after a power cut.
        commits = [] if durable else [
            "--innodb-flush-log-at-trx-commit=0", "--debug-no-sync=1",
            "--innodb-flush-method=nosync", "--innodb-doublewrite=0"]
        self.server = Program(
            [find("mariadbd"), "--no-defaults", data, user, logs,
             f"--tmpdir={folder}", f"--socket={self.socket}",
             f"--pid-file={folder}/pid", f"--init-file={folder}/init.sql",
             f"--port={self.port}", "--skip-networking=0",
             "--bind-address=127.0.0.1", "--skip-name-resolve",
             "--skip-log-bin", "--performance-schema=0",
             "--innodb-buffer-pool-size=128M", "--innodb-use-native-aio=0",
             "--innodb-fast-shutdown=2"] + commits)
        if not self.server.wait_for("ready for connections"):
            raise AssertionError("mariadbd does not start:\n"
                                 + self.server.output())

    def new_database(self):
        self.made += 1
        name = f"charter{self.made}"
        self._run(f"CREATE DATABASE {name}")
        return f"mysql://charter:for-tests@127.0.0.1:{self.port}/{name}"

    def counts(self, url):
        name = url.rsplit("/", 1)[1]
        parts = " UNION ALL ".join(
            f"SELECT '{table}', count(*) FROM {name}.{table}"
            for table in TABLES)
        rows = (line.split() for line in self._run(parts).splitlines())
        return {table: int(count) for table, count in rows}

    def rows(self, url, tables):
        name = url.rsplit("/", 1)[1]
        return {table: sorted(self._run(
            f"SELECT * FROM {name}.{table}").splitlines()) for table in tables}

    def delete_rows(self, url, tables):
        name = url.rsplit("/", 1)[1]
        for table in tables:
            self._run(f"DELETE FROM {name}.{table}")

    def _run(self, sql):
        return subprocess.run(
            [find("mariadb"), "--no-defaults", "-N", "-B", "--binary-as-hex",
             "-uroot", f"--socket={self.socket}", "-e", sql],
            check=True, capture_output=True, text=True).stdout

    def stop(self):
        self.server.end(signal.SIGKILL)


class Charterd:
    """A server; it keeps its port when it is started again."""

    def __init__(self, program, url):
        self.program_path = program
        self.url = url
        self.address = "127.0.0.1:0"
        self.program = None
        self.start()

    def start(self):
        self.program = Program(
            [self.program_path, "--listen", self.address, "--database",
             self.url, "--migrate", "always", "--insecure"])
        line = self.program.wait_for("listening on ")
        if not line:
            raise AssertionError("charterd does not start:\n"
                                 + self.program.output())
        self.address = re.search(r"listening on (\S+)", line).group(1)

    def stop(self):
        status = self.program.end()
        if status != 0:
            raise AssertionError(f"charterd ended with {status}:\n"
                                 + self.program.output()[-2000:])

    def kill(self):
        self.program.end(signal.SIGKILL)

    def call(self, grpcurl, method, request):
        """The answer, with fields named as in JSON."""
        done = subprocess.run(
            [grpcurl, "-plaintext", "-d", json.dumps(request), self.address,
             method], capture_output=True, text=True)
        if done.returncode != 0:
            raise AssertionError(f"{method}: {done.stderr}")
        return json.loads(done.stdout)


def empty_data(cache, user, logs):
    """The empty set of data that all tests of a build tree copy.

    Whoever comes first makes it, the others wait (tests/support does the same).
    """
    os.makedirs(cache, exist_ok=True)
    empty = f"{cache}/mariadb-empty"
    with open(f"{cache}/mariadb.lock", "a", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.exists(empty):
            making = f"{empty}.making"
            shutil.rmtree(making, ignore_errors=True)
            subprocess.run(
                [find("mariadb-install-db"), "--no-defaults", "--force",
                 "--skip-test-db", "--auth-root-authentication-method=normal",
                 logs, f"--datadir={making}", user], check=True,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
            os.rename(making, empty)
    return empty


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def find(name):
    path = shutil.which(name, path="/usr/sbin:/usr/bin:/usr/local/sbin:"
                        "/usr/local/bin:/usr/libexec")
    if path is None:
        raise AssertionError(
            f"{name} is not installed (apt-get install mariadb-server)")
    return path
