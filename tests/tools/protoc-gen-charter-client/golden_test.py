#!/usr/bin/env python3
"""What the client generator writes for a small service, and what it refuses.

  golden_test.py --protoc PROTOC --plugin PLUGIN --protos DIR [--write] PROTO...

Each PROTO is here, under protos/.
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).parent
HEAD = """syntax = "proto3";
package library.v1;
import "charter/v1/annotations.proto";
import "google/api/client.proto";
message Ask { string name = 1; map<string, string> notes = 2; string title = 3; Ask other = 4; }
message Answer {}
"""
POLICY = '{permission: "a.get", cost: READ, idempotency: %s, default_deadline: {seconds: 10}}'
# What a proto says, and words of the refusal.
REFUSED = {
    "no policy": (
        "service S { rpc Do(Ask) returns (Answer); }",
        "library.v1.S.Do: it has no (policy)",
    ),
    "a request id that is not there": (
        "service S { rpc Do(Ask) returns (Answer) { option (charter.v1.policy) = %s; } }" % (POLICY % "REQUEST_ID"),
        "its request has no `request_id`",
    ),
    "a signature of a field that is not there": (
        'service S { rpc Do(Ask) returns (Answer) { option (charter.v1.policy) = %s; '
        'option (google.api.method_signature) = "nmae"; } }' % (POLICY % "READ_ONLY"),
        "its signature names `nmae`",
    ),
    "a signature of a map": (
        'service S { rpc Do(Ask) returns (Answer) { option (charter.v1.policy) = %s; '
        'option (google.api.method_signature) = "notes"; } }' % (POLICY % "READ_ONLY"),
        "its signature names `notes`",
    ),
    "two signatures of the same types": (
        'service S { rpc Do(Ask) returns (Answer) { option (charter.v1.policy) = %s; '
        'option (google.api.method_signature) = "name"; option (google.api.method_signature) = "title"; } }'
        % (POLICY % "READ_ONLY"),
        "bad_service.proto: library.v1.S.Do: its signature `title` takes the same types as its signature `name`",
    ),
    "a signature of the request's own type": (
        'service S { rpc Do(Ask) returns (Answer) { option (charter.v1.policy) = %s; '
        'option (google.api.method_signature) = "other"; } }' % (POLICY % "READ_ONLY"),
        "its signature `other` takes the same types as the request",
    ),
    "requests that stream": (
        "service S { rpc Do(stream Ask) returns (Answer); }",
        "streaming requests",
    ),
    "two services": (
        "service S {} service T {}",
        "a file has one service",
    ),
}
ARGUMENTS = None


def generate(source, names, target):
    return subprocess.run(
        [ARGUMENTS.protoc, f"--plugin=protoc-gen-charter-client={ARGUMENTS.plugin}", f"--charter-client_out={target}",
         f"-I{source}", f"-I{ARGUMENTS.protos}", *names],
        capture_output=True, text=True)


class GoldenTest(unittest.TestCase):
    def test_writes_what_is_expected(self):
        golden = HERE / "golden"
        with tempfile.TemporaryDirectory() as folder:
            target = golden if ARGUMENTS.write else pathlib.Path(folder)
            run = generate(HERE / "protos", [p.removeprefix("protos/") for p in ARGUMENTS.files], target)
            self.assertEqual(run.returncode, 0, run.stderr)
            written = sorted(str(p.relative_to(target)) for p in target.rglob("*.*"))
            self.assertEqual(written, sorted(str(p.relative_to(golden)) for p in golden.rglob("*.*")))
            for name in written:
                with self.subTest(name):
                    self.assertEqual((target / name).read_text(), (golden / name).read_text())

    def test_refuses_what_it_cannot_serve(self):
        for case, (text, words) in REFUSED.items():
            with self.subTest(case), tempfile.TemporaryDirectory() as folder:
                path = pathlib.Path(folder)
                (path / "bad_service.proto").write_text(HEAD + text)
                run = generate(path, ["bad_service.proto"], folder)
                self.assertNotEqual(run.returncode, 0)
                self.assertIn(words, run.stderr)

    def test_refuses_a_file_without_a_package(self):
        for name in ("bad_service.proto", "bad.proto"):
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                path = pathlib.Path(folder)
                (path / name).write_text('syntax = "proto3";\nmessage Ask {}\n')
                run = generate(path, [name], folder)
                self.assertNotEqual(run.returncode, 0)
                self.assertIn(f"{name}: it has no package", run.stderr)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--protoc", required=True)
    parser.add_argument("--plugin", required=True)
    parser.add_argument("--protos", required=True)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("files", nargs="+")
    ARGUMENTS = parser.parse_args()
    unittest.main(argv=sys.argv[:1])
