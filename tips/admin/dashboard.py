"""The start page: what waits, what is wrong, and who let whom in."""

from datetime import timedelta
from typing import Any, NamedTuple

from django.db.models import Count, Min
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from tips.admin import pages
from tips.admin.accounts import login
from tips.admin.triage import filters
from tips.models import DeskKey, Event, Officer, Tip
from tips.templatetags.desk import minute

GIVEN_SHOWN_FOR = timedelta(days=7)
RECOVERY = (Event.Verb.RECOVERY_KEPT, Event.Verb.DRILLED, Event.Verb.RECOVERED)
HINTS = {"new": "nobody has taken them", "answers": "from citizens", "nobody": "without an owner"}


class Line(NamedTuple):
    """One line of the desk's health: ok, warn or bad."""

    state: str
    name: str
    text: str


def context(request: HttpRequest) -> dict[str, Any]:
    """What the officer's role may know."""
    officer = pages.officer_of(request)
    shown: dict[str, Any] = {"health": _health(), "given": _given(), "as_of": timezone.localtime()}
    if not officer.opens_tips:
        return shown
    login.look_for_false_keys(request)
    return shown | {
        "urgent": _urgent(officer),
        "counts": _counts(officer),
        "holds_no_key": not pages.keys_of(request),
    }


def _counts(officer: Officer) -> list[dict[str, Any]]:
    queue = reverse("admin:tips_tip_changelist")
    found = filters.counts(officer)
    titles = filters.tabs(officer, timezone.localdate())
    return [
        {"n": n, "name": titles[tab][0], "url": f"{queue}?tab={tab}", "hint": HINTS.get(tab, "")}
        for tab, n in found.items()
    ]


def _urgent(officer: Officer) -> dict[str, Any] | None:
    """Urgent tips that nobody has taken: how many, and since when the first waits."""
    untaken = Tip.objects.visible_to(officer).open().filter(urgency=0, owner=None)
    found = untaken.aggregate(n=Count("pk"), waiting=Min("waiting_since"), came=Min("received_at"))
    if not found["n"]:
        return None
    first = untaken.in_queue_order().values_list("pk", flat=True).first()
    return {
        "count": found["n"],
        "since": found["waiting"] or found["came"],
        "first": reverse("admin:tips_tip_change", args=(first,)),
    }


def _health() -> list[Line]:
    holders = Officer.objects.holders().distinct().count()
    proven = DeskKey.objects.active().values_list("proven_at", flat=True).first()
    last = Event.objects.filter(verb__in=RECOVERY).order_by("-at").first()
    return [
        Line("ok" if holders > 1 else "bad", "Officers who can open tips", str(holders)),
        Line(
            "ok" if proven else "bad",
            "Desk key works",
            f"since {minute(proven)}" if proven else "no: no tip can be taken",
        ),
        Line(
            "ok" if last else "warn",
            "Recovery key",
            f"last used {minute(last.at)}" if last else "never typed back",
        ),
    ]


def _given() -> list[Event]:
    """Who gave access to whom, for everybody at the desk to see."""
    since = timezone.now() - GIVEN_SHOWN_FOR
    verbs = (Event.Verb.ACCESS_GIVEN, Event.Verb.RECOVERED)
    return list(Event.objects.filter(verb__in=verbs, at__gte=since).order_by("-at")[:50])
