"""A decision taken back by whoever made it, within ten minutes, while nothing else was done."""

from typing import Any

from django.db import models, transaction

from slu_antitrafficking.refusal import Refused
from tips.actions.change import NO_STAMP, Stamp, lock, once_digest
from tips.actions.owners import raise_alarm
from tips.models import Alarm, Event, Officer, Tip, TipLink


@transaction.atomic
def undo(*, tip: Tip, by: Officer, stamp: Stamp = NO_STAMP) -> Event:
    """Puts row, order and clock back; gives the event of what was undone. Words stay.

    Raises Refused when it is too late, or something else was done since; AlreadyDone when this very
    press was carried out before.
    """
    now = lock(tip, stamp)
    undone = now.last_decision
    if undone is None or undone.before is None or not now.may_be_undone_by(by):
        raise Refused("It cannot be undone any more: ten minutes are over, or something was done.")
    columns = {name: _read(name, value) for name, value in undone.before["columns"].items()}
    owner = columns.get("owner")
    if owner and not now.who_open().filter(pk=owner).exists():
        raise Refused("Who had the tip cannot open it any more, so nothing was changed.")
    Tip.objects.filter(pk=tip.pk).update(**columns)
    if linked := undone.before["linked"]:
        TipLink.objects.filter(tip=tip, other=linked, kind=TipLink.Kind.DUPLICATE).delete()
        _lower_again(Tip.objects.without_blobs().get(pk=linked), tip, by)
    _put_alarm_back(tip, undone.before["alarm"])
    once = once_digest(stamp)
    Event.objects.record(Event.Verb.UNDONE, tip=tip, by=by, about=undone.verb, once=once)
    return undone


def _lower_again(first: Tip, copy: Tip, by: Officer) -> None:
    """Undoes what made it as urgent as its copy, while nothing else was done to it since."""
    raised = first.last_decision
    was_for_copy = raised and (raised.verb, raised.about) == (Event.Verb.RAISED, copy.reference)
    if was_for_copy and first.may_be_undone_by(by):
        undo(tip=first, by=by)


def _read(name: str, value: str | None) -> Any:
    """The column's value from what `change` wrote of it."""
    field = Tip._meta.get_field(name)
    assert isinstance(field, models.Field)
    return field.to_python(value)


def _put_alarm_back(tip: Tip, urgent: bool | None) -> None:
    """One that the decision ended begins again, as of the arrival; one that it raised ends.

    `urgent` tells of the alarm that was there before; None where there was none.
    """
    if urgent is None:
        Alarm.objects.filter(tip=tip).delete()
    elif not Alarm.objects.filter(tip=tip).update(urgent=urgent):
        raise_alarm(tip, urgent=urgent, since=tip.received_at)
