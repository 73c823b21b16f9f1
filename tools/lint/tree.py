"""The repository as the checks see it: its files, its code without comments, and how a check reports."""

import argparse
import os
import re
import sys

SKIPPED = {"build", ".git", ".cache", "node_modules", "__pycache__"}
VENDORED = ("protos/google/", "protos/grpc/")


def files(root, *suffixes, under=""):
    """Paths relative to root, sorted, of the files that end in one of the suffixes (all, if none is given)."""
    found = []
    for folder, folders, names in os.walk(os.path.join(root, under)):
        folders[:] = [f for f in folders if f not in SKIPPED]
        found += [os.path.relpath(os.path.join(folder, n), root) for n in names]
    return sorted(f for f in found if not suffixes or f.endswith(suffixes))


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8", errors="replace") as f:
        return f.read()


_TOKEN = re.compile(
    r'R"(?P<tag>[^()\\\s]{0,16})\(.*?\)(?P=tag)"' r'|"(?:\\.|[^"\\\n])*"' r"|(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+'"
    r"|//[^\n]*|/\*.*?\*/",
    re.S,
)


def without_comments(text):
    """C++ text whose comments are blank; lines keep their numbers, and string literals stay."""

    def blank(match):
        token = match.group(0)
        return re.sub(r"[^\n]", " ", token) if token.startswith(("//", "/*")) else token

    return _TOKEN.sub(blank, text)


def main(check, description):
    """Runs check(root), which returns (what was looked at, findings), and exits 1 with the findings if there are any."""
    parser = argparse.ArgumentParser(description=description)
    here = os.path.dirname(os.path.abspath(__file__))
    parser.add_argument("--root", default=os.path.dirname(os.path.dirname(here)), help="the tree to look at")
    looked_at, findings = check(parser.parse_args().root)
    for finding in findings:
        print(finding)
    if not looked_at:
        print("nothing to look at: is --root right?")
        sys.exit(1)
    print(f"{looked_at} looked at, {len(findings)} findings")
    sys.exit(1 if findings else 0)
