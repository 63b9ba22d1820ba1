"""The weeks at the office besides tips: accounts, log-ins, refusals, calls without a tip."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from random import Random

from django.utils import timezone

from tips import actions
from tips.demo.backdating import Backdating
from tips.models import CallWithoutTip, Event, Officer, Tip

DAYS = 60
# A day's calls of each kind, at most.
CALLS = {
    CallWithoutTip.Kind.SILENT: 3,
    CallWithoutTip.Kind.HUNG_UP: 2,
    CallWithoutTip.Kind.WRONG_NUMBER: 2,
    CallWithoutTip.Kind.INFORMATION: 3,
    CallWithoutTip.Kind.PRANK: 1,
    CallWithoutTip.Kind.NO_ANSWER: 1,
    CallWithoutTip.Kind.ABUSE: 1,
}


def count_calls_without_tip(rng: Random) -> None:
    """Those of some weeks, today's among them."""
    today = timezone.localdate()
    for back in range(DAYS):
        for kind, most in CALLS.items():
            if number := rng.randrange(most + 1) if back else min(most, 2):
                actions.count_call_without_tip(
                    kind=kind, day=today - timedelta(days=back), by=number
                )
    actions.count_call_without_tip(kind=CallWithoutTip.Kind.TEST, day=_monday(today))


def date_accounts(backdating: Backdating, days_ago: dict[str, int]) -> None:
    """Each account was made and set up so many days ago."""
    given = (Event.Verb.ACCOUNT_ADDED, Event.Verb.ACCESS_GIVEN, Event.Verb.LANGUAGES_CHANGED)
    for name, days in days_ago.items():
        moment = timezone.localtime().replace(hour=9, minute=10) - timedelta(days=days)
        backdating.date_account(name, moment, *given)
        backdating.date_account(name, moment + timedelta(minutes=25), Event.Verb.SET_UP)


def fill_trail(staff: Sequence[Officer], auditor: Officer, rng: Random) -> None:
    """Log-ins of two weeks, a few wrong words, a search or two a day, a refused opening."""
    now = timezone.localtime()
    for back in range(14, 0, -1):
        day = now - timedelta(days=back)
        if day.weekday() > 4:
            continue
        for who in staff:
            _record(Event.Verb.LOGGED_IN, _at(day, 8, rng), who)
            if rng.random() < 0.15:
                _record(Event.Verb.WRONG_WORDS, _at(day, 8, rng), about=who.username)
            if rng.random() < 0.4:
                _record(Event.Verb.SEARCHED, _at(day, 11, rng), who, count=rng.randrange(6))
    night = _at(now - timedelta(days=3), 2, rng)
    _record(Event.Verb.WRONG_WORDS, night, about=staff[0].username)
    _record(Event.Verb.LOGGED_IN, night + timedelta(minutes=2), staff[0])
    _record(Event.Verb.LOGGED_IN, _at(now - timedelta(days=1), 10, rng), auditor)


def look_where_one_may_not(officer: Officer) -> None:
    """The officer follows the address of a restricted tip, and is refused."""
    restricted = Tip.objects.open().filter(restricted=True).order_by("received_at").first()
    if restricted is not None:
        actions.visible_tip(pk=restricted.pk, by=officer)


def _record(
    verb: str, at: datetime, by: Officer | str = "", *, about: str = "", count: int | None = None
) -> None:
    Event.objects.record(verb, by=by, at=at, about=about, count=count)


def _at(day: datetime, hour: int, rng: Random) -> datetime:
    return day.replace(hour=hour, minute=rng.randrange(60), second=0, microsecond=0)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
