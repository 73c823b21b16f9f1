"""Each check of tools/lint finds the mistake it is there for, and lets a good tree pass."""

import importlib
import os
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tools", "lint"))


def run(script, files):
    """Runs a check over a tree of the files given: (1 if it found something, what it said)."""
    with tempfile.TemporaryDirectory() as root:
        for path, text in files.items():
            os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
            with open(os.path.join(root, path), "w", encoding="utf-8") as f:
                f.write(text)
        if script.endswith(".py"):
            findings = importlib.import_module(os.path.basename(script)[: -len(".py")]).check(root)[1]
            return 1 if findings else 0, "\n".join(findings)
        done = subprocess.run([os.path.join(ROOT, script), "--check", "--root", root], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr


class LintTest(unittest.TestCase):
    def refused(self, script, files, said):
        status, output = run(script, files)
        self.assertEqual(status, 1, output)
        self.assertIn(said, output)

    def accepted(self, script, files):
        status, output = run(script, files)
        self.assertEqual(status, 0, output)

    def test_includes_against_the_arrows(self):
        for path, header in [
            ("server/sla/clock/a.cc", '"storage/store.h"'),
            ("server/sla/clock/a.cc", '"charter/v1/case.pb.h"'),
            ("server/sla/clock/a.cc", "<unistd.h>"),
            ("server/sla/calendar/a.cc", '"server/sla/clock/evaluate.h"'),
            ("server/sla/expression/a.h", '"server/sla/calendar/business_hours.h"'),
            ("server/sla/calendar/a.cc", '"server/contracts/term.h"'),
            ("server/contracts/a.cc", '"server/sla/clock/evaluate.h"'),
            ("server/contracts/a.cc", '"server/services/shared/errors.h"'),
            ("server/contracts/a.cc", '"google/type/money.pb.h"'),
            ("storage/table/a.cc", '"server/services/shared/clock.h"'),
            ("storage/table/a.cc", '"server/sla/clock/evaluate.h"'),
            ("storage/table/a.cc", "<grpcpp/grpcpp.h>"),
            ("server/services/case/a.cc", '"server/call/call.h"'),
            ("server/services/case/a.cc", '"server/workers/wakeups.h"'),
            ("server/services/case/a.cc", "<soci/soci.h>"),
            ("server/services/case/a.cc", '"storage/mysql/mysql_backend.h"'),
            ("server/services/case/a.cc", '"charter/v1/case_service.grpc.pb.h"'),
            ("server/workers/a.cc", '"server/call/call.h"'),
            ("server/call/a.cc", '"storage/sqlite/sqlite_backend.h"'),
            ("tools/charterctl/a.cc", '"storage/store.h"'),
            ("tools/charterctl/a.cc", '"server/services/shared/clock.h"'),
            ("tools/charterctl/a.cc", '"charter/v1/case_service.grpc.pb.h"'),
            ("tests/kill/a.cc", '"charter/v1/case_service.grpc.pb.h"'),
            ("server/novel/a.cc", '"server/sla/time.h"'),
        ]:
            with self.subTest(path=path, header=header):
                self.refused("tools/lint/check_includes.py", {path: f"#include {header}\n"}, header.strip('<>"'))

    def test_includes_along_the_arrows(self):
        self.accepted("tools/lint/check_includes.py", {
            "server/sla/clock/a.cc": '#include <vector>\n#include "absl/time/time.h"\n#include "server/sla/calendar/b.h"\n',
            "server/contracts/a.cc": '#include "absl/status/statusor.h"\n#include "server/sla/calendar/local_time.h"\n',
            "storage/sqlite/a.cc": '#include <soci/soci.h>\n#include "server/sla/expression/ast.h"\n',
            "server/call/a.cc": '// #include "storage/sqlite/x.h"\n#include "charter/v1/a.grpc.pb.h"\n#include <grpcpp/grpcpp.h>\n',
            "server/main.cc": '#include "storage/sqlite/a.h"\n',
            "tools/charterctl/a.cc": '#include "charter/v1/case_client.h"\n#include "charter/client/status.h"\n',
            "tests/server/call/a_test.cc": '#include "charter/v1/case_service.grpc.pb.h"\n#include <soci/soci.h>\n',
        })

    def test_T3_only_the_clock_reads_a_wall_clock(self):
        for path, text in [
            ("server/services/case/a.cc", "auto t = absl::Now();"),
            ("server/workers/a.cc", "auto t = std::chrono::system_clock::now();"),
            ("server/sla/clock/a.cc", "auto t = std::chrono::steady_clock::now();"),
            ("storage/sql/a.cc", "::time(nullptr);"),
            ("tests/storage/a_test.cc", "auto t = absl::Now();"),
            ("storage/table/a.cc", 'Run("UPDATE t SET at = NOW()");'),
            ("storage/migrations/sql/1.sql", "CREATE TABLE t (at TIMESTAMP DEFAULT CURRENT_TIMESTAMP);"),
        ]:
            with self.subTest(path=path, text=text):
                self.refused("tools/lint/check_words.py", {path: text + "\n"}, "T3" if "steady" not in text else "measure no time")
        self.accepted("tools/lint/check_words.py", {
            "server/services/shared/clock.cc": "auto t = absl::Now();\n",
            "storage/sql/a.cc": "// never absl::Now()\nauto t = std::chrono::steady_clock::now();\n",
        })

    def test_words_that_must_not_stand_there(self):
        vectors = {"tests/vectors/data/a.jsonl": '{"id": "biz-0001"}\n'}
        for path, text, said in [
            ("tests/storage/a_test.cc", "std::this_thread::sleep_for(x);", "sleeps"),
            ("tests/storage/a_test.cc", "GTEST_SKIP();", "skipped"),
            ("server/sla/clock/a.cc", "absl::Mutex mutex;", "std::mutex"),
            ("server/sla/clock/a.cc", 'if (id == "biz-0417") return 1;', "vector"),
            ("storage/table/a.cc", 'Find("INC0000045");', "incident"),
            ("README.md", "Built in /work/main.", "not part of it"),
            ("tools/fetch", "curl https://registry.somewhere.net/x", "host"),
            ("server/call/a.cc", "// TODO: later", "unfinished"),
            ("server/call/a.cc", "\n" * 501, "more than 500"),
        ]:
            with self.subTest(path=path, text=text[:60]):
                self.refused("tools/lint/check_words.py", {**vectors, path: text + "\n"}, said)
        self.accepted("tools/lint/check_words.py", {
            **vectors,
            "tests/e2e/a_test.cc": "std::this_thread::sleep_for(x);\n",
            "tests/vectors/a_test.cc": 'Run("biz-0001");\n',
            "README.md": "See https://www.apache.org/licenses/LICENSE-2.0 and localhost.\n",
        })

    def test_sources_that_nothing_builds(self):
        lists = {"server/CMakeLists.txt": "charter_library(a SOURCES call/a.cc)\n"}
        self.accepted("tools/lint/check_sources.py", {**lists, "server/call/a.cc": ""})
        self.refused("tools/lint/check_sources.py", {**lists, "server/call/a.cc": "", "server/call/aa.cc": ""}, "server/call/aa.cc")

    def test_rules_without_a_test(self):
        rules = {"tests/rules.txt": "B4   due    Adding.\nC5   later  Units.\n"}
        self.accepted("tools/rules", {**rules, "tests/a_test.cc": "TEST(A, B4_Adds) {}\n"})
        self.refused("tools/rules", {**rules, "tests/a_test.cc": "// TEST(A, B4_Adds) {}\n"}, "B4 (Adding.) is due")
        self.refused("tools/rules", {**rules, "tests/a_test.cc": "TEST(A, B4_B44_Adds) {}\n"}, "no rule B44")
        self.refused("tools/rules", {**rules, "tests/a_test.cc": "TEST(A, B4_C5_Adds) {}\n"}, "later no more")

    def test_protos_that_break_the_conventions(self):
        good = tree_of_protos()
        self.accepted("tools/lint/check_protos.py", good)
        path = "protos/charter/v1/thing_service.proto"
        for old, new, said in [
            ("  option (policy) = {permission: \"things.update\", cost: WRITE, idempotency: REQUEST_ID, default_deadline: {seconds: 1}};\n", "", "has no policy"),
            ("permission: \"things.list\", ", "", "needs a permission"),
            ("cost: READ, ", "", "states no cost"),
            ("  // One.\n", "", "has no comment"),
            ("  int32 page_size = 1 [(google.api.field_behavior) = OPTIONAL];\n", "", "pages need"),
            ("  int32 page_size = 1 [(google.api.field_behavior) = OPTIONAL];\n", "  int32 page_size = 1;\n", "has no field_behavior"),
            ("  bool validate_only = 4 [(google.api.field_behavior) = OPTIONAL];\n", "", "takes validate_only"),
            (", (google.api.field_info).format = UUID4", "", "of the format UUID4"),
            ("  string etag = 2 [(google.api.field_behavior) = OPTIONAL];\n", "", "names one resource"),
            ("create_time", "created", "has the field create_time"),
            ("int32 page_size", "uint32 page_size", "numbers are signed"),
        ]:
            with self.subTest(old=old):
                self.assertIn(old, good[path])
                self.refused("tools/lint/check_protos.py", {**good, path: good[path].replace(old, new, 1)}, said)


def tree_of_protos():
    """The real options, and one small service that keeps every convention."""
    files = {}
    for path in ["charter/v1/annotations.proto", "google/api/field_behavior.proto", "google/api/field_info.proto"]:
        with open(os.path.join(ROOT, "protos", path), encoding="utf-8") as f:
            files[f"protos/{path}"] = f.read()
    files["protos/charter/v1/thing_service.proto"] = """syntax = "proto3";
package charter.v1;
import "charter/v1/annotations.proto";
import "google/api/field_behavior.proto";
import "google/api/field_info.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/timestamp.proto";
// Things.
service ThingService {
  // Lists.
  rpc ListThings(ListThingsRequest) returns (ListThingsResponse) {
  option (policy) = {permission: "things.list", cost: READ, idempotency: READ_ONLY, default_deadline: {seconds: 1}};
  }
  // Changes.
  rpc UpdateThing(UpdateThingRequest) returns (Thing) {
  option (policy) = {permission: "things.update", cost: WRITE, idempotency: REQUEST_ID, default_deadline: {seconds: 1}};
  }
}
// One.
message Thing {
  // One.
  string name = 1 [(google.api.field_behavior) = IDENTIFIER];
  // One.
  string etag = 2 [(google.api.field_behavior) = OPTIONAL];
  // One.
  google.protobuf.Timestamp create_time = 3 [(google.api.field_behavior) = OUTPUT_ONLY];
  // One.
  google.protobuf.Timestamp update_time = 4 [(google.api.field_behavior) = OUTPUT_ONLY];
  // One.
  map<string, string> annotations = 5 [(google.api.field_behavior) = OPTIONAL];
}
// Asks.
message ListThingsRequest {
  // How many.
  int32 page_size = 1 [(google.api.field_behavior) = OPTIONAL];
  // Where.
  string page_token = 2 [(google.api.field_behavior) = OPTIONAL];
}
// Answers.
message ListThingsResponse {
  // These.
  repeated Thing things = 1;
  // Where next.
  string next_page_token = 2;
}
// Asks.
message UpdateThingRequest {
  // This.
  Thing thing = 1 [(google.api.field_behavior) = REQUIRED];
  // These.
  google.protobuf.FieldMask update_mask = 2 [(google.api.field_behavior) = OPTIONAL];
  // Once.
  string request_id = 3 [(google.api.field_behavior) = OPTIONAL, (google.api.field_info).format = UUID4];
  // Not really.
  bool validate_only = 4 [(google.api.field_behavior) = OPTIONAL];
}
"""
    return files


if __name__ == "__main__":
    unittest.main()
