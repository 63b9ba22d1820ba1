"""What shows a tip at the desk; every showing is an event, committed before a word is opened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q

from tips.actions import copies, tip_trail
from tips.actions.columns import hours_once
from tips.crypto import associated_data
from tips.crypto.associated_data import AssociatedData
from tips.crypto.sealing import CannotOpen, Keyring
from tips.models import Alarm, Event, Note, Officer, Photo, Tip, TipLink, may_be_opened_by
from tips.models.tip import RINGS

SAME_PAGE = 20  # of these one more is fetched, so that the page can say so


@dataclass(frozen=True)
class Line:
    """One message, note, translation or reason; `text` is None where the blob does not open."""

    by: str  # empty: the citizen
    at: datetime
    text: str | None
    number: int = 0
    from_desk: bool = False
    photos: tuple[int, ...] = ()
    is_new: bool = False  # since the officer last opened the tip
    language: str = ""  # into which it translates the tip; empty for what is none
    is_danger: bool = False  # the citizen ticked that it has become dangerous
    is_removed: bool = False  # the citizen took it from their page


@dataclass(frozen=True)
class OpenedTip:
    """A tip in clear, for one answer and never kept; `fields` is None where it does not open."""

    fields: dict[str, Any] | None
    messages: tuple[Line, ...]
    notes: tuple[Line, ...]  # with earlier translations among them
    translation: Line | None  # the newest
    photos: tuple[int, ...]
    locked_photos: frozenset[int]
    trail: tuple[tuple[Event, str | None], ...]  # newest first, with the reason where there is one
    trail_left_out: bool  # older events that are not among them
    readers: tuple[Event, ...]  # the newest opening of each colleague who opened it just now
    same_page: tuple[Tip, ...]
    version: str  # Tip.version_token of what is shown
    links: tuple[Tip, ...]
    linked: frozenset[UUID]  # by any link, "not the same" too
    linked_from: tuple[Tip, ...]
    unread_copies: tuple[Tip, ...]  # written to since the officer last opened them
    told_apart: tuple[Tip, ...]  # an officer said that they are not the same


def visible_tip(*, pk: UUID, by: Officer) -> Tip | None:
    """The tip if this officer may open it; a tip that they may not is refused with an event."""
    rows = Tip.objects.with_turn().select_related("owner", "alarm").filter(pk=pk)
    if tip := rows.visible_to(by).first():
        return tip
    if hidden := rows.without_blobs().first():
        Event.objects.record(Event.Verb.REFUSED, tip=hidden, by=by)
    return None


def open_tip(*, tip: Tip, by: Officer, keys: Keyring) -> OpenedTip:
    """Records the opening, then opens everything said in the tip with the desk's secrets.

    Opening moves no clock. With keys that do not open it nothing counts as read: the trail says
    refused.
    """
    numbers = Photo.objects.filter(message=OuterRef("pk")).order_by("number").values("number")
    messages = list(
        tip.messages.annotate(
            pictures=ArraySubquery(numbers),
            locked_pictures=ArraySubquery(numbers.filter(locked_at__isnull=False)),
        ).order_by("number")
    )
    newest = messages[-1].number if messages else 0
    if tip.sealed is None or keys.fits(tip.sealed):
        this = _record_opening(tip, by, newest)
    else:
        this = Event.objects.record(Event.Verb.REFUSED, tip=tip, by=by)
    trail = tip_trail.of_tip(tip, by)
    # So that nobody asks for them again.
    tip.newest_message = (newest, bool(messages) and messages[-1].from_desk)
    tip.rings = sum(event.verb in RINGS for event in trail)
    tip.last_decision = tip_trail.last_decision(trail)
    last_read = tip_trail.last_read(trail, by, this)
    notes = [_note(note, keys) for note in Note.objects.filter(tip=tip).order_by("at")]
    translation = next((line for line in reversed(notes) if line.language), None)
    every = _links(tip, by)
    links = [link for link in every if link.kind == TipLink.Kind.DUPLICATE]
    return OpenedTip(
        fields=_document(tip.sealed, associated_data.of_tip(tip.pk), keys),
        messages=tuple(
            _message(message, keys, is_new=last_read is not None and message.number > last_read)
            for message in messages
        ),
        notes=tuple(line for line in notes if line is not translation),
        translation=translation,
        photos=tuple(sorted(number for message in messages for number in message.pictures)),
        locked_photos=frozenset(n for message in messages for n in message.locked_pictures),
        trail=tuple(_with_reason(event, keys) for event in trail),
        trail_left_out=tip_trail.is_cut(trail, tip),
        readers=tip_trail.readers(trail, by),
        same_page=_same_page(tip, by),
        version=tip.version_token,
        links=tuple(link.other for link in links if link.tip_id == tip.pk),
        linked=frozenset(x.other_id if x.tip_id == tip.pk else x.tip_id for x in every),
        linked_from=tuple(link.tip for link in links if link.other_id == tip.pk),
        unread_copies=_unread_copies(tip, trail, by),
        told_apart=_told_apart(tip, every),
    )


def words_of(*, tip: Tip, keys: Keyring) -> dict[str, Any]:
    """The tip's document, for comparing and never for showing: it writes no event.

    Empty where it does not open.
    """
    return _document(tip.sealed, associated_data.of_tip(tip.pk), keys) or {}


def show_photo(*, tip: Tip, by: Officer, number: int, keys: Keyring) -> bytes | None:
    """Records the showing, then gives the picture's bytes; none where it does not open.

    None where there is no such photo; one that is locked is refused to all but supervisors, with an
    event.
    """
    photo = Photo.objects.filter(tip=tip, number=number).first()
    if photo is None:
        return None
    if not photo.is_shown_to(by):
        Event.objects.record(Event.Verb.REFUSED, tip=tip, by=by, count=number)
        return None
    Event.objects.record(Event.Verb.PHOTO, tip=tip, by=by, count=number)
    try:
        return keys.open(photo.sealed, associated_data.of_photo(photo.pk))
    except CannotOpen:
        return b""


def unseen_photos(*, tip: Tip) -> list[int]:
    """The numbers of the photos that nobody at the desk was shown."""
    shown = Event.objects.filter(tip_id=tip.pk, verb=Event.Verb.PHOTO).values("count")
    photos = Photo.objects.filter(tip=tip).exclude(number__in=shown)
    return list(photos.values_list("number", flat=True).order_by("number"))


def _record_opening(tip: Tip, by: Officer, newest: int) -> Event:
    """The event; with the first the hours until it, with the owner's the end of the alarm."""
    event = Event.objects.record(Event.Verb.OPENED, tip=tip, by=by, count=newest)
    if tip.hours_to_open is None:
        hours = hours_once("hours_to_open")
        Tip.objects.filter(pk=tip.pk).update(hours_to_open=hours)
    if tip.owner_id == by.pk and hasattr(tip, "alarm"):
        Alarm.objects.filter(tip=tip).delete()
    return event


def _document(blob: Any, data: AssociatedData, keys: Keyring) -> dict[str, Any] | None:
    """The document; None where it does not open, or none of our forms made it."""
    try:
        document = keys.open_json(blob, data) if blob else None
    except CannotOpen:
        return None
    return document if document and _is_from_a_form(document) else None


def _is_from_a_form(document: dict[str, Any]) -> bool:
    """Whether one of our forms could have made it: texts, numbers, and lists of what was ticked."""
    answers = dict(document)
    ticked = [answers.pop(name, []) for name in ("signs", "plea")]
    return (
        all(isinstance(slugs, list) for slugs in ticked)
        and all(isinstance(slug, str) for slugs in ticked for slug in slugs)
        and all(isinstance(answer, str | int) for answer in answers.values())
    )


def _words(blob: Any, data: AssociatedData, keys: Keyring) -> str | None:
    """The text of a message, note or reason; None where it does not open."""
    return _text(_document(blob, data, keys))


def _text(document: dict[str, Any] | None) -> str | None:
    text = (document or {}).get("text")
    return text if isinstance(text, str) else None


def _message(message: Any, keys: Keyring, *, is_new: bool) -> Line:
    said: dict[str, Any] | None = {"text": ""}  # photos alone come without words
    if message.sealed:
        said = _document(message.sealed, associated_data.of_message(message.pk), keys)
    return Line(
        by=message.by,
        at=message.at,
        text=_text(said),
        is_danger=bool(said and said.get("danger")),
        is_removed=message.from_desk and message.for_citizen is None,
        number=message.number,
        from_desk=message.from_desk,
        photos=tuple(message.pictures),
        is_new=is_new and not message.from_desk,
    )


def _note(note: Note, keys: Keyring) -> Line:
    text = _words(note.sealed, associated_data.of_note(note.pk), keys)
    return Line(by=note.by, at=note.at, text=text, language=note.language)


def _with_reason(event: Event, keys: Keyring) -> tuple[Event, str | None]:
    return event, _words(event.reason, associated_data.of_reason(event.pk), keys)


def _links(tip: Tip, by: Officer) -> list[TipLink]:
    """Of the tip, with the other one where this officer may open that; no more of either than is
    named.
    """
    from_here = Q(tip=tip) & may_be_opened_by(by, "other__")
    to_here = Q(other=tip) & may_be_opened_by(by, "tip__")
    named = [f"{one}__{column}" for one in ("tip", "other") for column in ("reference", "outcome")]
    links = TipLink.objects.filter(from_here | to_here).select_related("tip", "other")
    return list(links.only("kind", *named))


def _unread_copies(tip: Tip, trail: Sequence[Event], by: Officer) -> tuple[Tip, ...]:
    rang = any(event.verb == Event.Verb.COPY_MESSAGE for event in trail)
    return tuple(copies.unread(tip, by)) if rang else ()


def _told_apart(tip: Tip, links: Sequence[TipLink]) -> tuple[Tip, ...]:
    apart = [link for link in links if link.kind == TipLink.Kind.NOT_SAME]
    return tuple(link.other if link.tip_id == tip.pk else link.tip for link in apart)


def _same_page(tip: Tip, by: Officer) -> tuple[Tip, ...]:
    if tip.page_digest is None:
        return ()
    others = Tip.objects.visible_to(by).without_blobs().filter(page_digest=tip.page_digest)
    return tuple(others.exclude(pk=tip.pk).order_by("received_at")[: SAME_PAGE + 1])
