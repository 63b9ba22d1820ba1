"""Who may open a tip from now on, what is kept from erasure, and photos that few are shown."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from slu_antitrafficking.refusal import Refused
from tips.actions.change import NO_STAMP, Stamp, change, lock, once_digest
from tips.actions.owners import give_back, raise_alarm
from tips.actions.words import checked
from tips.models import Event, Officer, Photo, Recusal, Tip

NO_SUPERVISOR = (
    "Every supervisor is out of this tip, so it was not restricted: nobody could open it."
)
LAST_ONE = (
    "You are the last who can open this tip, so you stay in it."
    " Ask a supervisor to give somebody else access first."
)


@transaction.atomic
def restrict(*, tip: Tip, by: Officer, stamp: Stamp = NO_STAMP) -> None:
    """Supervisors alone list and open it; an owner who is none gives it back, and it alarms.

    Raises Refused where no supervisor could open it; and Refused, AlreadyDone as `change` does.
    """
    now = lock(tip, stamp)
    if not now.who_open(restricted=True).exists():
        raise Refused(NO_SUPERVISOR)
    change(tip, Event.Verb.RESTRICTED, by, stamp, Q(restricted=False), restricted=True)
    _take_from_who_cannot_open_it(tip, by)


def unrestrict(*, tip: Tip, by: Officer, reason: str, stamp: Stamp = NO_STAMP) -> None:
    """Officers list and open it again; a photo that is locked stays so.

    Raises Refused for anybody but a supervisor and without a reason; and Refused, AlreadyDone,
    NoDeskKey as `change` does.
    """
    _must_be_supervisor(by)
    reason = checked(reason, "Say why officers may open it again; nothing was changed.")
    when = Q(restricted=True)
    change(tip, Event.Verb.UNRESTRICTED, by, stamp, when, reason=reason, restricted=False)


@transaction.atomic
def recuse(*, tip: Tip, by: Officer, stamp: Stamp = NO_STAMP) -> None:
    """The officer knows the people: out of the tip everywhere; an owner gives it back, it alarms.

    Raises Refused for the last who can open it, AlreadyDone when this very press was carried out.
    """
    # Of two who are the last, one stays; accounts are taken away under the same lock.
    list(Officer.objects.select_for_update().order_by("pk"))
    stamp = stamp._replace(seen="")  # whatever the tip has become, they know the people
    now = lock(tip, stamp)
    if not now.who_open().exclude(pk=by.pk).exists():
        raise Refused(LAST_ONE)
    change(tip, Event.Verb.RECUSED, by, stamp, Q())
    Recusal.objects.create(tip=tip, officer=by)
    _take_from_who_cannot_open_it(tip, by)


@transaction.atomic
def readmit(
    *, tip: Tip, by: Officer, who: Officer | None, reason: str, stamp: Stamp = NO_STAMP
) -> None:
    """An officer who knew the people may open the tip again.

    Raises Refused for anybody but a supervisor, without a reason, and for who is not out of it; and
    Refused, AlreadyDone, NoDeskKey as `change` does.
    """
    _must_be_supervisor(by)
    reason = checked(reason, "Say why they are let in again; nothing was changed.")
    lock(tip, stamp)
    if who is None or not Recusal.objects.filter(tip=tip, officer=who).delete()[0]:
        raise Refused("Choose who is let in again; nothing was changed.")
    change(tip, Event.Verb.READMITTED, by, stamp, Q(), about=who.username, reason=reason)


@transaction.atomic
def hold(*, tip: Tip, by: Officer, reason: str, stamp: Stamp = NO_STAMP) -> None:
    """Marked as to be kept from erasure, which there is none of yet.

    Raises Refused without a reason and where somebody holds it already; and Refused, AlreadyDone,
    NoDeskKey as `change` does.
    """
    reason = checked(reason, "Say why it must be kept; nothing was changed.")
    if (holder := lock(tip, stamp).held_by) != "":
        raise Refused(f"{holder} holds it already; nothing was changed.")
    _hold(tip, by, stamp, reason)


def release(*, tip: Tip, by: Officer, reason: str, stamp: Stamp = NO_STAMP) -> None:
    """Nobody holds it any more.

    Raises Refused for anybody but a supervisor and without a reason; and Refused, AlreadyDone,
    NoDeskKey as `change` does.
    """
    _must_be_supervisor(by)
    reason = checked(reason, "Say why it need not be kept any more; nothing was changed.")
    change(
        tip,
        Event.Verb.RELEASED,
        by,
        stamp,
        ~Q(held_by=""),
        reason=reason,
        held_by="",
        held_at=None,
    )


@transaction.atomic
def lock_photo(*, tip: Tip, by: Officer, number: int, stamp: Stamp = NO_STAMP) -> bool:
    """Supervisors alone are shown the photo; the tip is restricted, held, and alarms.

    Gives whether the tip is restricted: not where every supervisor is out of it, and then nobody is
    shown the photo. Raises Refused for a photo that there is not or that is locked, AlreadyDone
    when this very press was carried out before.
    """
    stamp = stamp._replace(seen="")  # whatever the tip has become, the photo is what it is
    now = lock(tip, stamp)
    unlocked = Photo.objects.filter(tip=tip, number=number, locked_at=None)
    if not unlocked.update(locked_at=_this_minute()):
        raise Refused("This photo is locked already, or there is none; nothing was changed.")
    once = once_digest(stamp)
    Event.objects.record(Event.Verb.PHOTO_LOCKED, tip=tip, by=by, count=number, once=once)
    if not now.held_by:
        _hold(tip, by)
    restricted = now.restricted or tip.who_open(restricted=True).exists()
    if restricted and not now.restricted:
        restrict(tip=tip, by=by)
    if now.is_open:
        raise_alarm(tip)
    return restricted


@transaction.atomic
def unlock_photo(
    *, tip: Tip, by: Officer, number: int, reason: str, stamp: Stamp = NO_STAMP
) -> None:
    """Whoever can open the tip is shown the photo again.

    Raises Refused for anybody but a supervisor, without a reason and for a photo that is not
    locked; and AlreadyDone, NoDeskKey as `change` does.
    """
    _must_be_supervisor(by)
    reason = checked(reason, "Say why it may be shown again; nothing was changed.")
    lock(tip, stamp)
    locked = Photo.objects.filter(tip=tip, number=number, locked_at__isnull=False)
    if not locked.update(locked_at=None):
        raise Refused("Choose a photo that is locked; nothing was changed.")
    change(tip, Event.Verb.PHOTO_UNLOCKED, by, stamp, Q(), count=number, reason=reason)


def _hold(tip: Tip, by: Officer, stamp: Stamp = NO_STAMP, reason: str = "") -> None:
    change(
        tip,
        Event.Verb.HELD,
        by,
        stamp,
        Q(),
        reason=reason,
        held_by=by.username,
        held_at=_this_minute(),
    )


def _take_from_who_cannot_open_it(tip: Tip, by: Officer) -> None:
    """Nobody has the tip any more if its owner cannot open it; an open one alarms."""
    now = Tip.objects.select_related("owner").get(pk=tip.pk)
    if now.owner is None or now.is_visible_to(now.owner):
        return
    if not now.is_open:
        Tip.objects.filter(pk=tip.pk).update(owner=None)
        return
    give_back(tip=now, by=by)
    raise_alarm(now, urgent=now.urgency == Tip.Urgency.DANGER)


def _this_minute() -> datetime:
    return timezone.now().replace(second=0, microsecond=0)


def _must_be_supervisor(by: Officer) -> None:
    """Raises Refused for anybody else; by the row, for a role may have changed since the log-in."""
    row = Officer.objects.filter(pk=by.pk, is_active=True, role=Officer.Role.SUPERVISOR)
    if not row.exists():
        raise Refused("Only a supervisor decides this; nothing was changed.")
