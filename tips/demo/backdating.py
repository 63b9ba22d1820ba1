"""Dates what was just written back to the day it is said to have happened. Owner and demo only."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db import connection

_APPEND_ONLY = ("tips_event", "tips_note")
# All of a tip that still carries this hour is what the last step wrote.
_DATE_BACK = """
WITH event AS (
  UPDATE tips_event SET at = %(at)s WHERE tip_id = %(tip)s AND at >= %(hour)s
), message AS (
  UPDATE tips_message SET at = %(at)s WHERE tip_id = %(tip)s AND at >= %(hour)s
), note AS (
  UPDATE tips_note SET at = %(at)s WHERE tip_id = %(tip)s AND at >= %(hour)s
)
UPDATE tips_tip SET
  received_at = CASE WHEN received_at >= %(hour)s THEN %(at)s ELSE received_at END,
  waiting_since = CASE
    WHEN waiting_since < %(hour)s THEN waiting_since
    WHEN waiting_since IS NOT NULL AND received_at >= %(hour)s THEN %(moment)s
    WHEN waiting_since IS NOT NULL THEN %(at)s
  END,
  box = NULL, box_until = NULL
WHERE id = %(tip)s
"""


class Backdating:
    """This hour, from which things are moved away."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT date_trunc('hour', now())")
            self._hour: datetime = cursor.fetchone()[0]

    def date(self, tip: UUID, moment: datetime, *, by_citizen: bool = False) -> None:
        """What this hour wrote on the tip happened then; a citizen's doings to the hour."""
        if moment >= self._hour:
            return
        at = moment.replace(minute=0) if by_citizen else moment
        with connection.cursor() as cursor:
            cursor.execute(_DATE_BACK, {"tip": tip, "moment": moment, "at": at, "hour": self._hour})


@contextmanager
def backdating_allowed() -> Iterator[Backdating]:
    """Inside, events and notes can be dated back; afterwards nobody changes them any more.

    Belongs in a transaction: what fails inside leaves the triggers as they were.
    """
    with connection.cursor() as cursor:
        # A table with checks still to be made cannot be altered.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in _APPEND_ONLY:
            cursor.execute(f"ALTER TABLE public.{table} DISABLE TRIGGER append_only")
        yield Backdating()
        for table in _APPEND_ONLY:
            cursor.execute(f"ALTER TABLE public.{table} ENABLE TRIGGER append_only")
