"""Public workers end and are replaced within the hour, and after some sendings.

What a citizen types stands in a worker's memory for as long as the worker lives. gunicorn's own
`max_requests` counts pages that were read, too, knows no hour, and ends all workers at once.
"""

import fcntl
import os
import random
import time
from typing import Any

from slu_antitrafficking.slow_clients import ImpatientWorker

HOUR = 3600.0  # seconds that a worker lives at most, and four fifths of it at least
SENDINGS = 500  # requests with a body of words that it takes about at most; likewise
# A sending under way may hold five photos, and another's five may be cleaned before them. A clean
# stop of the whole site (graceful_timeout) does not wait so long.
GRACE = 120

# Locks of single bytes: the turn to end, then one seat for each worker that serves. The kernel
# takes them back from whoever dies, in whatever way.
_locks = os.memfd_create("recycling")
_TURN = 0


class RecycledWorker(ImpatientWorker):
    """A worker that ends by itself, but only while every other one serves."""

    alive: bool

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._until = time.monotonic() + HOUR * random.uniform(0.8, 1)
        self._sendings_left = int(SENDINGS * random.uniform(0.8, 1))
        self._seat = 0

    def notify(self) -> None:
        """gunicorn calls it once a second at least."""
        super().notify()
        self._seat = self._seat or self._take_seat()
        is_due = self._sendings_left <= 0 or time.monotonic() > self._until
        if self.alive and is_due and self._take_turn_to_end():
            self.cfg.set("graceful_timeout", GRACE)
            self.alive = False

    def handle_request(self, request: Any, connection: Any) -> Any:
        """Counts what is sent, not what is read."""
        if request.method == "POST":
            self._sendings_left -= 1
        return super().handle_request(request, connection)

    def _take_seat(self) -> int:
        """The first that is free; 0 where somebody who wants to end holds it just now."""
        return next((seat for seat in self._seats() if _try_lock(seat)), 0)

    def _take_turn_to_end(self) -> bool:
        """True with the turn, which it then has until it is dead; False while a seat is free."""
        if not (self._seat and _try_lock(_TURN)):
            return False
        free = [seat for seat in self._seats() if seat != self._seat and _try_lock(seat)]
        for seat in free:
            fcntl.lockf(_locks, fcntl.LOCK_UN, 1, seat)
        return not free

    def _seats(self) -> range:
        return range(1, 1 + self.cfg.workers)


def _try_lock(byte: int) -> bool:
    """True with the lock, which this process may have held before; False where another has it."""
    try:
        fcntl.lockf(_locks, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, byte)
    except OSError:
        return False
    return True
