"""What tests of installed things share."""

import shlex
import subprocess


def run(*command, **more):
    """Its standard output; AssertionError with what it said when it fails."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **more)
    if done.returncode != 0:
        raise AssertionError(f"{shlex.join(map(str, command))}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}")
    return done.stdout
