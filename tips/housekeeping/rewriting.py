"""What was deleted leaves the disk, and with it when things came.

A deleted row stays in its file until the table is rewritten, and in WAL until that is switched and
a checkpoint made. The order of rows in a file is the order of arrival. So what else tells of it is
evened out first (arrival_traces.py), and the tables are then rewritten in the order of their random
keys.
"""

import re
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.db.models import F
from django.utils import timezone

from slu_antitrafficking import roles
from tips.housekeeping import arrival_traces, counters, lock_limit
from tips.housekeeping.arrival_traces import LARGE, SHORT_LIVED
from tips.models import HEARTBEAT, HOURLY, Event, Upkeep

# Whatever of an officer's access was taken away lay in these, and what older sheets open.
OF_KEYS = ("tips_officerkey", "tips_deskkeygrant", "tips_desksession", "tips_deskkey")
ACTS_ON_KEYS = (
    Event.Verb.ACCESS_GIVEN,
    Event.Verb.SET_UP,
    Event.Verb.PASSPHRASE_CHANGED,
    Event.Verb.ROLE_CHANGED,
    Event.Verb.DEACTIVATED,
    Event.Verb.SIGNED_OUT,
    Event.Verb.KEY_ROTATED,
    Event.Verb.RECOVERED,
    Event.Verb.SHEETS_REPLACED,
)
# A table up to this size is rewritten within the hour: a second, while senders wait. A larger one
# at night, and one with more rows than that on Sundays.
SMALL = 64 * 1024 * 1024
MANY_ROWS = 200_000
NIGHT = (3, 30)  # from this time on, in Saint Lucia
SNAPSHOT_TRIES, SNAPSHOT_WAIT = 4, 1.0  # seconds; a sender's transaction ends within one
DOOR_TRANSACTION_LIMIT = 60  # seconds
STANDBY_WAIT = timedelta(minutes=1)

KEYS, NIGHTLY = "Keys off the disk", "Nightly rewriting"
UNKNOWN = -1  # how many rows were written since the last run
WEEKLY_NAME = "Weekly rewriting"
HELD = "Somebody's open transaction keeps deleted rows on the disk; tried again every minute."
LACKS_A_RIGHT = (
    "{}: the database's owner lacks a right ({}); the start prints the statements for a superuser."
)
WEEKLY = "There are more than 200,000 rows in {}: rewritten on Sundays only."


class HeldRowsError(DatabaseError):
    """A snapshot older than the deletion made PostgreSQL copy dead rows into the new file."""


def end_old_door_transactions() -> None:
    """On our own server: whoever broke into a door cannot keep deleted rows there by a snapshot.

    A door's statement ends after 30 s, and its idle transaction after 60, but its role may set
    these limits itself.
    """
    if not settings.OWN_CLUSTER:
        return
    with connection.cursor() as cursor:
        names = roles.role_names(roles.database_of(cursor))
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE usename = ANY (%s)"
            " AND xact_start < clock_timestamp() - make_interval(secs => %s)",
            ([names.public, names.desk, names.mail], DOOR_TRANSACTION_LIMIT),
        )


def after_acts_on_keys() -> None:
    """Within a minute of an act on keys nothing of what it took away is in any file."""
    upkeep = _upkeep(KEYS)
    acts = Event.objects.filter(verb__in=ACTS_ON_KEYS)
    if upkeep.done_at:
        # One more time where an act and the last run were seconds apart.
        acts = acts.filter(at__gt=upkeep.done_at - timedelta(seconds=5))
    if upkeep.failed_since is None and not acts.exists():
        return
    with _recording_outcome(upkeep):
        for table in OF_KEYS:
            _rewrite(f"VACUUM (FULL, VERBOSE) public.{table}")
        _turn_wal_over()


def hourly(now: datetime | None = None) -> None:
    """At the beginning of an hour: counters; where something was sent in the last, small tables
    and WAL.

    Never later in the hour: that it is done would tell that something came just now.
    """
    now = now or timezone.now()
    upkeep = _upkeep(HOURLY)
    if upkeep.done_at and _hour(upkeep.done_at) == _hour(now) and upkeep.failed_since is None:
        return
    _rewrite_small(upkeep, minutes_before=_hour(now) - timedelta(hours=1))


def before_stop() -> None:
    """The same whatever the hour, and no minute is left: the store may lie still for long."""
    Upkeep.objects.filter(name=HEARTBEAT).delete()
    _rewrite_small(_upkeep(HOURLY), minutes_before=timezone.now(), lies_still=True)


def failures_before_stop() -> bool:
    """Whether something that a stop cannot leave for the next minute is not done."""
    return Upkeep.objects.filter(name__in=(KEYS, HOURLY), failed_since__isnull=False).exists()


def _rewrite_small(upkeep: Upkeep, minutes_before: datetime, *, lies_still: bool = False) -> None:
    with _recording_outcome(upkeep) as book:
        mark, book.mark = book.mark, UNKNOWN
        book.save()  # cut short after the counters began anew, this run has to be made again
        written = counters.take((*SHORT_LIVED, *LARGE))
        is_due = lies_still or arrival_traces.has_minute(minutes_before)
        if written != mark or is_due or upkeep.failed_since:
            if lies_still:
                _rewrite("VACUUM (FULL, VERBOSE) public.tips_upkeep")  # of the heartbeats
            own = arrival_traces.lengthen_boxes() if lies_still else 0
            own += arrival_traces.even_out_short_lived(minutes_before)
            _put_in_random_order(SHORT_LIVED)
            small = [table for table in LARGE if counters.size(table) <= SMALL]
            if written != mark:
                _check_that_they_can_be_rewritten(small)
                own += sum(arrival_traces.even_out(table) for table in small)
            book.mark = own
            _put_in_random_order(small)
        else:
            book.mark = 0
        # Sessions that ended lie there still: with its cookie, one opens all that it could.
        _rewrite("VACUUM (FULL, VERBOSE) public.tips_desksession")
        # Samples of what is short-lived would outlive it in pg_statistic.
        lasting = [table for table in counters.tables() if table not in SHORT_LIVED]
        _vacuum(table for table in lasting if counters.size(table) <= SMALL)
        _turn_wal_over()  # last: a vacuum may log whole pages


def nightly(now: datetime | None = None) -> str:
    """Once a night the tables that are not small any more. Gives a line for the log, or nothing."""
    local = timezone.localtime(now)
    upkeep = _upkeep(NIGHTLY)
    done = timezone.localtime(upkeep.done_at) if upkeep.done_at else None
    if (local.hour, local.minute) < NIGHT or (done and done.date() == local.date()):
        return ""
    tables = [table for table in LARGE if counters.size(table) > SMALL]
    weekly = [table for table in tables if counters.rows(table) > MANY_ROWS]
    if weekly and local.weekday() != 6:
        tables = [table for table in tables if table not in weekly]
    before = counters.wal_position()
    with _recording_outcome(upkeep) as book:
        if tables:
            book.save()  # there is one, for what follows
            _check_that_they_can_be_rewritten(tables)
            for table in tables:
                arrival_traces.even_out(table)
            _put_in_random_order(tables)
            _vacuum(tables)
            _turn_wal_over()
    if weekly:
        said = WEEKLY.format(" and ".join(weekly))
        Upkeep.objects.update_or_create(name=WEEKLY_NAME, defaults={"problem": said})
    else:
        Upkeep.objects.filter(name=WEEKLY_NAME).delete()
    return f"nightly rewriting: {counters.wal_position() - before:,} bytes of WAL" if tables else ""


def _check_that_they_can_be_rewritten(tables: Iterable[str]) -> None:
    """Before any is evened out: one that is, and then cannot be rewritten, is left as much larger,
    and every minute again.

    Raises HeldRowsError, or OperationalError when somebody is at one of them all the time.
    """
    Upkeep.objects.update(problem=F("problem"))  # leaves dead rows, as evening out does
    _rewrite("VACUUM (FULL, VERBOSE) public.tips_upkeep")
    for table in tables:
        lock_limit.retry(partial(_lock_for_a_moment, table=table))


def _lock_for_a_moment(cursor: Any, table: str) -> int:
    with transaction.atomic():
        cursor.execute(f"LOCK TABLE public.{table} IN ACCESS EXCLUSIVE MODE")
    return 0


def _put_in_random_order(tables: Iterable[str]) -> None:
    for table in tables:
        _rewrite(f"CLUSTER VERBOSE public.{table} USING {table}_pkey")


def _vacuum(tables: Iterable[str]) -> None:
    """Autovacuum's counters began anew with the hour, and it may never find what it waits for."""
    for table in tables:
        lock_limit.execute(f"VACUUM (ANALYZE, SKIP_LOCKED) public.{table}")


def _rewrite(statement: str) -> None:
    """Raises HeldRowsError when dead rows are in the new file still after the last try."""
    for attempt in range(1, SNAPSHOT_TRIES + 1):
        connection.ensure_connection()
        connection.connection.notices.clear()
        lock_limit.execute(statement)
        if not _dead_rows_copied(connection.connection.notices):
            break
        if attempt == SNAPSHOT_TRIES:
            raise HeldRowsError(HELD)
        time.sleep(SNAPSHOT_WAIT)
    _wait_for_standbys()


def _dead_rows_copied(notices: Iterable[str]) -> bool:
    """What VERBOSE says of it, in any language: the first number of the notice's second line.

    In English: "DETAIL:  2 dead row versions cannot be removed yet." Not finding it counts as yes.
    """
    numbers = [re.search(r"\n[^\n\d]*(\d+)", notice) for notice in notices]
    return {number[1] for number in numbers if number} != {"0"}


def _turn_wal_over() -> None:
    """Old segments of the log go from the disk with the checkpoint."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_switch_wal()")
        cursor.execute("CHECKPOINT")


def _wait_for_standbys() -> None:
    """A rewriting floods a standby with WAL: the next one waits until it has caught up, or not."""
    deadline = timezone.now() + STANDBY_WAIT
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_lsn()")
        (position,) = cursor.fetchone()
        while timezone.now() < deadline:
            cursor.execute(
                "SELECT FROM pg_stat_replication WHERE replay_lsn < %s::pg_lsn", (position,)
            )
            if not cursor.rowcount:
                return
            cursor.execute("SELECT pg_sleep(0.5)")


@contextmanager
def _recording_outcome(upkeep: Upkeep) -> Iterator[Upkeep]:
    """Around one run: writes down that it went well, or what went wrong, and swallows that."""
    began = timezone.now()
    try:
        yield upkeep
    except HeldRowsError:
        upkeep.went_wrong(HELD)
    except ProgrammingError as error:  # a right is missing
        upkeep.went_wrong(LACKS_A_RIGHT.format(upkeep.name, _code(error)))
    except DatabaseError as error:
        upkeep.went_wrong(f"{upkeep.name} did not work ({_code(error)}); tried again every minute.")
    else:
        upkeep.went_well(began)


def _code(error: DatabaseError) -> str:
    return str(getattr(error.__cause__, "pgcode", "")) or type(error).__name__


def _upkeep(name: str) -> Upkeep:
    return Upkeep.objects.filter(name=name).first() or Upkeep(name=name)


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)
