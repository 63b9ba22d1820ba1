"""What slows guessing at the desk's log-in: in this process's memory, before anything is hashed.

Names and addresses are kept only as hashes under a key that dies with the process. A name is never
locked: only this name from this network has to wait, and never longer than a minute. A network that
tries name after name gets in only while nobody else is hashing, so it keeps no colleague waiting.
"""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock
from typing import NamedTuple

from django.http import HttpRequest

from slu_antitrafficking.networks import network
from tips.crypto import sealing

FREE_TRIES = 3  # then 2, 4, 8 … seconds
LONGEST_WAIT = 60.0
FORGOTTEN_AFTER = 3600.0
MOST_KEPT = 10_000
NOISY = 20  # failures of one network, under whatever names
MAY_WAIT = 2  # log-ins in line behind the one that is being hashed


class Busy(Exception):
    """Others are logging in: nothing was hashed, and pressing again is all there is to do."""


class _Tries(NamedTuple):
    failed: int
    at: float


_secret = sealing.new_secret()
_tries: dict[bytes, _Tries] = {}
_lock = Lock()
_hashing = Lock()
_slots = BoundedSemaphore(1 + MAY_WAIT)


@contextmanager
def one_derivation(*, may_wait: bool = True) -> Iterator[None]:
    """One key derivation at a time (each takes 128 MiB); raises Busy where two already wait."""
    if not _slots.acquire(blocking=False):
        raise Busy
    try:
        if not _hashing.acquire(blocking=may_wait):
            raise Busy
        try:
            yield
        finally:
            _hashing.release()
    finally:
        _slots.release()


def name_key(username: str, request: HttpRequest) -> bytes:
    """This name from this network, as a hash."""
    text = f"{username.strip().lower()} {network(request)}"
    return sealing.digest("kts log-in", text.encode(), key=_secret)


def network_key(request: HttpRequest) -> bytes:
    """Whoever comes from this network, as a hash."""
    return sealing.digest("kts network", network(request).encode(), key=_secret)


def is_noisy(key: bytes) -> bool:
    """Whether this network has failed too often within the hour to be let into the line."""
    with _lock:
        tries = _tries.get(key)
    return tries is not None and tries.failed >= NOISY and _is_fresh(tries)


def seconds_to_wait(key: bytes) -> int:
    """How long until this one may try again."""
    with _lock:
        tries = _tries.get(key)
    if tries is None or tries.failed < FREE_TRIES:
        return 0
    wait = min(LONGEST_WAIT, 2.0 ** min(tries.failed - FREE_TRIES + 1, 10))
    return max(0, math.ceil(tries.at + wait - time.monotonic()))


def count_failure(key: bytes) -> None:
    """Counts a wrong try under this key, and when it was made."""
    now = time.monotonic()
    with _lock:
        for old in [k for k, tries in _tries.items() if not _is_fresh(tries)]:
            del _tries[old]
        if len(_tries) >= MOST_KEPT and key not in _tries:
            del _tries[next(iter(_tries))]
        failed = _tries[key].failed if key in _tries else 0
        _tries[key] = _Tries(failed + 1, now)


def forget(key: bytes) -> None:
    """Counts from nothing again: the right words came."""
    with _lock:
        _tries.pop(key, None)


def _is_fresh(tries: _Tries) -> bool:
    return tries.at > time.monotonic() - FORGOTTEN_AFTER
