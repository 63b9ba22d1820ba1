"""The lines of a step, run by a shell."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

from slu_antitrafficking.start.console import Problem

LAST_LINES = 12  # of what a step that failed said


def run(title: str, lines: str, environment: Mapping[str, str], folder: Path, lock: int) -> None:
    """As `sh -eu` does, asking nobody. Raises Problem with the last words of what failed.

    `lock` stays open in all that it starts: what a killed one left at work is waited for.
    """
    done = subprocess.run(
        ["/bin/sh", "-euc", lines],
        cwd=folder,
        env=environment,
        pass_fds=[lock],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        why = "\n".join(done.stdout.strip().splitlines()[-LAST_LINES:])
        raise Problem(f"{title}: it ended with {done.returncode}.\n{why}")
