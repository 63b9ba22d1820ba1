"""The app's public interface: contacts, signs, types, phrases, hours and notices as they show.

The other apps import nothing else of campaign. Every function reads the snapshot in memory, so none
of them raises while the database is away; but `reply_sentences`, which the desk alone may ask.
"""

from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils import timezone, translation
from django.utils.formats import date_format, time_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from campaign import release, snapshot_cache, wording
from campaign.entries import ContactEntry, PhraseEntry, SignEntry
from campaign.hours import ISLAND, Hours
from campaign.models import CREOLES, Language
from campaign.reply_sentences import (
    REPLY_GROUPS,
    Reading,
    ReplySentence,
    english_lines,
    machine_line,
    reply_sentences,
    said,
)
from campaign.reply_sentences import forget as forget_sentences
from campaign.snapshot_cache import current
from campaign.snapshot_cache import is_overridden as is_preview

__all__ = [
    "CREOLES",
    "REPLY_GROUPS",
    "ContactEntry",
    "Hours",
    "PhraseEntry",
    "Reading",
    "RenderedNotice",
    "ReplySentence",
    "SignEntry",
    "english_lines",
    "forget",
    "is_preview",
    "machine_line",
    "reply_sentences",
    "said",
]


@dataclass(frozen=True)
class RenderedNotice:
    """A notice as HTML, its numbers as links."""

    title: SafeString
    body: SafeString
    language: str


def forget() -> None:
    """Empties what is remembered, so that the next question reads the database."""
    snapshot_cache.forget()
    forget_sentences()


def contacts(language: str = "en") -> dict[str, ContactEntry]:
    """Live contacts by kind; one that is out of order gives way to its `instead`, or is absent."""
    return dict(current(language).contacts)


def signs(language: str = "en") -> tuple[SignEntry, ...]:
    """All published signs, in the order of the page."""
    return current(language).signs


def types(language: str = "en") -> dict[str, str]:
    """Titles of the published types by slug."""
    return {type_.slug: type_.title for type_ in current(language).types}


def phrases(language: str, use: str = "") -> tuple[PhraseEntry, ...]:
    """The phrases that are in this language, for this use or for any."""
    if language in CREOLES:
        lines = current(translation.get_language() or "en").creoles.get(language, ())
    else:
        lines = current(language).phrases
    return tuple(one for one in lines if one.language == language and use in ("", one.use))


def desk_line(slug: str) -> SafeString:
    """A line of the editors' that the desk alone reads, its numbers as links; empty where none is.

    It is in English, as the desk.
    """
    lines = (line for line in phrases("en", "desk") if line.slug == slug)
    return next((wording.line(line.title, contacts()) for line in lines), SafeString())


def is_as_released(slug: str) -> bool:
    """Whether such a line still says what the release wrote: no editor has changed it."""
    written = {row.texts["en"]["title"] for row in release.rows() if row.slug == slug}
    return any(line.slug == slug and line.title in written for line in phrases("en", "desk"))


def hours() -> Hours:
    """The office's weekly hours and its closures."""
    return current("en").hours


def notices(language: str = "en") -> tuple[RenderedNotice, ...]:
    """The notices of today, in the order of the pages."""
    snapshot = current(language)
    today = timezone.now().astimezone(ISLAND).date()
    return tuple(
        RenderedNotice(
            wording.line(n.title, snapshot.contacts),
            wording.body(n.body, snapshot.contacts),
            n.language,
        )
        for n in snapshot.notices
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
            day = weekday_and_date(opening)
        return f"{day}, {time_text(opening.time())}"


def time_text(moment: time) -> str:
    """A time of day as the language writes it: 8:00 am, 08:00."""
    return time_format(moment, "TIME_FORMAT").replace(".", "")


def weekday_and_date(day: date) -> str:
    """Monday 4 January, as the language writes it."""
    return f"{date_format(day, 'l')} {date_format(day, 'MONTH_DAY_FORMAT')}"


def language_name(code: str) -> str:
    """The language in its own name, as its speakers look for it."""
    return Language(code).label
