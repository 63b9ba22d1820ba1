"""How much one network may send in an hour, tips and wrong codes, and what becomes of more.

Networks are counted, not words: who counted words would set true tips aside that a flood imitates.
But a school or a whole mobile network may stand behind one address, so what is over the first limit
is stored all the same, set aside until its sender comes back, and only a flood is refused.
Simulated with 20 true tips and 10,000 others in an hour: others from one network leave the 20 true
ones beside 10 in front, others from a hundred networks beside 1,000.

Nobody is exempt, the machine itself included: an exception is what an attacker would look for.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Semaphore
from time import sleep
from typing import Any

from django.http import HttpRequest

from slu_antitrafficking.networks import network
from tips.public.count_min_sketch import CountMinSketch

# Tips that were stored, from one network in an hour.
IN_FRONT = 10
STORED = 60
STORED_URGENT = 300
# Codes that open nothing, from one network in an hour; any more wait, so many at once a process.
WRONG_CODES = 60
WRONG_CODE_WAIT = 2  # seconds
WAITING = 2

_sketch = CountMinSketch()
_waiting = Semaphore(WAITING)


@dataclass
class Sending:
    """What was posted to /report/: the `number`-th of its network, if it is stored."""

    number: float
    is_stored: bool = False

    @property
    def set_aside(self) -> int:
        """Tip.SetAside: over a limit, or not."""
        return 2 if self.number > IN_FRONT else 0

    def is_refused(self, fields: Mapping[str, Any], content_digest: bytes) -> bool:
        """Whether it must not be stored. `fields` are TipForm's.

        Somebody in danger is refused last of all. Whoever sends again what was stored, because its
        receipt got lost on the way, is shown that receipt.
        """
        urgent = fields["danger_now"] == "yes" or fields["relation"] == "self"
        over = self.number > (STORED_URGENT if urgent else STORED)
        return over and not _sketch.count(_stored(content_digest))

    def store(self, content_digest: bytes) -> None:
        """It was stored, and counts."""
        self.is_stored = True
        _sketch.add(_stored(content_digest))


@contextmanager
def sending(request: HttpRequest) -> Iterator[Sending]:
    """Counts a sending before its body is read, so that no two take the same place.

    It counts no longer where nothing was stored: a form with a mistake, one that another site sent,
    one that was refused. So nobody makes the wait longer by trying again.
    """
    hit = _sketch.add(f"tip {network(request)}")
    one = Sending(hit.total)
    try:
        yield one
    finally:
        if not one.is_stored:
            _sketch.take_back(hit)


def slow_wrong_code(request: HttpRequest) -> bool:
    """Counts a code that opened nothing; over the limit it waits first.

    False at once where enough wait already: the other threads are there for right codes and tips.
    """
    if _sketch.add(f"code {network(request)}").total <= WRONG_CODES:
        return True
    if not _waiting.acquire(blocking=False):
        return False
    try:
        sleep(WRONG_CODE_WAIT)
    finally:
        _waiting.release()
    return True


def _stored(content_digest: bytes) -> str:
    return f"stored {content_digest.hex()}"
