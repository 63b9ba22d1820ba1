"""One snapshot a language in memory, read again after ten seconds. Reading one never raises.

While the database is away the last good one stands; before there was one, the release's own rows.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import Error

from campaign.snapshot import Snapshot, from_database, from_release
from slu_antitrafficking.ttl_cache import TTLCache

FRESH = 10.0  # seconds
_log = logging.getLogger(__name__)
_snapshots: TTLCache[Snapshot] = TTLCache(FRESH, apart=True)
_override: ContextVar[Callable[[str], Snapshot] | None] = ContextVar("override", default=None)


def current(language: str) -> Snapshot:
    """The snapshot of this language, at most FRESH seconds old while the database answers."""
    if (read := _override.get()) is not None:
        return read(language)
    return _snapshots.get(language, lambda last: _read(language) or last or from_release(language))


@contextmanager
def override(read: Callable[[str], Snapshot]) -> Iterator[None]:
    """Within it, every page shows what this reads, language by language: a preview."""
    token = _override.set(read)
    try:
        yield
    finally:
        _override.reset(token)


def is_overridden() -> bool:
    """Whether the pages show what `override` reads: a preview."""
    return _override.get() is not None


def forget() -> None:
    """Empties the cache, so that the next question reads the database."""
    _snapshots.forget()


def _read(language: str) -> Snapshot | None:
    try:
        return from_database(language)
    except Error as error:
        _log.warning("the pages come from memory: %s", type(error).__name__)
        return None
