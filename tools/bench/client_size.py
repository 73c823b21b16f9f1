#!/usr/bin/env python3
"""How long each client header takes to compile, and how large the quickstart is.

  client_size.py --prefix DIR [--source DIR] [--turns 3]

--prefix: where the SDK is installed (`cmake --install build/release --component sdk --prefix DIR`). A header's time is
that of a file that includes it and nothing else, optimised, the quickest of the turns.
"""

import argparse
import os
import pathlib
import resource
import shlex
import subprocess
import tempfile


def seconds(command, text):
    """Of the processor, which others on the machine change less."""
    def used():
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        return children.ru_utime + children.ru_stime
    begin = used()
    subprocess.run(command, input=text, text=True, check=True)
    return used() - begin


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--prefix", type=pathlib.Path, required=True)
    parser.add_argument("--source", type=pathlib.Path, default=pathlib.Path(__file__).parents[2])
    parser.add_argument("--turns", type=int, default=3)
    arguments = parser.parse_args()
    environment = {**os.environ, "PKG_CONFIG_PATH": str(arguments.prefix / "lib/pkgconfig"), "CCACHE_DISABLE": "1"}

    def pkg_config(*asked):
        return shlex.split(subprocess.run(["pkg-config", *asked, "charter"], env=environment, text=True, check=True,
                                          stdout=subprocess.PIPE).stdout)

    flags = pkg_config("--cflags")
    include = arguments.prefix / "include"
    headers = sorted(include.glob("charter/v1/*_client.h")) + [include / "charter/client/all.h"]
    for header in headers:
        text = f'#include "{header.relative_to(include)}"\n'
        command = ["/usr/bin/c++", "-std=c++20", "-O2", *flags, "-x", "c++", "-c", "-", "-o", "/dev/null"]
        took = min(seconds(command, text) for _ in range(arguments.turns))
        print(f"{str(header.relative_to(include)):40} {took:5.2f} s", flush=True)

    with tempfile.TemporaryDirectory() as folder:
        program = pathlib.Path(folder) / "quickstart"
        sources = [arguments.source / "client-sdk/quickstart" / name for name in ("desk.cc", "quickstart.cc")]
        subprocess.run(["/usr/bin/c++", "-std=c++20", "-O2", *map(str, sources), "-o", program, *flags,
                        "-Wl,--gc-sections", *pkg_config("--libs")], check=True)
        whole = program.stat().st_size
        subprocess.run(["strip", program], check=True)
        print(f"quickstart: {whole / 1e6:.1f} MB, stripped {program.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
