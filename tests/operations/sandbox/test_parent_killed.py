"""The child that cleans photos does not outlive the worker that asked for it."""

import os
import subprocess
import sys
from pathlib import Path

from slu_antitrafficking.sandbox import CHILD
from tests.running import until

WORKER = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-I", "-B", sys.argv[1]], stdin=int(sys.argv[2]))
print(child.pid, flush=True)
time.sleep(60)
"""


def test_a_killed_workers_child_goes_too() -> None:
    theirs, ours = os.pipe()  # ours stays open: the child waits for photos all the time
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER, str(CHILD), str(theirs)],
        pass_fds=[theirs],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert worker.stdout
    child = Path("/proc") / worker.stdout.readline().strip()
    until(lambda: niceness(child) == niceness(Path("/proc/self")) + 5)
    worker.kill()
    worker.wait()
    until(lambda: is_gone(child))
    worker.stdout.close()
    os.close(ours)
    os.close(theirs)


def is_gone(process: Path) -> bool:
    try:
        return " Z " in (process / "stat").read_text()
    except OSError:
        return True


def niceness(process: Path) -> int:
    """How far a process lets others go first. It says so after the wish to end with its parent."""
    return int((process / "stat").read_text().rsplit(")", 1)[1].split()[16])
