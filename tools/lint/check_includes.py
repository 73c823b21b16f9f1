#!/usr/bin/env python3
"""Fails on any include that is not along an arrow of the architecture.

Each folder names the folders of ours and the libraries that it may see. A file
belongs to the longest folder (or start of a name, which ends in a dot) that
starts its path; a folder always sees itself.
"""

import re
import sys
import tree

ENGINE_LIBRARIES = ["std", "absl/", "re2/"]
SERVER_LIBRARIES = ENGINE_LIBRARIES + ["system", "google/protobuf/", "spdlog/", "openssl/", "nlohmann/"]
MESSAGES = ["charter/version.h", "charter/v1/*.pb.h", "google/*.pb.h", "grpc/*.pb.h"]
# The SDK's public headers, hand-written and generated.
CLIENT = ["charter/client/", "charter/testing/", "charter/v1/*_client.h", "charter/v1/*_fields.h", "charter/v1/mock_*",
          "google/longrunning/*_client.h"]

# folder: (folders and generated headers of ours, libraries)
ARROWS = {
    "server/sla/": ([], ENGINE_LIBRARIES),
    "server/sla/calendar/": (["server/sla/time.h"], ENGINE_LIBRARIES),
    "server/sla/expression/": (["server/sla/time.h"], ENGINE_LIBRARIES),
    "server/sla/clock/": (["server/sla/"], ENGINE_LIBRARIES),
    "server/contracts/": (["server/sla/time.h", "server/sla/calendar/"], ENGINE_LIBRARIES),
    "server/ledger/": ([], ENGINE_LIBRARIES),
    "server/search/": ([], ENGINE_LIBRARIES + ["unicode/"]),
    "storage/": (
        ["server/sla/expression/", "server/sla/time.h", "server/ledger/", "storage/*.pb.h"] + MESSAGES,
        SERVER_LIBRARIES + ["soci/", "mysql.h", "mysqld_error.h", "errmsg.h", "sqlite3.h"],
    ),
    "server/observability/": ([], SERVER_LIBRARIES),
    "server/config/": (["server/observability/"] + MESSAGES, SERVER_LIBRARIES + ["toml++/", "CLI/"]),
    "server/services/": (
        ["server/sla/", "server/contracts/", "server/ledger/", "server/search/", "storage/", "server/observability/"] + MESSAGES,
        SERVER_LIBRARIES + ["libical/"],
    ),
    "server/workers/": (
        ["server/services/", "server/sla/", "server/contracts/", "storage/", "server/observability/"] + MESSAGES,
        SERVER_LIBRARIES,
    ),
    "server/call/": (
        # The one check of UTF-8 is the engine's.
        ["server/services/", "server/sla/expression/utf8.h", "storage/", "server/observability/", "server/config/",
         "*.grpc.pb.h"] + MESSAGES,
        SERVER_LIBRARIES + ["grpc/", "grpcpp/", "toml++/"],
    ),
    # The server put together, for main and for tests; main.cc alone knows the backends.
    "server/server.": (["server/", "storage/", "*.grpc.pb.h"] + MESSAGES, SERVER_LIBRARIES + ["grpc/", "grpcpp/"]),
    "server/main.cc": (["server/", "storage/", "*.grpc.pb.h"] + MESSAGES, SERVER_LIBRARIES + ["grpc/", "grpcpp/", "CLI/"]),
    # The runtime needs no generated stub: it calls by the method's path.
    "client-sdk/": (CLIENT + MESSAGES, ENGINE_LIBRARIES + ["system", "google/protobuf/", "grpc/", "grpcpp/", "gmock/"]),
    # The in-process fake is the server in a test's process.
    "client-sdk/testing/": (["client-sdk/", "server/", "storage/"] + CLIENT + MESSAGES, ENGINE_LIBRARIES + ["system"]),
    # As others use it.
    "client-sdk/quickstart/": (CLIENT + MESSAGES, ENGINE_LIBRARIES + ["google/protobuf/", "gtest/", "desk.h"]),
    "client-sdk/samples/": (
        CLIENT + MESSAGES, ENGINE_LIBRARIES + ["google/protobuf/", "gmock/", "gtest/", "sqlite3.h", "samples.h", "seed.h", "statement.h"]),
    "tools/protoc-gen-charter-client/": (MESSAGES, ENGINE_LIBRARIES + ["google/protobuf/"]),
    # Know the server by its client alone.
    "tools/": (["server/sla/"] + CLIENT + MESSAGES, SERVER_LIBRARIES + ["CLI/", "csv.h", "nlohmann/", "zlib.h"]),
    # Measures the server, records its statements, and borrows the tests' databases.
    "tools/bench/": (
        ["tools/", "client-sdk/", "server/", "storage/", "tests/support/", "*.grpc.pb.h"] + CLIENT + MESSAGES,
        SERVER_LIBRARIES + ["grpc/", "grpcpp/", "CLI/", "benchmark/", "mysql.h", "sqlite3.h"],
    ),
}

# Folders that are seen only from the places named, whatever the arrows say.
HIDDEN = {
    "storage/mysql/": ["storage/", "server/main.cc"],
    "storage/sqlite/": ["storage/", "server/main.cc"],
}

# Tests include what they like, but for stubs: those whose subject is the wire call by them, all others by the client.
WIRE_TESTS = ("tests/server/call/", "tests/client-sdk/metadata_test.cc", "tests/client-sdk/old_server_test.cc")

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^">]+)[">]', re.M)
STD = re.compile(r"^[a-z_]+(?:\d\d)?$|^(?:assert|errno|float|limits|locale|math|signal|stdarg|stddef|stdint|stdio|stdlib|string|time)\.h$")
SYSTEM = re.compile(r"^(?:sys/|netinet/|arpa/)|^(?:unistd|fcntl|poll|pthread|termios|netdb|pwd|dirent|sysexits)\.h$")
OURS = re.compile(r"^(?:server|storage|client-sdk|tools|tests|charter|google/longrunning)/|\.pb\.h$")


def matches(header, pattern):
    if "*" in pattern:
        start, end = pattern.split("*")
        if end == ".pb.h" and header.endswith(".grpc.pb.h"):
            return False
        return header.startswith(start) and header.endswith(end)
    return header == pattern or (pattern.endswith(("/", ".")) and header.startswith(pattern))


def library_allowed(header, libraries):
    for library in libraries:
        if library == "std" and STD.match(header):
            return True
        if library == "system" and SYSTEM.match(header):
            return True
        if matches(header, library):
            return True
    return False


def home(path):
    starts = [folder for folder in ARROWS if matches(path, folder)]
    return max(starts, key=len) if starts else None


def wrong(path, header):
    """Why the include is wrong, or None."""
    if path.startswith("tests/"):
        stub = header.endswith(".grpc.pb.h") and not path.startswith(WIRE_TESTS)
        return "tests call by the client; stubs are for those of the wire" if stub else None
    folder = home(path)
    if folder is None:
        return "is in no folder that tools/lint/check_includes.py knows; add its arrows there"
    ours, libraries = ARROWS[folder]
    if not OURS.search(header):
        return None if library_allowed(header, libraries) else f"{folder} may not use this library"
    for hidden, seers in HIDDEN.items():
        if header.startswith(hidden) and not any(matches(path, seer) for seer in seers):
            return f"{hidden} is seen only from {', '.join(seers)}"
    if header.startswith(folder) or any(matches(header, pattern) for pattern in ours):
        return None
    return f"there is no arrow from {folder} to it"


def check(root):
    paths = [
        path
        for top in ("server", "storage", "client-sdk", "tools", "tests")
        for path in tree.files(root, ".cc", ".h", under=top)
    ]
    findings, count = [], 0
    for path in paths:
        text = tree.read(root, path)
        for match in INCLUDE.finditer(tree.without_comments(text)):
            count += 1
            reason = wrong(path, match.group(2))
            if reason:
                line = text.count("\n", 0, match.start()) + 1
                findings.append(f"{path}:{line}: {match.group(2)}: {reason}")
    return count, findings


if __name__ == "__main__":
    sys.exit(tree.main(check, __doc__))
