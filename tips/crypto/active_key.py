"""The desk key that tips are sealed to just now, remembered for some seconds in each process."""

from typing import NamedTuple

from django.db.models import Exists

from slu_antitrafficking.ttl_cache import TTLCache
from tips.models import DeskKey

REMEMBERED_SECONDS = 15


class NoDeskKey(Exception):
    """There is no proven desk key, so nothing may be taken that nobody could open."""


class ActiveKey(NamedTuple):
    """A desk key's id and public half."""

    kid: bytes
    public: bytes
    sheets_confirmed: bool  # two recovery sheets were once typed back


_active: TTLCache[ActiveKey] = TTLCache(REMEMBERED_SECONDS, apart=True)
_claimed_successors: TTLCache[bool] = TTLCache(REMEMBERED_SECONDS)


def current() -> ActiveKey:
    """The active desk key. Raises NoDeskKey when there is none."""
    return _active.get(None, _read)


def are_sheets_confirmed() -> bool:
    """Whether two recovery sheets were once typed back, where there is a desk key at all."""
    try:
        return current().sheets_confirmed
    except NoDeskKey:
        return True


def has_claimed_successor(kid: bytes) -> bool:
    """Whether a row names this desk key as its predecessor, rightly or not; for the desk door."""
    return _claimed_successors.get(kid, lambda _: DeskKey.objects.filter(predecessor=kid).exists())


def forget() -> None:
    """The next question goes to the database."""
    _active.forget()
    _claimed_successors.forget()


def _read(_: ActiveKey | None) -> ActiveKey:
    confirmed = Exists(DeskKey.objects.exclude(sheets_confirmed_at=None))
    row = DeskKey.objects.active().values_list("kid", "public", confirmed).first()
    if row is None:
        raise NoDeskKey
    return ActiveKey(bytes(row[0]), bytes(row[1]), row[2])
