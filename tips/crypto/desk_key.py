"""The desk key that tips are sealed to just now, remembered for some seconds in each process."""

import time
from threading import Lock
from typing import NamedTuple

from tips.models import DeskKey

REMEMBERED_SECONDS = 15


class NoDeskKey(Exception):
    """There is no proven desk key, so nothing may be taken that nobody could open."""


class ActiveKey(NamedTuple):
    """A desk key's id and public half."""

    kid: bytes
    public: bytes


_lock = Lock()
_remembered: tuple[float, ActiveKey] | None = None


def active() -> ActiveKey:
    """The active desk key. Raises NoDeskKey where there is none."""
    global _remembered
    with _lock:
        if _remembered and time.monotonic() - _remembered[0] < REMEMBERED_SECONDS:
            return _remembered[1]
    row = DeskKey.objects.active().values_list("kid", "public").first()
    if row is None:
        raise NoDeskKey
    key = ActiveKey(bytes(row[0]), bytes(row[1]))
    with _lock:
        _remembered = (time.monotonic(), key)
    return key


def forget() -> None:
    """The next question goes to the database."""
    global _remembered
    with _lock:
        _remembered = None
