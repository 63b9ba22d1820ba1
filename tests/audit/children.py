"""Forked children: each tries one broken thing, says what noticed, and ends."""

import gc
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

KILLED, HUNG, SURVIVED = "killed", "hung", "survived"


class TookTooLong(BaseException):
    """A mutant that never ends; not an Exception, so that nothing catches it."""


def in_child(attempt: Callable[[], str], seconds: float) -> tuple[str, str]:
    """What became of it, and the killer that the attempt names.

    KILLED also where the attempt fails, HUNG where it does not end.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            gc.disable()
            quiet()
            killer = attempt()
            os.write(writing, killer.encode()[:4000])
            code = int(bool(killer))
        finally:
            os._exit(code)
    os.close(writing)
    until, status = time.monotonic() + seconds, None
    while status is None and time.monotonic() < until:
        ended, how = os.waitpid(child, os.WNOHANG)
        status = how if ended else None
        time.sleep(0.005)
    if status is None:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    with os.fdopen(reading, "rb") as pipe:
        killer = pipe.read().decode()
    return (HUNG if status is None else KILLED if status else SURVIVED), killer


def quiet() -> None:
    """Nothing that a dying mutant says is of interest."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raises TookTooLong inside after so many seconds of the processor, or ten times as many of
    waiting for what never comes."""

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise TookTooLong

    timers = ((signal.SIGPROF, signal.ITIMER_PROF, 1), (signal.SIGALRM, signal.ITIMER_REAL, 10))
    for number, timer, times in timers:
        signal.signal(number, ring)
        signal.setitimer(timer, times * seconds)
    try:
        yield
    finally:
        for _number, timer, _times in timers:
            signal.setitimer(timer, 0)
