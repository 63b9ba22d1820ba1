"""Whether all is as it should be, as far as the database knows: for the desk's start page, for
`./run doctor`, and in one word for a watcher outside.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Count, Max, Q
from django.utils import timezone

from slu_antitrafficking import disk_space
from tips.access import desk_keys
from tips.alarms import health
from tips.alarms.health import Line
from tips.models import HOURLY, DeskKey, Event, Officer, SelfCheck, Upkeep
from tips.templatetags.desk import minute

LATE = timedelta(minutes=10)  # what fails for longer is red
RECOVERY = (Event.Verb.SHEETS_CONFIRMED, Event.Verb.DRILLED, Event.Verb.RECOVERED)
NO_KEY = "none: no tip can be taken before ./run manage rotate_desk_key was given two sheets"
MANY_KEYS = "{}: each log-in opens them all, and that takes its time"
# It runs every minute, and writes down that it did once an hour.
HOUSEKEEPING_WARN, HOUSEKEEPING_BAD = timedelta(minutes=75), timedelta(minutes=135)
TRY_THE_ALARM = timedelta(days=90)
AHEAD = timedelta(
    minutes=2
)  # an event that lies further in the future was written by another clock
WORDS = {"ok": "well", "warn": "amber", "bad": "red"}  # the worst last


def word() -> str:
    """The worst of all lines: well, amber or red."""
    states = {line.state for line in lines()} | {disk_space.seen(settings.VAR)[0]}
    return [name for state, name in WORDS.items() if state in states][-1]


def lines() -> list[Line]:
    """Everything, and nobody's name."""
    now = timezone.now()
    last = Event.objects.last_of(*(Event.Verb.MAIL_READ, Event.Verb.ALARM_TESTED, *RECOVERY))
    read = last.pop(Event.Verb.MAIL_READ, None)
    tested = last.pop(Event.Verb.ALARM_TESTED, None)
    return [
        *of_desk(max(last.values(), default=None)),
        *health.lines(now, health.state(now), read),
        _of_alarm(now, tested),
        _of_housekeeping(now),
        _of_clock(),
        *(line._replace(text="see the desk's start page") for line in of_upkeep()),
    ]


def of_desk(recovered: datetime | None) -> list[Line]:
    """Who can open tips and be told, and the keys; `recovered`: when sheets were last typed."""
    who = Officer.objects
    holders, mailed = who.aggregate(
        holders=Count("pk", filter=Q(pk__in=who.holders().values("pk"))),
        mailed=Count("pk", filter=Q(pk__in=who.mailed_supervisors().values("pk"))),
    ).values()
    active = Max("activated_at", filter=Q(kid__in=DeskKey.objects.active()))
    keys, activated = DeskKey.objects.aggregate(n=Count("kid"), active=active).values()
    return [
        Line("ok" if holders > 1 else "bad", "Officers who can open tips", str(holders)),
        Line(
            "ok" if activated else "bad",
            "Desk key",
            f"since {minute(activated)}" if activated else NO_KEY,
        ),
        Line(
            "ok" if recovered else "warn",
            "Recovery sheets",
            f"last used {minute(recovered)}" if recovered else "never typed back",
        ),
        Line(
            "ok" if mailed > 1 else "warn",
            "Supervisors who can be mailed",
            str(mailed) if mailed > 1 else f"{mailed}: give two or more an address",
        ),
        *(
            [Line("warn", "Desk keys", MANY_KEYS.format(keys))]
            if keys > desk_keys.WARN_ABOVE
            else []
        ),
    ]


def of_upkeep() -> list[Line]:
    """What housekeeping could not do, or found wrong; a sentence may name officers."""
    late = timezone.now() - LATE

    def state(row: Upkeep) -> str:
        found = row.name in set(SelfCheck)
        return "bad" if row.failed_since and (found or row.failed_since < late) else "warn"

    rows = Upkeep.objects.exclude(problem="").order_by("name")
    return [Line(state(row), row.name, row.problem) for row in rows]


def _of_alarm(now: datetime, tested: datetime | None) -> Line:
    if tested is None:
        return Line("warn", "Test alarm", "never sent: the desk's page Alarms has a button")
    state = "warn" if tested < now - TRY_THE_ALARM else "ok"
    return Line(state, "Test alarm", f"last sent {minute(tested)}")


def _of_housekeeping(now: datetime) -> Line:
    done = Upkeep.objects.filter(name=HOURLY).values_list("done_at", flat=True).first()
    if done is None:
        return Line("warn", "Housekeeping", "has not run yet")
    late = now - done
    state = "bad" if late > HOUSEKEEPING_BAD else "warn" if late > HOUSEKEEPING_WARN else "ok"
    return Line(state, "Housekeeping", f"last full run {minute(done)}")


def _of_clock() -> Line:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp(), (SELECT max(at) FROM tips_event)")
        now, newest = cursor.fetchone()
    if newest and newest > now + AHEAD:
        text = "the newest event lies in the future: a clock was, or is, wrong"
        return Line("bad", "Database's clock", text)
    if abs(timezone.now() - now) > AHEAD:
        return Line("bad", "Database's clock", "not that of the desk")
    return Line("ok", "Database's clock", "the trail has no event from the future")
