"""One reading of what stands on every page, from the database or from the release's files."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from campaign import models, release
from campaign.hours import Hours
from campaign.models import Closure, OpeningHours, Sign, Text


@dataclass(frozen=True)
class Contact:
    """A number or address that works now."""

    kind: str
    number: str
    href: str
    label: str
    confirmed_on: date | None = None
    detail: str = ""
    always: bool = False
    checked_on: date | None = None


@dataclass(frozen=True)
class SignOffer:
    """A sign as the tip form offers it; no types: it fits every type."""

    slug: str
    title: str
    types: tuple[str, ...]
    strong: bool
    on_form: bool
    summary: str = ""


@dataclass(frozen=True)
class NoticeRow:
    """A notice and its days."""

    title: str
    body: str
    starts: date
    ends: date


@dataclass(frozen=True)
class Snapshot:
    """All of it in one language."""

    contacts: Mapping[str, Contact]
    signs: tuple[SignOffer, ...]
    types: Mapping[str, str]
    hours: Hours
    notices: tuple[NoticeRow, ...] = ()


def from_database(language: str) -> Snapshot | None:
    """What the editors' rows say; None before the release was loaded."""
    words = _words(language)
    contacts = list(models.Contact.objects.filter(published=True))
    if not contacts:
        return None
    signs = Sign.objects.filter(published=True).prefetch_related("types")
    return Snapshot(
        contacts=_live(contacts, words),
        signs=tuple(_sign(sign, words) for sign in signs if sign.pk in words),
        types={
            type_.slug: words[type_.pk].title
            for type_ in models.TraffickingType.objects.filter(published=True)
            if type_.pk in words
        },
        hours=_hours(OpeningHours.objects.all(), Closure.objects.all()),
        notices=tuple(
            NoticeRow(words[n.pk].title, words[n.pk].body, n.starts, n.ends)
            for n in models.Notice.objects.filter(published=True)
            if n.pk in words
        ),
    )


def from_release(language: str) -> Snapshot:
    """What the release's files say."""
    rows = release.rows()
    return Snapshot(
        contacts={row.slug: _released(row, language) for row in rows if row.family == "contact"},
        signs=tuple(
            SignOffer(
                row.slug,
                row.title(language),
                tuple(row.values["types"]),
                row.values.get("strength") == Sign.Strength.STRONG,
                bool(row.values.get("on_form")),
            )
            for row in rows
            if row.family == "sign"
        ),
        types={row.slug: row.title(language) for row in rows if row.family == "type"},
        hours=Hours(release.week()),
    )


def _words(language: str) -> dict[int, Text]:
    """Texts by item, this language before English."""
    families = ("contact", "sign", "type", "notice")
    words: dict[int, Text] = {}
    for wanted in dict.fromkeys(("en", language)):
        for text in Text.objects.shown(wanted).filter(item__family__in=families):
            words[text.item_id] = text
    return words


def _sign(sign: Sign, words: Mapping[int, Text]) -> SignOffer:
    return SignOffer(
        sign.slug,
        words[sign.pk].title,
        tuple(sorted(type_.slug for type_ in sign.types.all() if type_.published)),
        sign.strength == Sign.Strength.STRONG,
        sign.on_form,
        words[sign.pk].summary,
    )


def _live(rows: Iterable[models.Contact], words: Mapping[int, Text]) -> dict[str, Contact]:
    by_pk = {row.pk: row for row in rows}
    live: dict[str, Contact] = {}
    for row in by_pk.values():
        stand_in: models.Contact | None = row
        seen: set[Any] = set()
        while stand_in is not None and stand_in.out_of_order:
            seen.add(stand_in.pk)
            following = stand_in.instead_id
            stand_in = None if following in seen else by_pk.get(following)  # type: ignore[arg-type]
        if stand_in is not None:
            text = words.get(stand_in.pk)
            live[row.slug] = Contact(
                stand_in.slug,
                stand_in.number,
                stand_in.href,
                text.title if text else "",
                stand_in.confirmed_on,
                text.summary if text else "",
                stand_in.always,
                stand_in.checked_on,
            )
    return live


def _released(row: release.Row, language: str) -> Contact:
    text = row.texts.get(language) or row.texts["en"]
    checked = row.values["checked_on"]
    return Contact(
        row.slug,
        row.values["number"],
        models.address(row.values["number"]),
        text["title"],
        None,
        text["summary"],
        bool(row.values.get("always")),
        date.fromisoformat(checked) if checked else None,
    )


def _hours(days: Iterable[OpeningHours], closures: Iterable[Closure]) -> Hours:
    week: list[Any] = [None] * 7
    for row in days:
        week[row.day] = (row.opens, row.closes) if row.opens and row.closes else None
    return Hours(tuple(week), tuple((row.first_day, row.last_day) for row in closures))
