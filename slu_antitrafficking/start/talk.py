"""What the starter says: every step with its seconds, and never silent for three."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

PATIENCE = 2.5  # seconds of silence before a step says that it is still at it


def say(line: str = "") -> None:
    """One line, at once, also into a pipe or a file."""
    # Whoever listened may have gone, or the disk may be full: no reason to stop serving.
    with suppress(OSError):
        print(line, flush=True)


def warn(line: str) -> None:
    """One line on stderr."""
    print(line, file=sys.stderr, flush=True)


@contextmanager
def step(what: str, since: float | None = None) -> Iterator[None]:
    """Prints the step's name and seconds when it is done, and a line now and then until then."""
    start = since or time.monotonic()
    done = threading.Event()

    def tick() -> None:
        while not done.wait(PATIENCE):
            say(f"    …    {what}")

    ticker = threading.Thread(target=tick, daemon=True)
    ticker.start()
    try:
        yield
    finally:
        done.set()
        ticker.join()
    say(f"{time.monotonic() - start:6.1f} s  {what}")
