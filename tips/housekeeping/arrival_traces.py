"""What tells, beside the hour that is stored, when a citizen wrote a row.

Transaction numbers ascend, and so do the numbers of long values, which PostgreSQL keeps in a table
of their own: beside an officer's row, which has its minute, both tell when a tip came. PostgreSQL
keeps them through every rewriting, so rows and long values are written anew before.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from tips.housekeeping import lock_limit

# Written with every sending, and what is in them must go within the hour.
SHORT_LIVED = ("tips_box", "tips_alarm", "tips_mail")
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
WRITTEN_SINCE = "coalesce(xmin <> %(last)s::xid AND age(xmin) <= age(%(last)s::xid) + 100, true)"
BATCH = 500  # rows; whoever wants to change one of them waits for all
# With 64 bits the numbers of a store that was copied to another server are told from ours.
LAST = (
    "SELECT (mark %% 4294967296)::text FROM public.tips_upkeep,"
    " pg_snapshot_xmax(pg_current_snapshot()) AS next"
    " WHERE name = %s AND mark BETWEEN next::text::bigint - 2000000000 AND next::text::bigint"
)
REMEMBER = (
    "INSERT INTO public.tips_upkeep (name, mark, problem)"
    " VALUES (%s, pg_current_xact_id()::text::bigint, '')"
    " ON CONFLICT (name) DO UPDATE SET mark = excluded.mark"
)
# Of the short-lived tables, the columns with a minute and since when a row has it.
MINUTES = {
    "tips_alarm": ("since", ("since", "due_at")),
    "tips_mail": ("made_at", ("made_at", "due_at", "sent_at")),
}


def has_minute(before: datetime) -> bool:
    """Whether an alarm or a mail from before that moment still has its minute."""
    with connection.cursor() as cursor:
        for table, (since, columns) in MINUTES.items():
            finer = " OR ".join(f"date_trunc('hour', {name}) <> {name}" for name in columns)
            cursor.execute(
                f"SELECT FROM public.{table} WHERE {since} < %s AND ({finer}) LIMIT 1", (before,)
            )
            if cursor.rowcount:
                return True
    return False


def even_out_short_lived(before: datetime) -> int:
    """Gives these rows one transaction number a table, and alarms and mails from before that moment
    their hour alone; how many rows those are.

    What is due is due a little earlier then, and nothing is late.
    """
    written = lock_limit.execute("UPDATE public.tips_box SET tip_id = tip_id")
    for table, (since, columns) in MINUTES.items():
        hours = ", ".join(
            f"{name} = CASE WHEN {since} < %(before)s THEN date_trunc('hour', {name})"
            f" ELSE {name} END"
            for name in columns
        )
        written += lock_limit.execute(f"UPDATE public.{table} SET {hours}", {"before": before})
    return written


def lengthen_boxes() -> int:
    """Gives every box until the same full hour, two hours on or less: for a store that lies still,
    where half an hour would tell the minute. How many boxes those are."""
    return lock_limit.execute(
        "UPDATE public.tips_box SET box_until = date_trunc('hour', now()) + interval '2 hours'"
        " WHERE box_until <> date_trunc('hour', box_until)"
    )


def even_out(table: str) -> int:
    """Gives long values written since the last time new numbers in the order of the rows' random
    keys, and recent rows one transaction number; how many rows it wrote."""
    last = _last_transaction(table)
    renewed = _written_since(table, last) if table in LONG_VALUES else []
    written = 0
    for batch in (renewed[at : at + BATCH] for at in range(0, len(renewed), BATCH)):
        written += lock_limit.retry(partial(_renew_long_values, table=table, ids=batch))

    def act(cursor: Any) -> int:
        number = 0
        with transaction.atomic():
            # Nobody is at the table now, so what was written meanwhile is seen and no more comes.
            cursor.execute(f"LOCK TABLE public.{table} IN EXCLUSIVE MODE")
            if table in LONG_VALUES:
                late = sorted(set(_written_since(table, last)) - set(renewed))
                number += _renew_long_values(cursor, table, late)
            cursor.execute(
                f"UPDATE public.{table} SET id = id WHERE {LARGE[table]} OR {WRITTEN_SINCE}",
                {"since": timezone.now() - RECENT, "last": last},
            )
            number += int(cursor.rowcount)
            cursor.execute(REMEMBER, (_upkeep_of(table),))
        return number

    return written + lock_limit.retry(act)


def _upkeep_of(table: str) -> str:
    return f"Rows of {table}"


def _last_transaction(table: str) -> str | None:
    """The transaction that evened this table out last."""
    with connection.cursor() as cursor:
        cursor.execute(LAST, (_upkeep_of(table),))
        row = cursor.fetchone()
    return str(row[0]) if row else None


def _written_since(table: str, last: str | None) -> list[UUID]:
    """The keys of the rows, in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM public.{table} WHERE {WRITTEN_SINCE} ORDER BY id", {"last": last}
        )
        return [row for (row,) in cursor.fetchall()]


def _renew_long_values(cursor: Any, table: str, ids: Sequence[UUID]) -> int:
    # Joined with nothing, a value is a new one to PostgreSQL.
    anew = ", ".join(f"{column} = {column} || ''::bytea" for column in LONG_VALUES[table])
    if not ids:
        return 0
    with transaction.atomic():
        cursor.executemany(f"UPDATE public.{table} SET {anew} WHERE id = %s", [(i,) for i in ids])
        return int(cursor.rowcount)
