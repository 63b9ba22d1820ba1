"""How much one network may send in an hour, tips and wrong codes, and what becomes of more.

Networks are counted, not words: who counted words would set true tips aside that a flood imitates.
But a school or a whole mobile network may stand behind one address, so what is over the first limit
is stored all the same, set aside until its sender comes back, and only a flood is refused.
Simulated with 20 true tips and 10,000 others in an hour: others from one network leave the 20 true
ones beside 10 in front, others from a hundred networks beside 1,000.

Each thing is counted in a sketch of its own, so that what is sent cheaply, as wrong codes are,
blurs no count of anything else.

Nobody is exempt, the machine itself included: an exception is what an attacker would look for.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Semaphore
from time import monotonic, sleep
from typing import Any

from django.http import HttpRequest

from slu_antitrafficking.networks import network
from tips.models.vocabulary import Relation, SetAside, YesNo
from tips.public.count_min_sketch import CountMinSketch

# Tips that were stored, from one network in an hour; the urgent ones have a count of their own.
IN_FRONT = 10
STORED = 60
STORED_URGENT = 300
URGENT_EVERY = 2  # seconds in which one more is stored over that
# Codes that open nothing, from one network in an hour; any more wait, so many at once a process.
WRONG_CODES = 60
WRONG_CODE_WAIT = 2  # seconds
WAITING = 2

under_way, stored, digests = CountMinSketch(), CountMinSketch(), CountMinSketch()
turns, wrong_codes = CountMinSketch(), CountMinSketch()
SKETCHES = (under_way, stored, digests, turns, wrong_codes)
_waiting = Semaphore(WAITING)


class Sending:
    """What was posted to /report/: the `number`-th of its network, if it is stored."""

    def __init__(self, network: str) -> None:
        self._network = network
        self.is_urgent = False
        self._enter()

    def _enter(self) -> None:
        self._name = f"{'urgent' if self.is_urgent else 'tip'} {self._network}"
        self._hit = under_way.enter(self._name)
        self.number = self._hit.total + stored.count(self._name)

    @property
    def set_aside(self) -> SetAside:
        """Over the first limit of its network, or not."""
        return SetAside.FLOOD if self.number > IN_FRONT else SetAside.NO

    def admit(self, fields: Mapping[str, Any], content_digest: bytes) -> bool:
        """Counts it with the urgent ones if it is one, and tells whether it may be stored.

        `fields` are TipForm's. Somebody in danger is refused last of all, and only until the next
        turn. Whoever sends again what was stored, because its receipt got lost on the way, is shown
        that receipt.
        """
        if fields["danger_now"] == YesNo.YES or fields["relation"] == Relation.SELF:
            self.leave()
            self.is_urgent = True
            self._enter()
        if self.number <= (STORED_URGENT if self.is_urgent else STORED):
            return True
        if digests.count(self._of_network(content_digest)):
            return True
        return self.is_urgent and self._take_turn()

    def count_as_stored(self, content_digest: bytes) -> None:
        """Counts it as stored, for its network and for the next sending of the same content."""
        stored.add(self._name, most=STORED_URGENT + 1)
        digests.add(self._of_network(content_digest), most=1)

    def leave(self) -> None:
        """Takes it out of what its network has under way."""
        under_way.take_back(self._hit)

    def _take_turn(self) -> bool:
        turn = f"{int(monotonic() // URGENT_EVERY)} {self._network}"
        return turns.add(turn, most=2) <= 1

    def _of_network(self, content_digest: bytes) -> str:
        return f"{content_digest.hex()} {self._network}"


@contextmanager
def sending(request: HttpRequest) -> Iterator[Sending]:
    """Counts a sending before its body is read, so that no two take the same place.

    It counts no longer where nothing was stored: a form with a mistake, one that another site sent,
    one that was refused. So nobody makes the wait longer by trying again.
    """
    one = Sending(network(request))
    try:
        yield one
    finally:
        one.leave()


def slow_wrong_code(request: HttpRequest) -> bool:
    """Counts a code that opened nothing; over the limit it waits first.

    False at once where enough wait already: the other threads are there for right codes and tips.
    """
    if wrong_codes.add(network(request), most=WRONG_CODES + 1) <= WRONG_CODES:
        return True
    if not _waiting.acquire(blocking=False):
        return False
    try:
        sleep(WRONG_CODE_WAIT)
    finally:
        _waiting.release()
    return True


def forget() -> None:
    """From now on nobody has sent anything yet."""
    for sketch in SKETCHES:
        sketch.forget()
