"""What the starter says: every step with its seconds, a sign of life while one lasts, and a
sentence for whatever goes wrong."""

import errno
import re
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

# Seconds of silence before a step says that it is still at it: to somebody who waits at a terminal,
# and into a file, where each such line stays.
PATIENCE = 2.5
PATIENCE_OF_A_FILE = 15.0
FULL = (errno.ENOSPC, errno.EDQUOT)
FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)


class Problem(Exception):
    """A sentence for whoever typed the command; ends it with exit 1 and without a traceback."""


def say(line: str = "") -> None:
    """One line, at once, also into a pipe or a file."""
    # Whoever listened may have gone, or the disk may be full: no reason to stop serving.
    with suppress(OSError):
        print(line, flush=True)


def warn(line: str) -> None:
    """One line on stderr, where no pipe takes it for an answer."""
    print(line, file=sys.stderr, flush=True)


@contextmanager
def step(what: str, since: float | None = None) -> Iterator[None]:
    """Prints the step's name and seconds when it is done, and a line now and then until then."""
    start = since or time.monotonic()
    done = threading.Event()
    patience = PATIENCE if sys.stdout.isatty() else PATIENCE_OF_A_FILE

    def tick() -> None:
        while not done.wait(patience):
            say(f"    …    {what}")

    ticker = threading.Thread(target=tick, daemon=True)
    ticker.start()
    try:
        yield
    finally:
        done.set()
        ticker.join()
    say(f"{time.monotonic() - start:6.1f} s  {what}")


def sentence_of(error: OSError) -> str:
    """The system's refusal as a sentence."""
    where = f": {error.filename}" if error.filename else ""
    if error.errno in FULL:
        return f"The disk is full{where}"
    if error.errno in FORBIDDEN:
        return f"No permission to write or read{where}"
    return f"{error.strerror or error}{where}"


def sentence_in(text: str) -> str:
    """The sentence in what a failed child wrote: a failed system check, PostgreSQL's reason, or
    the last line of a traceback."""
    if "No space left on device" in text:
        return "The disk is full."
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    checks = [m[1] for line in lines if (m := re.match(r".*?: \(\w+\.E\d+\) (.+)", line))]
    if checks:
        return " ".join(checks)
    refusals = [m[1] for line in lines if (m := re.match(r".*(?:FATAL|PANIC|error): +(.+)", line))]
    if refusals:
        return refusals[-1]
    # The exception's class is for programmers.
    return re.sub(r"^(?:[\w.]*\.)?[A-Z]\w*: ", "", lines[-1]) if lines else ""
