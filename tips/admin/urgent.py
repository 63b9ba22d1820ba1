"""The start page's box of urgent tips that nobody looks at: how many, who was told, who is next."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Case, Count, Max, Min, Q, When, Window
from django.db.models.functions import Coalesce
from django.utils import timezone

from tips.alarms import recipients
from tips.alarms.health import Told
from tips.models import Officer, Recusal, Tip, TipQuerySet
from tips.models.turns import SUPERVISORS_FROM_URGENT

NOBODYS = Q(owner=None)
OF_OTHERS = 5  # as many stand in the box
WAITS_FOR_ITS_OWNER = Q(owner__isnull=False, alarm__urgent=True)


def context(officer: Officer, told: Iterable[Told]) -> dict[str, Any] | None:
    """What `desk/_urgent.html` shows to this officer; None while nothing urgent waits.

    Read in one statement: beside each of the few tips that are named stand the totals of all.
    """
    mine = Q() if officer.opens_restricted_tips else Q(restricted=False)
    not_mine = ~mine if mine else Q(pk=None)
    nobodys, owned = NOBODYS & mine, WAITS_FOR_ITS_OWNER & mine
    # Of a tip whose people the officer knows not even a number is told.
    known = Recusal.objects.filter(officer=officer).values("tip")
    totals = {
        "count": Count("pk", filter=nobodys),
        "longest": Min(_waits(), filter=nobodys),
        "owned": Count("pk", filter=owned),
        "owned_since": Min(_waits(), filter=owned),
        "for_supervisors": Count("pk", filter=not_mine),
        "next_at": Min("alarm__due_at"),
        "step": Max("alarm__step"),
        "first": Min("alarm__since"),
    }
    rows = (
        _urgent()
        .exclude(pk__in=known)
        .annotate(of_other=Case(When(owned, then=True), default=False))
        .annotate(**{name: Window(total) for name, total in totals.items()})
        .order_by("-of_other", "alarm__since", "pk")
        .values("pk", "reference", "owner__username", "of_other", *totals)[:OF_OTHERS]
    )
    named = list(rows)
    if not named:
        return None
    found = {name: named[0][name] for name in totals}
    return found | {
        "of_others": [row for row in named if row["of_other"]],
        "more_of_others": max(found["owned"] - OF_OTHERS, 0),
        "told": {
            at: recipients.named(addresses, officer)
            for at, addresses in _of_these(told, found["first"]).items()
        },
        "next": _next(found["next_at"], found["step"]),
    }


def longest_waiting(officer: Officer) -> TipQuerySet:
    """The urgent tips that are nobody's, the longest wait first."""
    rows = Tip.objects.visible_to(officer).open().filter(NOBODYS, urgency=Tip.Urgency.DANGER)
    return rows.without_blobs().order_by(_waits(), "pk")


def _urgent() -> TipQuerySet:
    return Tip.objects.open().filter(NOBODYS | WAITS_FOR_ITS_OWNER, urgency=Tip.Urgency.DANGER)


def _waits() -> Coalesce:
    return Coalesce("alarm__since", "received_at")


def _of_these(told: Iterable[Told], since: datetime | None) -> dict[datetime | None, list[str]]:
    """Who was mailed of alarms that stand since then, by the minute; None: it did not leave yet."""
    found: dict[datetime | None, list[str]] = {}
    if since is None:
        return found
    hour = since.replace(minute=0, second=0, microsecond=0)
    for one in told:
        at = one.at.replace(second=0, microsecond=0) if one.at and one.at >= hour else None
        if at or one.waits:
            found.setdefault(at, []).append(one.recipient)
    return found


def _next(at: datetime | None, step: int | None) -> str:
    """Whom the next step tells, and when; empty where nobody is told."""
    if at is None or not (settings.MAIL_LEAVES or settings.ALARM_URL):
        return ""
    supervisors = (step or 0) + 1 >= SUPERVISORS_FROM_URGENT
    who = "the desk, whoever is on duty and the supervisors" if supervisors else "the same again"
    now = timezone.now()
    when = f"at {timezone.localtime(at):%H:%M}" if at > now else "within the minute"
    return f"{when}: {who}"
