"""What the desk takes down for somebody: a call, a visit, a letter, and what is said later on.

A call is stored before the line drops, and completed once. Nothing here opens what was stored.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import Case, F, PositiveSmallIntegerField, Q, Value, When
from django.utils import timezone

from slu_antitrafficking.refusal import Refused
from tips.actions import copies
from tips.actions.change import NO_STAMP, Stamp, lock, once_digest
from tips.actions.citizen import (
    DOCUMENT_VERSION,
    Receipt,
    call_function,
    columns,
    store_tip,
    without_codes,
)
from tips.actions.owners import raise_alarm, take
from tips.actions.words import cleaned
from tips.crypto import active_key, associated_data, receipts, sealing
from tips.crypto.active_key import ActiveKey
from tips.models import IS_OPEN, WRITTEN_TO, CallWithoutTip, Event, Message, Officer, Photo, Tip
from tips.models.vocabulary import SetAside

LANGUAGE = "en"  # where none was chosen
NOT_COMPLETED = {
    "not_taken_by_you": "You did not take this call, so its tip is not yours to complete.",
    "completed_before": "This call was completed before.",
    "too_late": "You took this call more than two hours ago.",
}


def receive_call(
    *, fields: Mapping[str, Any], channel: str, by: Officer, idempotency_key: str
) -> Receipt:
    """Seals and stores what somebody says, or finds the tip that this page stored before.

    One page stores one tip, whatever was typed on between two presses. Raises NoDeskKey where none
    is active, ValueError for an officer or channel that takes no call.
    """
    content = receipts.content_digest(idempotency_key, "call", "", {})
    more = {"p_channel": channel, "p_by": by.username}
    return store_tip("receive_call", fields, idempotency_key, content, LANGUAGE, more)


@transaction.atomic
def complete_call(
    *, tip: Tip, fields: Mapping[str, Any], by: Officer, idempotency_key: str
) -> None:
    """All that was said instead of what was saved first; whoever took the call takes the tip.

    Not where they may not open it, or where somebody else has it. The same content from the same
    page is taken once. Raises Refused when it cannot be completed any more, NoDeskKey where none is
    active.
    """
    document = without_codes(fields)
    once = receipts.content_digest(idempotency_key, "call completed", "", fields)

    def arguments(key: ActiveKey) -> dict[str, Any]:
        clear = columns(tip.pk, fields, document, LANGUAGE, key)
        return clear | {"p_by": by.username, "p_once": once}

    (outcome,) = call_function("complete_call", arguments)
    if outcome == "opened":
        raise Refused(_who_opened(tip, by))
    if outcome in NOT_COMPLETED:
        raise Refused(NOT_COMPLETED[outcome])
    if outcome == "completed":
        now = Tip.objects.without_blobs().get(pk=tip.pk)
        if now.owner_id is None and now.is_open and now.is_visible_to(by):
            take(tip=now, by=by)


def took_call(*, tip: Tip, by: Officer) -> bool:
    """Whether this officer took it down, and no citizen sent it."""
    arrivals = Event.objects.filter(tip_id=tip.pk, verb=Event.Verb.RECEIVED, by=by.username)
    return arrivals.exists()


def show_code(*, tip: Tip, by: Officer, code: str) -> bool:
    """Records that the code is shown, to be read aloud; False where it is not this tip's."""
    if not code or receipts.lookup_id(code) != bytes(tip.lookup_id or b""):
        return False
    Event.objects.record(Event.Verb.CODE_SHOWN, tip=tip, by=by)
    return True


@transaction.atomic
def transcribe(
    *,
    tip: Tip,
    by: Officer,
    text: str,
    photos: Sequence[bytes] = (),
    is_danger: bool = False,
    stamp: Stamp = NO_STAMP,
) -> None:
    """What the citizen says, and clean pictures that they bring: a message of theirs.

    `is_danger`: somebody is in danger now, so it is urgent and rings for whoever else has it.
    Raises Refused when there is neither; and AlreadyDone, NoDeskKey as `note` does.
    """
    text = cleaned(text)
    if not text and not photos:
        raise Refused("Write down what was said first; nothing was added.")
    # What a citizen says contradicts nothing, whatever the tip has become.
    lock(tip, stamp._replace(seen=""))
    key = active_key.current().public
    message = _message(tip, by, str(without_codes({"text": text})["text"]), key)
    _add_photos(message, photos, key)
    rings = copies.ring_first_tips(message, by=by, is_danger=is_danger)
    if not rings:
        _give_the_turn_back(tip)
    calmer = Tip.objects.filter(pk=tip.pk, urgency__gt=Tip.Urgency.DANGER)
    if is_danger and calmer.update(urgency=Tip.Urgency.DANGER):
        Event.objects.record(Event.Verb.RAISED, tip=tip, by=by)
    alarm_for = Tip.objects.filter(pk=tip.pk, urgency=Tip.Urgency.DANGER).exclude(owner=by)
    if not rings and alarm_for.exists():
        raise_alarm(tip)
    Event.objects.record(
        Event.Verb.TRANSCRIBED, tip=tip, by=by, count=len(photos), once=once_digest(stamp)
    )


def count_call_without_tip(*, kind: str, day: date, by: int = 1) -> None:
    """One more, or with -1 one fewer, of this kind on that day; nothing else is kept."""
    CallWithoutTip.objects.get_or_create(day=day, kind=kind)
    rows = CallWithoutTip.objects.filter(day=day, kind=kind, count__gte=-by)
    rows.update(count=F("count") + by)


def _who_opened(tip: Tip, by: Officer) -> str:
    opened = Event.objects.filter(tip_id=tip.pk, verb=Event.Verb.OPENED).exclude(by=by.username)
    who = opened.earliest("at").by
    return f"{who} has opened this tip meanwhile, so what was stored stays as it is."


def _message(tip: Tip, by: Officer, text: str, key: bytes) -> Message:
    row = uuid4()
    document = {"version": DOCUMENT_VERSION, "text": text}
    sealed = sealing.seal_json(document, [key], associated_data.of_message(row)) if text else None
    return Message.objects.create(
        id=row,
        tip=tip,
        number=tip.messages.newest_number() + 1,
        from_desk=False,
        channel=Message.Channel.PHONE,
        by=by.username,
        at=_this_hour(),
        sealed=sealed,
    )


def _add_photos(message: Message, photos: Sequence[bytes], key: bytes) -> None:
    newest = message.tip.photos.order_by("-number").values_list("number", flat=True).first() or 0
    rows = [(uuid4(), photo) for photo in photos]
    Photo.objects.bulk_create(
        Photo(
            id=row,
            tip=message.tip,
            message=message,
            number=number,
            sealed=sealing.seal(photo, [key], associated_data.of_photo(row)),
        )
        for number, (row, photo) in enumerate(rows, newest + 1)
    )


def _give_the_turn_back(tip: Tip) -> None:
    """The columns as after a message that the citizen typed: functions.sql, receive_message."""
    to_take = IS_OPEN & Q(owner=None)
    waits = to_take | (IS_OPEN & Q(turn_cause__in=WRITTEN_TO))
    new = Q(status=Tip.Status.NEW)
    Tip.objects.filter(pk=tip.pk).update(
        turn_since=Case(When(waits, then=F("turn_since")), default=Value(_this_hour())),
        turn_cause=Case(When(to_take, then=F("turn_cause")), default=Value(Tip.Cause.WROTE)),
        status=Case(When(new, then=F("status")), default=Value(Tip.Status.ACTIVE)),
        outcome="",
        closed_on=None,
        turn_until=None,
        set_aside=Case(
            When(set_aside=SetAside.FLOOD, then=Value(SetAside.NO)),
            default=F("set_aside"),
            output_field=PositiveSmallIntegerField(),
        ),
    )


def _this_hour() -> datetime:
    return timezone.now().replace(minute=0, second=0, microsecond=0)
