"""A tip's trail as the desk reads it: how much of it, and what it says of earlier openings."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from tips.models import Event, Officer, Tip
from tips.models.tip import MAY_UNDO_FOR, RINGS

READ_LATELY = timedelta(minutes=10)
AT_MOST = 200
NEVER_DROPPED = (Event.Verb.RECEIVED, Event.Verb.TAKEN, Event.Verb.CLOSED, *RINGS)
# What such an event is about is the reference of another tip.
ABOUT_A_TIP = (
    *(Event.Verb.COPY_MESSAGE, Event.Verb.RAISED, Event.Verb.UNLINKED),
    *(Event.Verb.NOT_SAME, Event.Verb.MAYBE_SAME),
)


def of_tip(tip: Tip, by: Officer) -> list[Event]:
    """The newest events, and of the older ones those that say whose it was and how it ended.

    Newest first; without the names of other tips that this officer may not open.
    """
    newest = every(tip).order_by("-at", "id")[:AT_MOST].values("pk")
    rows = every(tip).filter(Q(pk__in=newest) | Q(verb__in=NEVER_DROPPED))
    # Within a citizen's hour the arrival came first.
    trail = sorted(rows, key=lambda e: (e.at, e.verb != Event.Verb.RECEIVED), reverse=True)
    _leave_out_hidden(trail, by)
    return trail


def is_cut(trail: Sequence[Event], tip: Tip) -> bool:
    """Whether there are older events that are not among these."""
    return len(trail) >= AT_MOST and len(trail) < every(tip).count()


def every(tip: Tip) -> QuerySet[Event]:
    """All events of the tip."""
    return Event.objects.filter(tip_id=tip.pk)


def last_decision(trail: Iterable[Event]) -> Event | None:
    """The newest one that can be undone, if it is not too old for that."""
    since = timezone.now() - MAY_UNDO_FOR
    return next((one for one in trail if one.before is not None and one.at > since), None)


def last_read(trail: Sequence[Event], by: Officer, this: Event) -> int | None:
    """The newest message at this officer's last opening before this one; None: it is the first."""
    mine = [event for event in _openings(trail) if event.by == by.username and event != this]
    return max((event.count or 0 for event in mine), default=None)


def readers(trail: Sequence[Event], by: Officer) -> tuple[Event, ...]:
    """The newest opening of each colleague who opened it just now."""
    lately = timezone.now() - READ_LATELY
    opened = {
        event.by: event
        for event in reversed(_openings(trail))
        if event.at > lately and event.by != by.username
    }
    return tuple(opened.values())


def _openings(trail: Sequence[Event]) -> list[Event]:
    return [event for event in trail if event.verb == Event.Verb.OPENED]


def _leave_out_hidden(trail: Iterable[Event], by: Officer) -> None:
    """Takes the names of tips that this officer may not open out of what is shown of the trail."""
    naming = [event for event in trail if event.verb in ABOUT_A_TIP and event.about]
    if not naming:
        return
    named = Tip.objects.visible_to(by).filter(reference__in={event.about for event in naming})
    seen = set(named.values_list("reference", flat=True))
    for event in naming:
        event.about = event.about if event.about in seen else ""
