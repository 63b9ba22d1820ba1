"""Child processes that never outlive the starter, and the files they log to."""

import ctypes
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from slu_antitrafficking.start.options import ROOT
from slu_antitrafficking.start.problem import of_output

KEEP = 3  # old files of each log
LIMIT = 1_000_000  # bytes of one
PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None)


class Log:
    """A file that children append to and hold open; turning it over copies and empties it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._from = 0

    def open(self) -> int:
        """A descriptor for one child; `tail` begins here."""
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._from = os.fstat(descriptor).st_size
        return descriptor

    def tail(self) -> str:
        """What the last child wrote."""
        with self.path.open("rb") as file:
            file.seek(self._from)
            return file.read(LIMIT).decode(errors="replace")

    def turn_over(self) -> None:
        """Once too long, the file becomes .1, .1 becomes .2, and the oldest goes."""
        if not self.path.exists() or self.path.stat().st_size < LIMIT:
            return
        names = [Path(f"{self.path}.{n}") for n in range(1, KEEP + 1)]
        for old, new in reversed(list(pairwise(names))):
            if old.exists():
                old.replace(new)
        names[0].write_bytes(self.path.read_bytes())
        names[0].chmod(0o600)
        os.truncate(self.path, 0)
        self._from = 0


def spawn(
    command: Sequence[str | Path],
    environment: Mapping[str, str],
    log: Log,
    *,
    ends_with: signal.Signals = signal.SIGTERM,
    descriptors: Sequence[int] = (),
    identity: Mapping[str, Any] | None = None,
    folder: Path = ROOT,
    loud: bool = False,
) -> subprocess.Popen[bytes]:
    """Starts a child in a session of its own, which the kernel ends when the starter is gone.

    It writes to its log; a loud one writes there only what goes wrong. Call this from the main
    thread alone: the kernel watches the thread, not the process.
    """
    starter = os.getpid()

    def before_exec() -> None:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a dump would hold what was typed
        # After the change of user, which would clear it.
        if sys.platform == "linux":
            _libc.prctl(PR_SET_PDEATHSIG, int(ends_with), 0, 0, 0)
            if os.getppid() != starter:
                os._exit(1)

    output = log.open()
    user = identity or {}
    try:
        return subprocess.Popen(
            [str(part) for part in command],
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=before_exec,
            pass_fds=descriptors,
            cwd=folder,
            stdout=None if loud else output,
            stderr=output,
            user=user.get("user"),
            group=user.get("group"),
            extra_groups=user.get("extra_groups"),
        )
    finally:
        os.close(output)


def reason(process: subprocess.Popen[bytes], log: Log) -> str:
    """Why it ended, as far as its log says."""
    return of_output(log.tail()) or f"it ended with {process.returncode}, see {log.path}"


def end(process: subprocess.Popen[bytes] | None, how: signal.Signals, patience: float) -> None:
    """Asks it to end; after `patience` seconds it is ended."""
    if process is None or process.poll() is not None:
        return
    process.send_signal(how)
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class Pulse:
    """When something that died is started again: at once, but what keeps dying ever more slowly."""

    def __init__(self) -> None:
        self._started = 0.0
        self._pause = 0.0

    def is_due(self) -> bool:
        """Whether to start it now; a yes counts as a start."""
        if time.monotonic() < self._started + self._pause:
            return False
        self.started()
        return True

    def started(self) -> None:
        """What has lived for a minute begins anew with no pause."""
        now = time.monotonic()
        lived = now - self._started > 60
        self._pause = 0.0 if lived else min(30.0, max(0.5, self._pause * 2))
        self._started = now
