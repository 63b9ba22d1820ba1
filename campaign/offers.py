"""What the rest of the site may ask: numbers, signs, types, hours, notices. Never raises.

Answers come from a copy in memory, read again after ten seconds. While the database is away
the last good copy stands; before there was one, the release's own rows.
"""

import logging
import threading
import time as clock
from dataclasses import dataclass
from datetime import datetime, time

from django.db import Error
from django.utils import timezone, translation
from django.utils.formats import date_format, time_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from campaign import wording
from campaign.hours import ISLAND, Hours
from campaign.snapshot import Contact, SignOffer, Snapshot, from_database, from_release

__all__ = ["Contact", "Hours", "NoticeOffer", "SignOffer"]

FRESH = 10.0  # seconds
_log = logging.getLogger(__name__)
_copies: dict[str, tuple[float, Snapshot]] = {}
_reading = threading.Lock()


@dataclass(frozen=True)
class NoticeOffer:
    """A message on top of the pages."""

    title: SafeString
    body: SafeString


def contacts(language: str = "en") -> dict[str, Contact]:
    """Live contacts by kind; one that is out of order gives way to its `instead`, or is absent."""
    return dict(_snapshot(language).contacts)


def signs(language: str = "en") -> tuple[SignOffer, ...]:
    """All published signs, in the order of the page."""
    return _snapshot(language).signs


def types(language: str = "en") -> dict[str, str]:
    """Titles of the published types by slug."""
    return dict(_snapshot(language).types)


def hours() -> Hours:
    """The office's weekly hours and its closures."""
    return _snapshot("en").hours


def notices(language: str = "en") -> tuple[NoticeOffer, ...]:
    """The messages to show today."""
    copy = _snapshot(language)
    today = timezone.now().astimezone(ISLAND).date()
    return tuple(
        NoticeOffer(wording.line(n.title, copy.contacts), wording.body(n.body, copy.contacts))
        for n in copy.notices
        if n.starts <= today <= n.ends
    )


def next_opening_text(now: datetime | None = None, language: str = "en") -> str:
    """When the office next opens, as "Monday, 8:00 am"; empty while open or when unknown."""
    now = now or timezone.now()
    if hours().is_open(now):
        return ""
    opening = hours().next_opening(now)
    if opening is None:
        return ""
    with translation.override(language):
        days = (opening.date() - now.astimezone(ISLAND).date()).days
        day = gettext("today") if days == 0 else date_format(opening, "l")
        if days > 6:
            day = date_format(opening, "l j F")
        return f"{day}, {time_text(opening.time())}"


def time_text(moment: time) -> str:
    """A time of day as people here write it: 8:00 am."""
    return time_format(moment, "g:i a").replace(".", "")


def forget() -> None:
    """Drops every copy, so that the next question reads the database."""
    _copies.clear()


def _snapshot(language: str) -> Snapshot:
    read_at, copy = _copies.get(language, (0.0, None))
    if copy is not None and clock.monotonic() - read_at < FRESH:
        return copy
    # While one thread reads, the others go on with the old copy.
    if not _reading.acquire(blocking=copy is None) and copy is not None:
        return copy
    try:
        read_at, again = _copies.get(language, (0.0, None))
        if again is not None and clock.monotonic() - read_at < FRESH:
            return again
        fresh = _read(language) or copy or from_release(language)
        _copies[language] = (clock.monotonic(), fresh)
        return fresh
    finally:
        _reading.release()


def _read(language: str) -> Snapshot | None:
    try:
        return from_database(language)
    except Error as error:
        _log.warning("contacts come from memory: %s", type(error).__name__)
        return None
