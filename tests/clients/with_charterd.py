#!/usr/bin/env python3
"""Runs a program with a charterd of its own, which has TLS and one token.

  with_charterd.py CHARTERD COMMAND…

The program finds its server and token in CHARTER_ADDRESS and CHARTER_TOKEN;
gRPC finds the server's certificate in GRPC_DEFAULT_SSL_ROOTS_FILE_PATH.
"""

import hashlib
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "e2e"))
from server_process import Server

TOKEN = "the-tests-own-token"


def main(charterd, *command):
    with tempfile.TemporaryDirectory(prefix="charter-clients-") as folder:
        certificate, key, tokens = (os.path.join(folder, name) for name in ("cert.pem", "key.pem", "tokens.toml"))
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                        "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate],
                       check=True, capture_output=True)
        with open(tokens, "w") as file:
            file.write(f'[[token]]\nsha256 = "{hashlib.sha256(TOKEN.encode()).hexdigest()}"\nprincipal = "client"\nroles = ["admin"]\n')
        server = Server(charterd, None, arguments=("--tokens", tokens, "--tls-cert", certificate, "--tls-key", key))
        failed = True
        try:
            environment = os.environ | {
                "CHARTER_ADDRESS": server.address.replace("127.0.0.1", "localhost"), "CHARTER_TOKEN": TOKEN, "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH": certificate}
            failed = subprocess.run(command, env=environment, timeout=100).returncode != 0
        finally:
            if failed:
                server.show_log()
            code = server.stop()
    if code != 0:
        print(f"charterd ended with {code}")
    return 1 if failed or code != 0 else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
