"""The start page's box of urgent tips that nobody looks at: how many, who was told, who is next."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, Min, Q
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
    """What `desk/_urgent.html` shows to this officer; None while nothing urgent waits."""
    mine = Q() if officer.opens_restricted_tips else Q(restricted=False)
    not_mine = ~mine if mine else Q(pk=None)
    nobodys, owned = NOBODYS & mine, WAITS_FOR_ITS_OWNER & mine
    # Of a tip whose people the officer knows not even a number is told.
    known = Recusal.objects.filter(officer=officer).values("tip")
    found = (
        _urgent()
        .exclude(pk__in=known)
        .aggregate(
            count=Count("pk", filter=nobodys),
            since=Min(_waits(), filter=nobodys),
            owned=Count("pk", filter=owned),
            owned_since=Min(_waits(), filter=owned),
            for_supervisors=Count("pk", filter=not_mine),
            next_at=Min("alarm__due_at"),
            step=Max("alarm__step"),
            first=Min("alarm__since"),
        )
    )
    if not (found["count"] or found["owned"] or found["for_supervisors"]):
        return None
    shown = found | {
        "told": {
            at: recipients.named(addresses, officer)
            for at, addresses in _of_these(told, found["first"]).items()
        },
        "next": _next(found["next_at"], found["step"]),
    }
    if found["owned"]:
        waiting = Tip.objects.visible_to(officer).open().filter(owned).select_related("owner")
        shown["of_others"] = list(waiting.without_blobs().order_by("alarm__since")[:OF_OTHERS])
        shown["more_of_others"] = max(found["owned"] - OF_OTHERS, 0)
    return shown


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
