"""The real `./run run` in a folder of its own, started for the second time."""

import atexit
import functools
import time

from tests.running import RunningSite


@functools.cache
def site() -> tuple[RunningSite, float, float]:
    """The site, when it was ready, and the seconds of its second start; it ends with us."""
    running = RunningSite()
    atexit.register(running.throw_away)
    running.start()
    running.stop()
    began = time.monotonic()
    running.start()
    return running, time.monotonic(), time.monotonic() - began
