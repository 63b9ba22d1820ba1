"""The copies in memory, one a language, read again after ten seconds. Reading one never raises.

While the database is away the last good copy stands; before there was one, the release's own rows.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import Error

from campaign.snapshot import Snapshot, from_database, from_release

FRESH = 10.0  # seconds
_log = logging.getLogger(__name__)
_copies: dict[str, tuple[float, Snapshot]] = {}
_reading = threading.Lock()
_shown: ContextVar[Callable[[str], Snapshot] | None] = ContextVar("shown", default=None)


def current(language: str) -> Snapshot:
    """What the pages in this language show now."""
    if (shown := _shown.get()) is not None:
        return shown(language)
    read_at, copy = _copies.get(language, (0.0, None))
    if copy is not None and time.monotonic() - read_at < FRESH:
        return copy
    # While one thread reads, the others go on with the old copy.
    if not _reading.acquire(blocking=copy is None) and copy is not None:
        return copy
    try:
        read_at, again = _copies.get(language, (0.0, None))
        if again is not None and time.monotonic() - read_at < FRESH:
            return again
        fresh = _read(language) or copy or from_release(language)
        _copies[language] = (time.monotonic(), fresh)
        return fresh
    finally:
        _reading.release()


@contextmanager
def showing(read: Callable[[str], Snapshot]) -> Iterator[None]:
    """Within it, every page shows what this reads, language by language: a preview."""
    token = _shown.set(read)
    try:
        yield
    finally:
        _shown.reset(token)


def forget() -> None:
    """Drops every copy, so that the next question reads the database."""
    _copies.clear()


def _read(language: str) -> Snapshot | None:
    try:
        return from_database(language)
    except Error as error:
        _log.warning("the pages come from memory: %s", type(error).__name__)
        return None
