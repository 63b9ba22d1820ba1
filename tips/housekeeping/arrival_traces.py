"""What tells, beside the hour that is stored, when a citizen wrote a row.

Transaction numbers ascend, and so do the numbers of long values, which PostgreSQL keeps in a table
of their own: beside an officer's row, which has its minute, both tell when a tip came. PostgreSQL
keeps them through every rewriting, so rows and long values are written anew before.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from tips.housekeeping import lock_limit

# Written with every sending, and what is in them must go within the hour.
SHORT_LIVED = ("tips_box", "tips_alarm")
# What else is written with every sending, and which of its rows are recent.
LARGE = {
    "tips_tip": "received_at > %(since)s",
    "tips_message": "at > %(since)s",
    "tips_photo": "message_id IN (SELECT m.id FROM tips_message m WHERE m.at > %(since)s)",
    "tips_note": "at > %(since)s",
    "tips_event": "at > %(since)s",
}
RECENT = timedelta(days=2)
# Its long values that citizens write.
LONG_VALUES = {
    "tips_tip": ("sealed",),
    "tips_message": ("sealed", "for_citizen"),
    "tips_photo": ("sealed",),
}
# Rows written since this transaction, or by one that was open then; all, where it is not known.
# A row may be old and its transaction new: a message wakes its tip, a code shows an old reply.
WRITTEN_SINCE = "coalesce(age(xmin) <= age(%(last)s::xid) + 100, true)"
MINUTES = "date_trunc('hour', since) <> since OR date_trunc('hour', due_at) <> due_at"


def last_transaction(upkeep: str) -> str | None:
    """The transaction with which this upkeep last went well; None when the last run did not."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT xmin::text FROM tips_upkeep"
            " WHERE name = %s AND failed_since IS NULL AND done_at IS NOT NULL AND mark >= 0",
            (upkeep,),
        )
        row = cursor.fetchone()
    return str(row[0]) if row else None


def know_minutes(before: datetime) -> bool:
    """Whether an alarm from before that moment still has its minute."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT FROM tips_alarm WHERE since < %s AND ({MINUTES}) LIMIT 1", (before,)
        )
        return bool(cursor.rowcount)


def even_out_short_lived(before: datetime) -> int:
    """Gives these rows one transaction number a table, and alarms from before that moment their
    hour alone; how many rows those are."""
    return lock_limit.tried("UPDATE public.tips_box SET tip_id = tip_id") + lock_limit.tried(
        "UPDATE public.tips_alarm SET"
        " since = CASE WHEN since < %(before)s THEN date_trunc('hour', since) ELSE since END,"
        " due_at = CASE WHEN since < %(before)s THEN date_trunc('hour', due_at) ELSE due_at END",
        {"before": before},
    )


def lengthen_boxes() -> int:
    """Gives every box until the end of an hour: for a store that lies still, where half an hour
    would tell the minute. How many boxes those are."""
    return lock_limit.tried(
        "UPDATE public.tips_box SET box_until = date_trunc('hour', box_until) + interval '1 hour'"
        " WHERE box_until <> date_trunc('hour', box_until)"
    )


def even_out(tables: Iterable[str], last: str | None) -> int:
    """Gives long values written since the transaction `last` new numbers in the order of the rows'
    random keys, and recent rows one transaction number a table; how many rows it wrote."""
    values = {"since": timezone.now() - RECENT, "last": last}
    written = 0
    for table in tables:
        if table in LONG_VALUES:
            written += _renew_long_values(table, last)
        written += lock_limit.tried(
            f"UPDATE public.{table} SET id = id WHERE {LARGE[table]} OR {WRITTEN_SINCE}", values
        )
    return written


def _renew_long_values(table: str, last: str | None) -> int:
    # Joined with nothing, a value is a new one to PostgreSQL.
    anew = ", ".join(f"{column} = {column} || ''::bytea" for column in LONG_VALUES[table])

    def act(cursor: Any) -> int:
        with transaction.atomic():
            cursor.execute(
                f"SELECT id FROM public.{table} WHERE {WRITTEN_SINCE} ORDER BY id", {"last": last}
            )
            rows = cursor.fetchall()
            cursor.executemany(f"UPDATE public.{table} SET {anew} WHERE id = %s", rows)
            return int(cursor.rowcount) if rows else 0

    return lock_limit.in_tries(act)
