"""The start page: what waits, what is wrong, and who let whom in."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery, Value
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone

from tips import condition
from tips.admin import alarms, pages, police_unit, urgent
from tips.admin.triage import filters
from tips.admin.triage.listing import Listing
from tips.alarms import health
from tips.models import IS_OPEN, Event, Officer, Tip, TipQuerySet
from tips.models.turns import Status, waits_as

SHOWN_FOR = timedelta(days=7)
MOST_EVENTS = 100
# Acts of colleagues, the newest. A desk of five does not come near it in a week.
MOST_READ = 500
ACCESS = (
    *(Event.Verb.ACCESS_GIVEN, Event.Verb.RECOVERED),
    *(Event.Verb.DEACTIVATED, Event.Verb.ROLE_CHANGED),
)
# What somebody else may have done with a tip while its owner was away.
DONE_BY_OTHERS = (
    *(Event.Verb.RAISED, Event.Verb.LOWERED),
    *(Event.Verb.CLOSED, Event.Verb.REOPENED, Event.Verb.RESTRICTED, Event.Verb.UNDONE),
    *(Event.Verb.NOTED, Event.Verb.TRANSCRIBED, Event.Verb.PHOTO_LOCKED),
)
TAKEN_AWAY = (Event.Verb.TAKEN, Event.Verb.GIVEN)
WORK_THE_PILE = "Work the pile"
SHOWN_OF_YOURS = 20
# What of the viewer's open tips is somebody else's turn.
ELSEWHERE = {
    Status.ASKED: "for citizens",
    Status.REFERRED: "for agencies",
    Status.PARKED: "parked",
}


def context(request: HttpRequest) -> dict[str, Any]:
    """The start page's own part of its context, by what the officer's role may know."""
    officer = pages.officer_of(request)
    last = Event.objects.last_of(*condition.TRIED)
    mail = health.state(timezone.now())
    shown: dict[str, Any] = {
        "health": condition.for_start(mail, last),
        "asks_for_digits": alarms.asks_for_digits(last.get(Event.Verb.MAIL_READ), mail),
        "as_of": timezone.localtime(),
    } | police_unit.context()
    shown |= _lately(officer)
    if not officer.opens_tips:
        return shown
    return (
        shown
        | _waiting(officer)
        | {
            "urgent": urgent.context(officer, mail.urgent),
            "holds_no_key": not pages.keys_of(request),
        }
    )


def _waiting(officer: Officer) -> dict[str, Any]:
    """The viewer's tips that are their turn; and how many wait for whom, but where that is zero."""
    queue = reverse("admin:tips_tip_changelist")
    yours = Listing(officer, QueryDict("tab=yours"))
    today = timezone.localdate()
    mine = IS_OPEN & Q(owner=officer)
    waiting = {f"mine_{status}": mine & waits_as(status, today) for status in ELSEWHERE}
    found = filters.counts(officer, more=waiting)
    elsewhere = [(n, name) for status, name in ELSEWHERE.items() if (n := found[f"mine_{status}"])]
    return {
        "counts": [
            {
                "n": found[name],
                "name": WORK_THE_PILE if name == "take" else tab.title,
                "url": reverse("admin:pile") if name == "take" else f"{queue}?tab={name}",
            }
            for name, tab in yours.tabs.items()
            if found.get(name) and name != "yours"
        ],
        "yours": [(tip, yours.address(tip.place)) for tip in yours.page(SHOWN_OF_YOURS)],
        "your_turn": found["yours"],
        "all_yours": found["yours"] + sum(n for n, _ in elsewhere),
        "elsewhere": elsewhere,
    }


def _lately(officer: Officer) -> dict[str, Any]:
    """Of the last seven days: who gave and who took access, and what others did on one's tips."""
    lately = Event.objects.filter(at__gte=timezone.now() - SHOWN_FOR).order_by("-at", "id")
    parts = [_part("access", lately.filter(verb__in=ACCESS))[: MOST_EVENTS + 1]]
    if officer.opens_tips:
        parts += _of_others(officer, lately)
    every = sorted(parts[0].union(*parts[1:], all=True), key=lambda event: event.at, reverse=True)
    newest = [event for event in every if event.part != "unread"]
    is_cut, newest = len(newest) > MOST_EVENTS, newest[:MOST_EVENTS]
    return {
        "lately_since": newest[-1].at if is_cut else None,
        "access": [event for event in newest if event.part == "access"],
        "done_by_others": [event for event in newest if event.part == "done"],
        "looked_through": MOST_READ,
        "not_looked_through": next((e.at for e in every if e.part == "unread"), None),
    }


def _of_others(officer: Officer, lately: QuerySet[Event]) -> Iterator[QuerySet[Any]]:
    """What others did on the officer's tips; and the first act that was not looked through for it.

    For no more than MOST_READ acts a tip is looked up: else all that was done in the week is read.
    Of the tips a value is asked and not whether there is one: PostgreSQL may answer that by reading
    all of them.
    """
    acts = lately.filter(verb__in=(*DONE_BY_OTHERS, *TAKEN_AWAY)).exclude(by=officer.username)
    theirs = Tip.objects.visible_to(officer).filter(pk=OuterRef("tip_id"))
    on_yours = Q(verb__in=DONE_BY_OTHERS, owner_now=officer.pk)
    was_yours = Q(before__columns__owner=str(officer.pk))
    from_you = was_yours & Q(verb__in=TAKEN_AWAY, tip_now__isnull=False)
    done = (
        lately.filter(pk__in=acts.values("pk")[:MOST_READ])
        .alias(tip_now=_one(theirs, "pk"), owner_now=_one(theirs, "owner"))
        .filter(on_yours | from_you)
    )
    yield _part("done", done, theirs.filter(outcome__gt=""))[: MOST_EVENTS + 1]
    yield _part("unread", acts)[MOST_READ : MOST_READ + 1]


def _part(name: str, events: QuerySet[Event], closed: TipQuerySet | None = None) -> QuerySet[Any]:
    """Events with `part`, by which they are known among the others of one statement."""
    of_tip = Tip.objects.none() if closed is None else closed
    return events.annotate(part=Value(name), is_closed=_one(of_tip, "outcome"))


def _one(tips: TipQuerySet, column: str) -> Subquery:
    return Subquery(tips.values(column)[:1])
