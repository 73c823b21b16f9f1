"""What tests of installed things share."""

import os
import shlex
import shutil
import subprocess


def run(*command, **more):
    """Its standard output; AssertionError with what it said when it fails."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **more)
    if done.returncode != 0:
        raise AssertionError(f"{shlex.join(map(str, command))}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}")
    return done.stdout


def cached(folder):
    """The environment for projects below a temporary folder to be compiled in: through ccache, where there is one."""
    if not shutil.which("ccache"):
        return None
    return {**os.environ, "CMAKE_CXX_COMPILER_LAUNCHER": "ccache", "CCACHE_BASEDIR": str(folder), "CCACHE_NOHASHDIR": "1"}
