#!/usr/bin/env python3
"""charterctl at a charterd that speaks TLS: whom each believes, and where the options come from.

  tls_test.py CHARTERD CHARTERCTL
"""

import hashlib
import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "e2e"))
from server_process import Server

TOKEN = "the-tests-own-token"
PROGRAMS = []  # charterd, charterctl


class TlsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="charterctl-tls-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.write("token", TOKEN + "\n")
        self.write("tokens.toml", f"""
[[token]]
sha256 = "{hashlib.sha256(TOKEN.encode()).hexdigest()}"
principal = "operator"
roles = ["admin"]

[[token]]
certificate = "spiffe://acme/operator"
principal = "robot"
roles = ["admin"]
""")
        self.make_authority()
        self.make_certificate("server", "DNS:localhost")
        self.make_certificate("operator", "URI:spiffe://acme/operator")

    def file(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.file(name), "w") as file:
            file.write(text)

    def openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], check=True, capture_output=True, cwd=self.folder)

    def make_authority(self):
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                     "/CN=ca", "-keyout", "ca.key", "-out", "ca.pem")

    def make_certificate(self, name, names):
        self.write("names.ext", f"subjectAltName={names}\n")
        self.openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", f"/CN={name}", "-keyout",
                     f"{name}.key", "-out", f"{name}.csr")
        self.openssl("x509", "-req", "-days", "2", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                     "-extfile", "names.ext", "-out", f"{name}.pem")

    def serve(self, *arguments):
        server = Server(PROGRAMS[0], None, arguments=(
            "--tokens", self.file("tokens.toml"), "--tls-cert", self.file("server.pem"), "--tls-key", self.file("server.key"), *arguments))
        self.addCleanup(server.stop)
        return server.address.replace("127.0.0.1", "localhost")

    def run_ctl(self, *arguments, **environment):
        """(exit code, what it said)."""
        bare = {name: value for name, value in os.environ.items() if not name.startswith("CHARTER_")}
        done = subprocess.run([PROGRAMS[1], *arguments], env=bare | environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, timeout=100)
        return done.returncode, done.stdout

    def check(self, expected, *arguments, **environment):
        code, said = self.run_ctl(*arguments, **environment)
        self.assertEqual(code, 0, said)
        self.assertIn(expected, said)

    def check_refused(self, expected, *arguments, **environment):
        code, said = self.run_ctl(*arguments, **environment)
        self.assertNotEqual(code, 0, said)
        self.assertIn(expected, said)

    def test_a_token_goes_over_tls(self):
        address = self.serve()
        known = ("--server", address, "--tls-ca", self.file("ca.pem"))
        token = ("--token-file", self.file("token"))
        self.check("database        sqlite", *known, *token, "status")
        self.check("database        sqlite", *known, "status", CHARTER_TOKEN=TOKEN)
        # By the environment alone, and the machine's authorities.
        self.check("database        sqlite", "--tls", "status", CHARTER_ENDPOINT=address, CHARTER_TOKEN_FILE=self.file("token"),
                   GRPC_DEFAULT_SSL_ROOTS_FILE_PATH=self.file("ca.pem"))
        # The option is before the environment.
        self.check("database        sqlite", *known, *token, "status", CHARTER_TOKEN="another", CHARTER_ENDPOINT="localhost:1")
        self.check_refused("TOKEN_INVALID", *known, "status", CHARTER_TOKEN="another")
        self.check_refused("UNAVAILABLE", "--server", address, *token, "status")
        # The certificate is localhost's.
        other = ("--server", address.replace("localhost", "127.0.0.1"), "--tls-ca", self.file("ca.pem"))
        self.check_refused("UNAVAILABLE", *other, *token, "status")
        self.check("database        sqlite", *other, *token, "--tls-server-name", "localhost", "status")

    def test_a_certificate_says_who_calls(self):
        address = self.serve("--tls-client-ca", self.file("ca.pem"))
        known = ("--server", address, "--tls-ca", self.file("ca.pem"))
        mine = (*known, "--tls-cert", self.file("operator.pem"), "--tls-key", self.file("operator.key"))
        self.check_refused("UNAVAILABLE", *known, "status")
        self.write("accounts.csv", "name,display_name\naccounts/a,A\naccounts/b,B\n")
        self.check("2 created", *mine, "import", "accounts", self.file("accounts.csv"))
        self.check("account.created", *mine, "watch", "--from-earliest", "--count", "1", "--type", "account.*")

    def test_what_is_wrong_with_the_options_is_told(self):
        self.check_refused("--tls-key", "--tls-cert", self.file("operator.pem"), "status")
        self.check_refused(self.file("none.pem"), "--tls-ca", self.file("none.pem"), "status")
        self.check_refused("desk.example:1 is another machine", "--server", "desk.example:1", "--token-file", self.file("token"), "status")


if __name__ == "__main__":
    PROGRAMS = sys.argv[1:3]
    unittest.main(argv=sys.argv[:1])
