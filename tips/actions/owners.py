"""Who has a tip: taken, taken over, given, given back."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from slu_antitrafficking.refusal import Refused
from tips.actions.change import NO_STAMP, Stamp, change, lock
from tips.actions.columns import owner_columns, turn_columns_now, unless_it_wrote
from tips.actions.words import checked
from tips.models import IS_OPEN, Alarm, Event, Officer, Tip, may_be_opened_by


def take(*, tip: Tip, by: Officer, stamp: Stamp = NO_STAMP) -> None:
    """The tip is the officer's, if it is nobody's and they may open it.

    Raises Refused, AlreadyDone as `change` does.
    """
    when = IS_OPEN & Q(owner=None) & may_be_opened_by(by)
    change(tip, Event.Verb.TAKEN, by, stamp, when, **owner_columns(by, Tip.Cause.TAKEN))


def take_over(*, tip: Tip, by: Officer, reason: str, stamp: Stamp = NO_STAMP) -> None:
    """A colleague's tip is the officer's, for a reason, if they may open it.

    Raises Refused when there is no reason; and Refused, AlreadyDone, NoDeskKey as `change` does.
    """
    reason = checked(reason, "Say why you take it over; nothing was changed.")
    owner = Officer.objects.filter(tips=tip.pk).values_list("username", flat=True).first() or ""
    changes = unless_it_wrote(owner_columns(by, Tip.Cause.TAKEN))
    when = IS_OPEN & Q(owner__username=owner) & ~Q(owner=by) & may_be_opened_by(by)
    change(tip, Event.Verb.TAKEN, by, stamp, when, about=owner, reason=reason, **changes)


@transaction.atomic
def give(*, tip: Tip, by: Officer, to: Officer, stamp: Stamp = NO_STAMP) -> None:
    """The tip is somebody else's.

    Raises Refused when they cannot open it, and for who takes over so without a reason; and
    Refused, AlreadyDone as `change` does.
    """
    now = lock(tip, stamp)
    if to not in now.who_open():
        raise Refused(f"{to} cannot open this tip, so it was not given.")
    if to == by and now.owner_id not in (None, by.pk):
        raise Refused("A colleague has it: take it over, and say why. Nothing was changed.")
    changes = unless_it_wrote(owner_columns(to, Tip.Cause.GIVEN))
    when = IS_OPEN & ~Q(owner=to)
    change(tip, Event.Verb.GIVEN, by, stamp, when, about=to.username, **changes)


@transaction.atomic
def give_back(*, tip: Tip, by: Officer, stamp: Stamp = NO_STAMP) -> None:
    """The tip is nobody's again, and alarms if it is urgent; `by` is not always who had it.

    Raises Refused, AlreadyDone as `change` does.
    """
    columns = turn_columns_now(Tip.Cause.RETURNED) | {"owner": None}
    change(tip, Event.Verb.GIVEN, by, stamp, IS_OPEN, about="nobody", **columns)
    raise_alarm_if_nobodys(tip)


@transaction.atomic
def give_back_all_of(*, owner: Officer, by: Officer) -> None:
    """Every tip that its owner cannot open any more, by role or by key, is nobody's again.

    A closed one too, without an event: a citizen may write to it and open it again.
    """
    mine = Tip.objects.filter(owner=owner)
    if Officer.objects.holders().filter(pk=owner.pk).exists():
        mine = mine.exclude(pk__in=Tip.objects.visible_to(owner).values("pk"))
    for tip in mine.filter(IS_OPEN).without_blobs():
        give_back(tip=tip, by=by)
    mine.exclude(IS_OPEN).update(owner=None)


def raise_alarm_if_nobodys(tip: Tip) -> None:
    """Raises one where the tip is urgent and nobody has it now."""
    if Tip.objects.filter(pk=tip.pk, urgency=Tip.Urgency.DANGER, owner=None).exists():
        raise_alarm(tip)


def raise_alarm(tip: Tip, *, urgent: bool = True, since: datetime | None = None) -> None:
    """Raises an alarm that is due now; an urgent one that is there already is told again at once.

    One that was not urgent begins anew. One that was keeps its step, as in receive_message: who
    speaks of danger every hour must not keep the supervisors from hearing of it. `since` is when
    somebody began to wait: now, if it is not given.
    """
    now = timezone.now().replace(second=0, microsecond=0)
    began = since or now
    rows = Alarm.objects.filter(tip=tip)
    if urgent:
        rows.filter(urgent=False).update(urgent=True, since=began, step=0)
        rows.update(due_at=now)
    alarm = Alarm(tip=tip, urgent=urgent, since=began, due_at=now)
    Alarm.objects.bulk_create([alarm], ignore_conflicts=True)
