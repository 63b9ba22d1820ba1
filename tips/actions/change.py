"""One change of a tip: locked, compared with what the form was shown, written with its event."""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from django.db import models, transaction
from django.db.models import Max, Q

from slu_antitrafficking.refusal import Refused
from tips.actions import copies
from tips.crypto import active_key, associated_data, sealing
from tips.models import Alarm, Event, Officer, Tip

# After these nobody would look at an answer that came while the officer was writing.
ANSWERS_THE_CITIZEN = (Event.Verb.WAITING, Event.Verb.REPLIED, Event.Verb.CLOSED)
# What its author may undo: a decision about the tip, and nothing that left the desk.
MAY_BE_UNDONE = (
    Event.Verb.TAKEN,
    Event.Verb.GIVEN,
    Event.Verb.WAITING,
    Event.Verb.RAISED,
    Event.Verb.LOWERED,
    Event.Verb.PARKED,
    Event.Verb.CLOSED,
    Event.Verb.REOPENED,
)
# Somebody has dealt with the tip.
ENDS_THE_ALARM = (Event.Verb.TAKEN, Event.Verb.GIVEN, Event.Verb.REPLIED, Event.Verb.CLOSED)


class Stamp(NamedTuple):
    """What a form on a tip carries: the version it was shown with, and its one-use key.

    Empty, neither is looked at: a command and a test press once.
    """

    seen: str = ""
    once: str = ""


class AlreadyDone(Exception):
    """This very press was carried out before; nothing was done again."""


NO_STAMP = Stamp()


@transaction.atomic
def change(
    tip: Tip,
    verb: str,
    by: Officer,
    stamp: Stamp,
    when: Q,
    *,
    about: str = "",
    reason: str = "",
    linked: Tip | None = None,
    count: int | None = None,
    **changes: Any,
) -> None:
    """One UPDATE, if the row is as the verb needs it and the officer saw it, and its event.

    `linked` is the tip that the verb has just linked it to.
    Raises Refused when it is not, or when the citizen wrote what this officer has not opened;
    AlreadyDone when this very press was carried out before; NoDeskKey when no reason can be sealed.
    """
    now = lock(tip, stamp)
    if verb in ANSWERS_THE_CITIZEN:
        _must_have_read(tip, by)
    rows = Tip.objects.filter(when, pk=tip.pk)
    # A verb that changes nothing is an event alone; an UPDATE of no column would find no row.
    if not (rows.update(**changes) if changes else rows.exists()):
        raise Refused(_state_sentence(now, by))
    alarm = Alarm.objects.filter(tip=tip).values_list("urgent", flat=True).first()
    if verb in ENDS_THE_ALARM:
        Alarm.objects.filter(tip=tip).delete()
    row = uuid4()
    sealed = _seal_reason(row, reason)
    Event.objects.record(
        verb,
        tip=tip,
        by=by,
        id=row,
        about=about,
        count=count,
        reason=sealed,
        reason_digest=sealing.digest("kts reason", sealed) if sealed else None,
        once=once_digest(stamp),
        before=_before(now, changes, linked, alarm) if verb in MAY_BE_UNDONE else None,
    )


def lock(tip: Tip, stamp: Stamp) -> Tip:
    """The tip as it is now, with nobody else at it until the end of the transaction.

    Raises AlreadyDone when the form's key was used, Refused when the tip has changed since.
    """
    rows = Tip.objects.select_for_update(of=("self",)).without_blobs()
    now = rows.select_related("owner").get(pk=tip.pk)
    if stamp.once and Event.objects.filter(once=once_digest(stamp)).exists():
        raise AlreadyDone
    if stamp.seen and stamp.seen != now.version_token:
        raise Refused(_why_stale(now, stamp.seen))
    return now


def once_digest(stamp: Stamp) -> bytes | None:
    """What the trail keeps of a one-use key."""
    return sealing.digest("kts once", stamp.once.encode()) if stamp.once else None


def _before(
    now: Tip, changes: Mapping[str, Any], linked: Tip | None, alarm: bool | None
) -> dict[str, Any]:
    """For undo: the clear columns as they were, the version that the change made of them, which
    link it made, and whether the alarm that there was is urgent.
    """
    columns = {name: _column(name).value_to_string(now) for name in changes}
    empty = {name for name in changes if getattr(now, _column(name).attname) is None}
    return {
        "columns": columns | dict.fromkeys(empty),
        "version": Tip.objects.without_blobs().get(pk=now.pk).version_token,
        "linked": str(linked.pk) if linked else None,
        "alarm": alarm,
    }


def _column(name: str) -> "models.Field[Any, Any]":
    field = Tip._meta.get_field(name)
    assert isinstance(field, models.Field)
    return field


def was_pressed(stamp: Stamp, by: Officer) -> bool:
    """Whether this very press of this officer's was carried out before."""
    once = once_digest(stamp)
    return once is not None and Event.objects.filter(once=once, by=by.username).exists()


def _must_have_read(tip: Tip, by: Officer) -> None:
    """Refuses while the citizen has written something that this officer has not opened."""
    written = tip.messages.filter(from_desk=False).newest_number()
    opened = Event.objects.filter(tip_id=tip.pk, verb=Event.Verb.OPENED, by=by.username)
    if written > (opened.aggregate(n=Max("count"))["n"] or 0):
        raise Refused("The citizen has written meanwhile. Nothing was done: read it first.")
    if unread := copies.unread(tip, by):
        raise Refused(
            f"{unread[0]}, a copy of this tip, was written to. Nothing was done: read it first."
        )


def _why_stale(now: Tip, seen: str) -> str:
    """What happened to the tip since the form was shown."""
    changed = now.changed_since(seen)
    last = now.messages.order_by("-number").first() if "newest" in changed else None
    if last:
        who = f"{last.by} has answered" if last.from_desk else "The citizen has written"
        return f"{who} meanwhile. Nothing was done: read it first."
    if "rings" in changed:
        return (
            "A copy of this tip was written to meanwhile, or a photo of it locked. Nothing was"
            " done: look at it again."
        )
    return _state_sentence(now, None, changed)


def _state_sentence(now: Tip, by: Officer | None, changed: Collection[str] = ()) -> str:
    """What the tip has become, for the officer who came second."""
    who = "nobody has it"
    if now.owner:
        who = "you have it" if now.owner == by else f"{now.owner} has it"
    state = now.get_status_display().lower()
    if "until" in changed and now.turn_until:
        state += f" until {now.turn_until:%-d %B}"
    is_urgent = now.urgency == Tip.Urgency.DANGER
    for part, name, holds in (
        ("urgency", "urgent", is_urgent),
        ("restricted", "restricted", now.restricted),
    ):
        if part in changed:
            state += f", {name}" if holds else f", not {name} any more"
    return f"This tip has changed: it is {state} and {who}. Nothing was done; look at it again."


def _seal_reason(row: UUID, reason: str) -> bytes | None:
    """The reason of the event with this id, sealed; None where there is none."""
    if not reason:
        return None
    key = active_key.current().public
    return sealing.seal_json({"text": reason}, [key], associated_data.of_reason(row))
