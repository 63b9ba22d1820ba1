"""A lock of a table where tips arrive: waited for no longer than a sender may wait behind it, and
asked for again."""

import time
from collections.abc import Callable

from django.db import OperationalError
from psycopg2.errors import DeadlockDetected, LockNotAvailable

LOCK_LIMIT = "1s"
TRIES, PAUSE = 60, 2.0  # and seconds between two, in which everybody gets through


def patiently(act: Callable[[], object]) -> int:
    """Calls it until no lock keeps it from its end; the number of that try.

    Raises OperationalError when the last one waits in vain, and at once when no lock is why.
    """
    attempt = 1
    while True:
        try:
            act()
        except OperationalError as error:
            held = isinstance(error.__cause__, (LockNotAvailable, DeadlockDetected))
            if attempt == TRIES or not held:
                raise
        else:
            return attempt
        attempt += 1
        time.sleep(PAUSE)
