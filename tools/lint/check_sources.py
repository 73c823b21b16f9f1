#!/usr/bin/env python3
"""Fails when a source file is in no CMakeLists.txt, so that nothing lies in the tree unbuilt.

A file is listed by its path relative to a CMakeLists.txt in its folder or one
above, or by its whole path. Protos must be listed too.
"""

import os
import re
import sys
import tree

# A test folder's function may add NAME.cc or NAME_fuzz.cc for the NAME it is given.
IMPLIED = re.compile(r"^(?P<name>.*?)(?:_fuzz)?\.cc$")


def listed(root, path):
    folder = os.path.dirname(path)
    while True:
        lists = os.path.join(folder, "CMakeLists.txt")
        if os.path.exists(os.path.join(root, lists)):
            text = tree.read(root, lists)
            relative = os.path.relpath(path, folder or ".")
            names = {relative, path}
            if "/" not in relative and relative.endswith(".cc"):
                names.add(IMPLIED.match(relative)["name"])
            for name in names:
                if re.search(rf"(?<![\w./-]){re.escape(name)}(?![\w.-])", text):
                    return True
        if not folder:
            return False
        folder = os.path.dirname(folder)


def check(root):
    paths = [
        path
        for top in ("server", "storage", "client-sdk", "tools", "tests", "protos")
        for path in tree.files(root, ".cc", ".proto", under=top)
    ]
    # What a generator is expected to write is compared, not built.
    paths = [path for path in paths if "/golden/" not in path]
    return len(paths), [f"{path}: in no CMakeLists.txt" for path in paths if not listed(root, path)]


if __name__ == "__main__":
    sys.exit(tree.main(check, __doc__))
