"""Dates what was just written back to the day it is said to have happened. Owner and demo only."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils import timezone

_APPEND_ONLY = ("tips_event", "tips_note")
# All of a tip that still carries this hour is what the last step wrote.
_DATE_BACK = """
WITH event AS (
  UPDATE tips_event SET at = %(at)s WHERE tip_id = %(tip)s AND at >= %(hour)s
), message AS (
  UPDATE tips_message SET
    at = CASE WHEN at >= %(hour)s THEN %(at)s ELSE at END,
    shown_at = CASE WHEN shown_at >= %(hour)s THEN date_trunc('hour', %(at)s) ELSE shown_at END
  WHERE tip_id = %(tip)s AND (at >= %(hour)s OR shown_at >= %(hour)s)
), photo AS (
  UPDATE tips_photo SET locked_at = %(at)s WHERE tip_id = %(tip)s AND locked_at >= %(hour)s
), note AS (
  UPDATE tips_note SET at = %(at)s WHERE tip_id = %(tip)s AND at >= %(hour)s
), alarm AS (
  UPDATE tips_alarm SET since = %(moment)s WHERE tip_id = %(tip)s AND since >= %(hour)s
), box AS (
  DELETE FROM tips_box WHERE tip_id = %(tip)s
)
UPDATE tips_tip SET
  received_at = CASE WHEN received_at >= %(hour)s THEN %(at)s ELSE received_at END,
  held_at = CASE WHEN held_at >= %(hour)s THEN %(at)s ELSE held_at END,
  turn_until = CASE
    WHEN status = 'asked' AND turn_since >= %(hour)s
    THEN turn_until - (%(today)s::date - %(day)s::date)
    ELSE turn_until END,
  closed_on = CASE WHEN closed_on >= %(today)s THEN %(day)s ELSE closed_on END,
  turn_since = CASE WHEN turn_since >= %(hour)s THEN %(at)s ELSE turn_since END
WHERE id = %(tip)s
"""
# What was done with an account.
_DATE_ACCOUNT_BACK = """
UPDATE tips_event SET at = %s
WHERE tip_id IS NULL AND at >= %s AND about = %s AND verb = ANY(%s)
"""
# The waiting times are counted when a verb is pressed, which here was today.
_COUNT_HOURS = """
UPDATE tips_tip t SET hours_to_open = hours.opened, hours_to_take = hours.taken,
  hours_to_close = hours.closed
FROM (
  SELECT e.tip_id,
    min(floor(extract(epoch FROM e.at - t.received_at) / 3600))
      FILTER (WHERE e.verb = 'opened') AS opened,
    min(floor(extract(epoch FROM e.at - t.received_at) / 3600))
      FILTER (WHERE e.verb IN ('taken', 'given') AND e.about <> 'nobody') AS taken,
    min(floor(extract(epoch FROM e.at - t.received_at) / 3600))
      FILTER (WHERE e.verb = 'closed') AS closed
  FROM tips_event e JOIN tips_tip t ON t.id = e.tip_id GROUP BY e.tip_id
) AS hours
WHERE hours.tip_id = t.id
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
        # A day is one of Saint Lucia, and the database's clock none.
        days = {"today": timezone.localdate(self._hour), "day": timezone.localdate(at)}
        moments = {"moment": moment, "at": at, "hour": self._hour}
        with connection.cursor() as cursor:
            cursor.execute(_DATE_BACK, {"tip": tip, **moments, **days})

    def date_account(self, name: str, moment: datetime, *verbs: str) -> None:
        """What this hour did with the account of this name happened then."""
        if moment >= self._hour:
            return
        found = (moment, self._hour, name, list(verbs))
        with connection.cursor() as cursor:
            cursor.execute(_DATE_ACCOUNT_BACK, found)

    def count_hours(self) -> None:
        """The waiting times of all tips, from when things are now said to have happened."""
        with connection.cursor() as cursor:
            cursor.execute(_COUNT_HOURS)


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
