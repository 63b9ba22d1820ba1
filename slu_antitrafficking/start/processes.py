"""Child processes that never outlive the starter, the files they log to, and the signals that end
the starter or wake it."""

import ctypes
import os
import resource
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from types import FrameType
from typing import Any

from slu_antitrafficking.start.console import sentence_in
from slu_antitrafficking.start.options import ROOT

KEEP = 3  # old files of each log
LIMIT = 1_000_000  # bytes of one
PR_SET_PDEATHSIG = 1
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

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
    become: Callable[[], None] | None = None,
    umask: int = -1,
    folder: Path = ROOT,
    loud: bool = False,
) -> subprocess.Popen[bytes]:
    """Starts a child in a session of its own, which the kernel ends when the starter is gone.

    It writes to its log; a loud one writes there only what goes wrong. `become` makes it another
    user, where `identity` does not say enough. Call this from the main thread alone.
    """
    tie = tied_to_us(ends_with)

    def before_exec() -> None:
        if become:
            become()
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a dump would hold what was typed
        tie()

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
            umask=umask,
        )
    finally:
        os.close(output)


def tied_to_us(how: signal.Signals = signal.SIGTERM) -> Callable[[], None]:
    """A child's preexec_fn: the kernel sends it this signal when we are gone, however we ended.

    It watches the thread that starts the child, not the process. A change of user clears it; Popen
    makes that before.
    """
    us = os.getpid()

    def before_exec() -> None:
        end_with_parent(how)
        if os.getppid() != us:
            os._exit(1)

    return before_exec


def end_with_parent(how: signal.Signals) -> None:
    """From now on the kernel sends us this signal when whoever started us is gone."""
    if sys.platform == "linux":
        _libc.prctl(PR_SET_PDEATHSIG, int(how), 0, 0, 0)


def reason(process: subprocess.Popen[bytes], log: Log) -> str:
    """Why it ended, as far as its log says."""
    return sentence_in(log.tail()) or f"it ended with {process.returncode}, see {log.path}"


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


class Stopped(BaseException):
    """Somebody asked us to stop. Raised once, wherever the main thread is."""


def stop_on_signals() -> None:
    """From now on the first ending signal raises Stopped where the main thread is just then."""
    for number in ENDING:
        # Under nohup a closed terminal is not to end us.
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _stop)


def _stop(_number: int, _frame: FrameType | None) -> None:
    for number in ENDING:
        signal.signal(number, signal.SIG_IGN)
    raise Stopped


class EventWait:
    """Waits for a child's death or a typed line."""

    def __init__(self) -> None:
        self._read, write = os.pipe()
        os.set_blocking(self._read, False)
        os.set_blocking(write, False)
        signal.set_wakeup_fd(write, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)

    def wait(self, seconds: float, *, typed: bool) -> str | None:
        """The line typed meanwhile, where one was wanted and came."""
        sources = [self._read, *([sys.stdin] if typed else [])]
        ready, _, _ = select.select(sources, [], [], seconds)
        if self._read in ready:
            os.read(self._read, 4096)
        return sys.stdin.readline() if sys.stdin in ready else None
