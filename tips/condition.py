"""Whether all is as it should be, as far as the database knows: for the desk's start page, for
`./run doctor`, and in one word for a watcher outside.
"""

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import Count, Max, Q, Subquery, Value
from django.utils import timezone

from slu_antitrafficking import ages, disk_space
from tips.access import desk_keys
from tips.alarms import health
from tips.alarms.health import Line
from tips.models import LAST_BACKUP, LAST_DRILL, DeskKey, Event, Officer
from tips.templatetags.desk import minute

RECOVERY = (Event.Verb.SHEETS_CONFIRMED, Event.Verb.DRILLED, Event.Verb.RECOVERED)
# All of these are looked up at once.
TRIED = (
    *(Event.Verb.MAIL_READ, Event.Verb.ALARM_TESTED, Event.Verb.RESTORE_TRIED),
    *RECOVERY,
)
TRY_A_RESTORE = timedelta(days=400)
NO_KEY = "none: no tip can be taken before ./run manage rotate_desk_key was given two sheets"
MANY_KEYS = "{}: each log-in opens them all, and that takes its time"
# It runs every minute, and writes down that it did once an hour.
HOUSEKEEPING_WARN, HOUSEKEEPING_BAD = timedelta(minutes=75), timedelta(minutes=135)
DISK, POSTGRESQL = "Disk", Path("/var/lib/postgresql")
MAKE_ROOM = "a full one takes no tip. Tell whoever runs the server"
TRY_THE_ALARM = timedelta(days=90)
# An event that lies further in the future was written by another clock.
AHEAD = timedelta(minutes=2)
WORDS = {"ok": "well", "warn": "amber", "bad": "red"}  # the worst last


def word() -> str:
    """The worst of all lines: well, amber or red."""
    states = {line.state for line in lines()}
    return [name for state, name in WORDS.items() if state in states][-1]


def lines() -> list[Line]:
    """Everything, and nobody's name."""
    seen, last = health.state(timezone.now()), Event.objects.last_of(*TRIED)
    upkeep = health.of_upkeep(seen)
    return [
        *of_all_but_upkeep(seen, last),
        *(line._replace(text="see the desk's start page") for line in upkeep),
    ]


def for_start(seen: health.State, last: dict[str, datetime]) -> list[Line]:
    """Everything, what is wrong first; what upkeep found may name officers.

    `last`: when each of TRIED was last done.
    """
    every = [*of_all_but_upkeep(seen, last), *health.of_upkeep(seen)]
    return sorted(every, key=lambda line: list(WORDS).index(line.state), reverse=True)


def of_all_but_upkeep(seen: health.State, last: dict[str, datetime]) -> list[Line]:
    """What both are told in the same words."""
    now = timezone.now()
    recovered = [last[verb] for verb in RECOVERY if verb in last]
    return [
        *health.lines(now, seen, last.get(Event.Verb.MAIL_READ)),
        *_of_desk(max(recovered, default=None)),
        _of_alarm(now, last.get(Event.Verb.ALARM_TESTED)),
        *_of_backups(now, seen, last.get(Event.Verb.RESTORE_TRIED)),
        _of_disk(),
        _of_housekeeping(now, seen.tidied),
        _of_clock(now, seen),
    ]


def _of_desk(recovered: datetime | None) -> list[Line]:
    """Who can open tips and be told, and the keys; `recovered`: when sheets were last typed."""
    who, every_key = Officer.objects, DeskKey.objects.order_by()
    number = every_key.values(of_all=Value(1)).annotate(n=Count("kid")).values("n")
    holders, mailed, keys, activated = who.aggregate(
        holders=Count("pk", filter=Q(pk__in=who.holders().values("pk"))),
        mailed=Count("pk", filter=Q(pk__in=who.mailed_supervisors().values("pk"))),
        keys=Max(Subquery(number), default=0),
        activated=Max(Subquery(DeskKey.objects.active().values("activated_at"))),
    ).values()
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


def _of_backups(now: datetime, seen: health.State, tried: datetime | None) -> list[Line]:
    """When one was made, drilled and tried; nothing on a trial, which makes none.

    `tried`: when two people last opened one elsewhere with two sheets.
    """
    is_tried = tried is not None and tried > now - TRY_A_RESTORE
    restore = Line("ok" if is_tried else "warn", "Restore tried", minute(tried) or "never")
    if not seen.backed_up:
        missing = Line("bad", LAST_BACKUP, "none is made: docs/operations.md, Back up")
        return [] if settings.ON_LOOPBACK else [missing, restore]
    drill = now - seen.drilled if seen.drilled else None
    return [
        Line(ages.state(now - seen.backed_up, ages.BACKUP), LAST_BACKUP, minute(seen.backed_up)),
        Line(ages.state(drill, ages.DRILL), LAST_DRILL, minute(seen.drilled) or "never"),
        restore,
    ]


def _of_alarm(now: datetime, tested: datetime | None) -> Line:
    if tested is None:
        return Line("warn", "Test alarm", "never sent: the desk's page Alarms has a button")
    state = "warn" if tested < now - TRY_THE_ALARM else "ok"
    return Line(state, "Test alarm", f"last sent {minute(tested)}")


def _of_disk() -> Line:
    """Of the store's and PostgreSQL's, whichever is fuller."""
    state, free = disk_space.seen(settings.VAR, POSTGRESQL)
    text = f"{free} % free"
    return Line(state, DISK, text if state == "ok" else f"{text}: {MAKE_ROOM}")


def _of_housekeeping(now: datetime, done: datetime | None) -> Line:
    if done is None:
        return Line("warn", "Housekeeping", "has not run yet")
    late = now - done
    state = "bad" if late > HOUSEKEEPING_BAD else "warn" if late > HOUSEKEEPING_WARN else "ok"
    return Line(state, "Housekeeping", f"last full run {minute(done)}")


def _of_clock(now: datetime, seen: health.State) -> Line:
    if seen.newest and seen.newest > seen.clock + AHEAD:
        text = "the newest event lies in the future: a clock was, or is, wrong"
        return Line("bad", "Database's clock", text)
    if abs(now - seen.clock) > AHEAD:
        return Line("bad", "Database's clock", "not that of the desk")
    return Line("ok", "Database's clock", "the trail has no event from the future")
