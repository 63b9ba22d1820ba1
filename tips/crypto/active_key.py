"""The desk key that tips are sealed to just now, remembered for some seconds in each process."""

from typing import NamedTuple

from slu_antitrafficking.remembered import Remembered
from tips.models import DeskKey

REMEMBERED_SECONDS = 15


class NoDeskKey(Exception):
    """There is no proven desk key, so nothing may be taken that nobody could open."""


class ActiveKey(NamedTuple):
    """A desk key's id and public half."""

    kid: bytes
    public: bytes


_remembered: Remembered[ActiveKey] = Remembered(REMEMBERED_SECONDS)
_succeeded: Remembered[bool] = Remembered(REMEMBERED_SECONDS)


def current() -> ActiveKey:
    """The active desk key. Raises NoDeskKey when there is none."""
    return _remembered.get(None, _read)


def has_claimed_successor(kid: bytes) -> bool:
    """Whether a row names this desk key as its predecessor, rightly or not; for the desk door."""
    return _succeeded.get(kid, lambda _: DeskKey.objects.filter(predecessor=kid).exists())


def forget() -> None:
    """The next question goes to the database."""
    _remembered.forget()
    _succeeded.forget()


def _read(_: ActiveKey | None) -> ActiveKey:
    row = DeskKey.objects.active().values_list("kid", "public").first()
    if row is None:
        raise NoDeskKey
    return ActiveKey(bytes(row[0]), bytes(row[1]))
