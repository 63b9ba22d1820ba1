"""What shows a tip at the desk; every showing is an event, committed before a word is opened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from tips.actions.clocks import hours_since_arrival
from tips.crypto import associated_data
from tips.crypto.associated_data import AssociatedData
from tips.crypto.sealing import CannotOpen, Keyring
from tips.models import Alarm, Event, Message, Note, Officer, Photo, Tip, TipLink


@dataclass(frozen=True)
class Line:
    """One message, note, translation or reason; `text` is None where the blob does not open."""

    by: str  # empty: the citizen
    at: datetime
    text: str | None
    number: int = 0
    from_desk: bool = False
    photos: tuple[int, ...] = ()
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
    trail: tuple[tuple[Event, str | None], ...]  # newest first, with the reason where there is one
    same_page: tuple[Tip, ...]
    version: str  # Tip.version_token of what is shown
    links: tuple[Tip, ...]
    linked_from: tuple[Tip, ...]


def visible_tip(*, pk: UUID, by: Officer) -> Tip | None:
    """The tip if this officer may open it; a tip that they may not is refused with an event."""
    tip = Tip.objects.with_turn().select_related("owner", "alarm").filter(pk=pk).first()
    if tip is None or tip.is_visible_to(by):
        return tip
    Event.objects.record(Event.Verb.REFUSED, tip=tip, by=by)
    return None


def open_tip(*, tip: Tip, by: Officer, keys: Keyring) -> OpenedTip:
    """Records the opening, then opens everything said in the tip with the desk's secrets.

    Opening moves no clock. With keys that do not open it nothing counts as read: the trail says
    refused.
    """
    messages = list(tip.messages.order_by("number"))
    newest = messages[-1].number if messages else 0
    if tip.sealed is None or keys.fits(tip.sealed):
        _record_opening(tip, by, newest)
    else:
        Event.objects.record(Event.Verb.REFUSED, tip=tip, by=by)
    photos = list(tip.photos.values_list("number", "message_id").order_by("number"))
    notes = [_note(note, keys) for note in Note.objects.filter(tip=tip).order_by("at")]
    translation = next((line for line in reversed(notes) if line.language), None)
    links = list(TipLink.objects.filter(Q(tip=tip) | Q(other=tip)).select_related("tip", "other"))
    return OpenedTip(
        fields=_document(tip.sealed, associated_data.of_tip(tip.pk), keys),
        messages=tuple(_message(message, photos, keys) for message in messages),
        notes=tuple(line for line in notes if line is not translation),
        translation=translation,
        photos=tuple(number for number, _ in photos),
        trail=tuple(_with_reason(event, keys) for event in _trail(tip)),
        same_page=_same_page(tip, by),
        version=tip.version(newest),
        links=tuple(x.other for x in links if x.tip_id == tip.pk and x.other.is_visible_to(by)),
        linked_from=tuple(x.tip for x in links if x.other_id == tip.pk and x.tip.is_visible_to(by)),
    )


def words_of(*, tip: Tip, keys: Keyring) -> dict[str, Any]:
    """The tip's document, for comparing and never for showing: it writes no event.

    Empty where it does not open.
    """
    return _document(tip.sealed, associated_data.of_tip(tip.pk), keys) or {}


def show_photo(*, tip: Tip, by: Officer, number: int, keys: Keyring) -> bytes | None:
    """Records the showing, then gives the picture's bytes; None where none opens."""
    photo = Photo.objects.filter(tip=tip, number=number).first()
    if photo is None:
        return None
    Event.objects.record(Event.Verb.PHOTO, tip=tip, by=by, count=number)
    try:
        return keys.open(photo.sealed, associated_data.of_photo(photo.pk))
    except CannotOpen:
        return None


def _record_opening(tip: Tip, by: Officer, newest: int) -> None:
    """The event; with the first the hours until it, with the owner's the end of the alarm."""
    Event.objects.record(Event.Verb.OPENED, tip=tip, by=by, count=newest)
    if tip.hours_to_open is None:
        hours = Coalesce(F("hours_to_open"), hours_since_arrival())
        Tip.objects.filter(pk=tip.pk).update(hours_to_open=hours)
    if tip.owner_id == by.pk and hasattr(tip, "alarm"):
        Alarm.objects.filter(tip=tip).delete()


def _document(blob: Any, data: AssociatedData, keys: Keyring) -> dict[str, Any] | None:
    """The document; None where it does not open, or none of our forms made it."""
    try:
        document = keys.open_json(blob, data) if blob else None
    except CannotOpen:
        return None
    return document if document and _is_from_a_form(document) else None


def _is_from_a_form(document: dict[str, Any]) -> bool:
    """Whether one of our forms could have made it: texts, numbers, and a list of signs."""
    answers = dict(document)
    signs = answers.pop("signs", [])
    return (
        isinstance(signs, list)
        and all(isinstance(sign, str) for sign in signs)
        and all(isinstance(answer, str | int) for answer in answers.values())
    )


def _words(blob: Any, data: AssociatedData, keys: Keyring) -> str | None:
    """The text of a message, note or reason; None where it does not open."""
    return _text(_document(blob, data, keys))


def _text(document: dict[str, Any] | None) -> str | None:
    text = (document or {}).get("text")
    return text if isinstance(text, str) else None


def _message(message: Message, photos: Sequence[tuple[int, UUID]], keys: Keyring) -> Line:
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
        photos=tuple(number for number, owner in photos if owner == message.pk),
    )


def _note(note: Note, keys: Keyring) -> Line:
    text = _words(note.sealed, associated_data.of_note(note.pk), keys)
    return Line(by=note.by, at=note.at, text=text, language=note.language)


def _trail(tip: Tip) -> list[Event]:
    newest = Event.objects.filter(tip_id=tip.pk).order_by("-at", "id")[:200]
    # Within a citizen's hour the arrival came first.
    return sorted(newest, key=lambda e: (e.at, e.verb != Event.Verb.RECEIVED), reverse=True)


def _with_reason(event: Event, keys: Keyring) -> tuple[Event, str | None]:
    return event, _words(event.reason, associated_data.of_reason(event.pk), keys)


def _same_page(tip: Tip, by: Officer) -> tuple[Tip, ...]:
    if tip.page_digest is None:
        return ()
    others = Tip.objects.visible_to(by).without_blobs().filter(page_digest=tip.page_digest)
    return tuple(others.exclude(pk=tip.pk).order_by("received_at")[:20])
