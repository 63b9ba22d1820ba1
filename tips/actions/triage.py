"""What is done with a tip besides: answers, notes, urgency, the day to look again."""

from datetime import date
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import Case, Q, When
from django.utils import timezone

from slu_antitrafficking.refusal import Refused
from tips.actions import copies
from tips.actions.change import NO_STAMP, Stamp, change, lock, once_digest
from tips.actions.citizen import DOCUMENT_VERSION
from tips.actions.columns import as_expression, asked_columns, turn_columns_now
from tips.actions.owners import raise_alarm, take
from tips.actions.words import checked
from tips.crypto import active_key, associated_data, sealing
from tips.models import IS_OPEN, Alarm, Event, Message, Note, Officer, Tip


def wait(*, tip: Tip, by: Officer, stamp: Stamp = NO_STAMP) -> None:
    """The owner waits for the citizen's answer, which makes it active.

    Raises Refused where the desk has asked nothing; and Refused, AlreadyDone as `change` does.
    """
    if not tip.newest_message[1]:
        raise Refused("Nothing was asked that the citizen could answer. Nothing was changed.")
    when = Q(status__in=(Tip.Status.NEW, Tip.Status.ACTIVE, Tip.Status.PARKED), owner=by)
    change(tip, Event.Verb.WAITING, by, stamp, when, **asked_columns())


@transaction.atomic
def reply(*, tip: Tip, by: Officer, text: str, wait: bool = False, stamp: Stamp = NO_STAMP) -> None:
    """Words for the citizen's code, and an envelope of their own for the desk.

    `wait` also waits for the answer. Who answers a tip that nobody has, takes it. Raises Refused
    when there are no words or nobody could read them; and Refused, AlreadyDone, NoDeskKey as
    `change` does.
    """
    text = checked(text, "Write an answer first; nothing was sent.")
    citizen_key = Tip.objects.values_list("citizen_key", flat=True).get(pk=tip.pk)
    if citizen_key is None:
        raise Refused("This tip was erased; nobody can read an answer.")
    row = uuid4()
    document = {"version": DOCUMENT_VERSION, "text": text}
    of_desk, of_citizen = associated_data.of_message(row), associated_data.of_reply(row)
    try:
        for_citizen = sealing.seal_json(document, [bytes(citizen_key)], of_citizen)
    except sealing.CannotSeal:
        raise Refused(
            "This tip's code cannot be written to; nobody could read an answer."
        ) from None
    for_desk = sealing.seal_json(document, [active_key.current().public], of_desk)
    now = lock(tip, stamp)
    if now.is_open and now.owner_id is None:
        take(tip=tip, by=by)
        stamp = stamp._replace(seen="")
    changes = asked_columns() if wait else turn_columns_now(Tip.Cause.ANSWERED)
    # A closed tip is answered and stays closed.
    while_open: dict[str, Any] = {
        name: Case(When(IS_OPEN, then=as_expression(value)), default=name)
        for name, value in changes.items()
    }
    when = ~IS_OPEN | Q(owner=by)
    change(tip, Event.Verb.REPLIED, by, stamp, when, **while_open)
    if now.outcome == Tip.Outcome.DUPLICATE:
        copies.answer_first_tips(tip, by)
    Message.objects.create(
        id=row,
        tip=tip,
        number=tip.messages.newest_number() + 1,
        from_desk=True,
        by=by.username,
        sealed=for_desk,
        for_citizen=for_citizen,
    )


@transaction.atomic
def note(*, tip: Tip, by: Officer, text: str, into: str = "", stamp: Stamp = NO_STAMP) -> None:
    """Words that only the desk opens; with `into` a translation of the tip into that language.

    Raises Refused when there are none or too many, AlreadyDone when this very press was carried out
    before, NoDeskKey where none is active.
    """
    text = checked(text, f"Write a {'translation' if into else 'note'} first; nothing was added.")
    # A note contradicts nothing, so it may be written on whatever the tip has become.
    lock(tip, stamp._replace(seen=""))
    row = uuid4()
    key = active_key.current().public
    sealed = sealing.seal_json({"text": text}, [key], associated_data.of_note(row))
    kind = Note.Kind.TRANSLATION if into else Note.Kind.NOTE
    Note.objects.create(id=row, tip=tip, kind=kind, language=into, by=by.username, sealed=sealed)
    about = kind if into else ""
    Event.objects.record(Event.Verb.NOTED, tip=tip, by=by, about=about, once=once_digest(stamp))


@transaction.atomic
def raise_urgency(*, tip: Tip, by: Officer, stamp: Stamp = NO_STAMP) -> None:
    """Urgent from now on; whoever else owns it is alarmed.

    Raises Refused, AlreadyDone as `change` does.
    """
    when = IS_OPEN & Q(urgency__gt=Tip.Urgency.DANGER)
    change(tip, Event.Verb.RAISED, by, stamp, when, urgency=Tip.Urgency.DANGER)
    if tip.owner_id != by.pk:
        raise_alarm(tip)


@transaction.atomic
def lower_urgency(*, tip: Tip, by: Officer, reason: str, stamp: Stamp = NO_STAMP) -> None:
    """Back to what the tip itself says, for a reason; its alarm is not urgent any more.

    Raises Refused when there is no reason; and Refused, AlreadyDone, NoDeskKey as `change` does.
    """
    reason = checked(reason, "Say why it is not urgent any more; nothing was changed.")
    when = IS_OPEN & Q(urgency=Tip.Urgency.DANGER)
    change(tip, Event.Verb.LOWERED, by, stamp, when, reason=reason, urgency=tip.usual_urgency)
    Alarm.objects.filter(tip=tip).update(urgent=False)


def park(*, tip: Tip, by: Officer, until: date, stamp: Stamp = NO_STAMP) -> None:
    """Its owner looks at it again on that day, and nobody before.

    Raises Refused for a day that is past; and Refused, AlreadyDone as `change` does.
    """
    if until < timezone.localdate():
        raise Refused("That day is past; nothing was changed.")
    day = {"status": Tip.Status.PARKED, "turn_until": until}
    changes = turn_columns_now(Tip.Cause.PARKED) | day
    change(tip, Event.Verb.PARKED, by, stamp, IS_OPEN & Q(owner=by), **changes)


def unpark(*, tip: Tip, by: Officer, stamp: Stamp = NO_STAMP) -> None:
    """Its owner's turn now, before the day. Raises Refused, AlreadyDone as `change` does."""
    when = Q(status=Tip.Status.PARKED, owner=by)
    changes = turn_columns_now(Tip.Cause.PARKED)
    change(tip, Event.Verb.PARKED, by, stamp, when, about="ended", **changes)
