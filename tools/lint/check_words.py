#!/usr/bin/env python3
"""Fails on words that must not stand where they stand.

A table of rules: what, where, except where, and why. Rules for C++ don't see
comments; the others see the whole text.
"""

import json
import re
import sys
import tree

CODE = (".cc", ".h")
OURS = ("server/", "storage/", "client-sdk/", "tools/", "tests/")
SERVICE = ("server/", "storage/", "client-sdk/", "tools/")
EVERYWHERE = ("",)
CHECKS = ("tools/lint/", "tests/lint/")  # name what they look for

# (pattern, folders, exceptions, file endings, why)
RULES = [
    (
        r"absl::Now\b|\bGetCurrentTimeNanos\b|system_clock::now|\bgettimeofday\b|CLOCK_REALTIME|\btime\((?:nullptr|NULL|0|&)|\b(?:localtime|gmtime)(?:_r)?\s*\(",
        OURS,
        ("server/services/shared/clock.", "client-sdk/src/timing.cc", "tools/bench/"),
        CODE,
        "reads a wall clock: time is an argument, and only the Clock object reads one (T3)",
    ),
    (
        r"steady_clock::now|CLOCK_MONOTONIC",
        ("server/sla/", "server/services/"),
        ("server/services/shared/",),
        CODE,
        "the engine and the services measure no time; what they share keeps deadlines",
    ),
    (
        r"(?i)\b(?:now|sysdate|utc_timestamp|unix_timestamp|unixepoch|julianday|curdate|curtime)\s*\(\s*\d?\s*\)|\bcurrent_timestamp\b|'now'",
        ("storage/", "server/services/", "server/workers/"),
        (),
        (".sql",),
        "SQL gets time as an argument (T3)",
    ),
    (
        r"\bNOW\s*\(|\bSYSDATE\s*\(|\bUTC_TIMESTAMP\b|\bUNIX_TIMESTAMP\s*\(\s*\)|\bCURRENT_TIMESTAMP\b|\bunixepoch\s*\(|'now'",
        ("storage/", "server/services/", "server/workers/"),
        (),
        CODE,
        "SQL gets time as an argument (T3)",
    ),
    (
        r"\bsleep_for\b|\bsleep_until\b|absl::SleepFor|\bu?sleep\s*\(|\bnanosleep\s*\(",
        ("tests/",),
        ("tests/e2e/", "tests/kill/", "tests/support/"),
        CODE,
        "no test sleeps: wait for what happens, or move the test's clock",
    ),
    (r"\bGTEST_SKIP\b|\bDISABLED_", ("tests/",), (), CODE, "no test is skipped or disabled"),
    (r"absl::Mutex\b", ("server/", "storage/"), (), CODE, "std::mutex: the thread sanitizer sees nothing of Debian's Abseil"),
    (r"\bINC\d{7}\b", ("server/", "storage/"), (), (), "an incident of the real history: the code knows none"),
    (
        r"\b(?:TODO|FIXME|XXX)\b",
        EVERYWHERE,
        CHECKS,
        CODE + (".proto", ".py", ".sql", ".cmake", "CMakeLists.txt", ".md"),
        "unfinished: do it, or say so in the README's limits",
    ),
    (
        r"(?<![\w./-])/work/|\bhelper-\d|\bissues? #?\d+\b",
        EVERYWHERE,
        CHECKS,
        (),
        "speaks of how Charter is worked on, which is not part of it",
    ),
]

# Hosts that a text may name: they are examples, licences and standards.
HOSTS = re.compile(
    r"^(?:localhost|127\.|\[::1\]|(?:[\w-]+\.)*example(?:\.(?:com|org|net))?$|.*\.(?:test|invalid)$"
    r"|www\.apache\.org|(?:[\w.-]+\.)?ietf\.org|www\.iana\.org|google\.aip\.dev|aip\.dev|github\.com$)"
)
URL = re.compile(r"https?://([\w.\[\]:-]+)")
BINARY = (".gz", ".png", ".tape", ".db")
DATA = ("tests/fuzz/corpus/", "tests/vectors/data/", "LICENSE") + tree.VENDORED


def vector_ids(root):
    ids = set()
    for path in tree.files(root, ".jsonl", under="tests/vectors/data"):
        for line in tree.read(root, path).splitlines():
            if line.strip():
                ids.add(json.loads(line)["id"])
    return ids


def check(root):
    ids = vector_ids(root)
    rules = [(re.compile(pattern), *rest) for pattern, *rest in RULES]
    if ids:
        families = sorted({re.escape(re.sub(r"\d+$", "", i)) for i in ids})
        pattern = re.compile(rf"\b(?:{'|'.join(families)})\d+\b")
        rules.append((pattern, ["server/", "storage/"], (), (), "the id of a vector: the code knows none"))
    paths = [p for p in tree.files(root) if not p.endswith(BINARY) and not p.startswith(DATA)]
    findings = []
    for path in paths:
        text = tree.read(root, path)
        code = tree.without_comments(text) if path.endswith(CODE) else text

        def find(pattern, where, why, allowed=None):
            for match in pattern.finditer(where):
                if allowed is None or not allowed.match(match.group(1)):
                    line = where.count("\n", 0, match.start()) + 1
                    findings.append(f"{path}:{line}: {match.group(0).strip()}: {why}")

        for pattern, folders, exceptions, endings, why in rules:
            if path.startswith(tuple(folders)) and not path.startswith(tuple(exceptions)):
                if not endings or path.endswith(tuple(endings)):
                    find(pattern, code if tuple(endings) == CODE else text, why)
        if not path.startswith(CHECKS):
            find(URL, text, "a host that the repository has no reason to name", HOSTS)
        lines = text.count("\n")
        if path.endswith(CODE + (".py",)) and lines > 500:
            findings.append(f"{path}: {lines} lines: more than 500 hold a second idea that wants a file of its own")
    return len(paths), findings


if __name__ == "__main__":
    sys.exit(tree.main(check, __doc__))
