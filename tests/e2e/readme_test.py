#!/usr/bin/env python3
"""Runs the README's tour as it is written.

  readme_test.py CHARTERD GRPCURL

The `sh` blocks of the section run in one shell, in the tree's root, but with
CHARTERD, GRPCURL, a free port and a folder of their own in place of the
reader's. Each line of a `text` block must be in what the block before it said.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SECTION = "## A tour in five minutes"
MARK = "-- end of block --"


def main(charterd, grpcurl):
    with open(os.path.join(ROOT, "README.md")) as file:
        section = file.read().split(SECTION + "\n", 1)[1].split("\n## ", 1)[0]
    blocks = re.findall(r"^```(sh|text)\n(.*?)^```$", section, re.M | re.S)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    folder = tempfile.mkdtemp(prefix="charter-readme-")
    script = "set -e\ntrap 'kill $(jobs -p) 2>/dev/null' EXIT\n"
    for kind, text in blocks:
        if kind == "sh":
            for theirs, ours in (("build/dev/server/charterd", charterd), ("build/clients/bin/grpcurl", grpcurl), ("50051", port),
                                 ("/tmp/charter-tour", folder)):
                text = text.replace(theirs, ours)
            script += text + f"echo '{MARK}'\n"
    try:
        run = subprocess.run(["bash", "-c", script], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT, timeout=240)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    outputs = run.stdout.split(MARK)
    failures = [] if run.returncode == 0 else [f"the shell ended with {run.returncode}"]
    checked = shown = 0
    for kind, text in blocks:
        if kind == "sh":
            shown += 1
            continue
        output = outputs[shown - 1] if shown <= len(outputs) else ""
        for line in filter(None, map(str.strip, text.splitlines())):
            checked += 1
            if line not in output:
                failures.append(f"block {shown} does not say: {line}")
    if failures:
        print(run.stdout)
    print(*failures, f"{shown} blocks run, {checked} lines checked, {len(failures)} failed", sep="\n")
    return 1 if failures or not checked else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
