"""Ctrl-C, SIGTERM and a closed terminal end the starter; a child's death wakes it."""

import os
import select
import signal
import sys
from types import FrameType

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """Somebody asked us to stop. Raised once, wherever the main thread is."""


def listen() -> None:
    """From now on an ending signal raises Stopped, the first one only."""
    for number in ENDING:
        # Under nohup a closed terminal is not to end us.
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _stop)


def _stop(_number: int, _frame: FrameType | None) -> None:
    for number in ENDING:
        signal.signal(number, signal.SIG_IGN)
    raise Stopped


class Alarm:
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
