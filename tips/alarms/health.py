"""What the desk's start page says of mail and of upkeep: whether it leaves, is read, what is wrong.

A mail path that is dead cannot say so itself; only the desk can.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection
from django.utils import timezone

from tips.alarms import recipients
from tips.models import HEARTBEAT, HOURLY, LAST_BACKUP, LAST_DRILL, Mail, SelfCheck

SILENT = timedelta(minutes=3)
STUCK = timedelta(minutes=15)
NOTHING_TAKEN = timedelta(hours=26)  # a morning mail leaves every day
UNREAD = timedelta(days=7)
FAILS_LONG = timedelta(minutes=10)  # what housekeeping fails at for longer is red
STATE = """
SELECT (SELECT done_at FROM tips_upkeep WHERE name = %(beat)s),
  (SELECT max(sent_at) FROM tips_mail),
  (SELECT min(made_at) FROM tips_mail),
  (SELECT count(*) FROM tips_mail WHERE sent_at IS NULL AND kind <> %(farewell)s
    AND CASE WHEN tries > 0 THEN made_at ELSE due_at END < %(late)s),
  (SELECT min(day) FROM tips_morningdigits),
  EXISTS (SELECT FROM tips_morningdigits WHERE day = %(today)s),
  (SELECT coalesce(json_agg(json_build_array(recipient, extract(epoch FROM at), waits)), '[]')
    FROM (SELECT recipient, max(sent_at) AS at, bool_or(sent_at IS NULL) AS waits FROM tips_mail
      WHERE kind = 'urgent' GROUP BY recipient ORDER BY recipient) m),
  (SELECT coalesce(json_agg(json_build_array(name, problem, failed_since < %(long)s)
      ORDER BY name), '[]') FROM tips_upkeep WHERE problem <> ''),
  (SELECT done_at FROM tips_upkeep WHERE name = %(backup)s),
  (SELECT done_at FROM tips_upkeep WHERE name = %(drill)s),
  (SELECT done_at FROM tips_upkeep WHERE name = %(hourly)s),
  clock_timestamp(), (SELECT max(at) FROM tips_event)
"""


class Line(NamedTuple):
    """One line of health: ok, warn or bad."""

    state: str
    name: str
    text: str


class Told(NamedTuple):
    """A recipient of urgent mails: when a server last took one, and whether one waits."""

    recipient: str
    epoch: float | None
    waits: bool

    @property
    def at(self) -> datetime | None:
        """When a server last took one."""
        return None if self.epoch is None else datetime.fromtimestamp(self.epoch, UTC)


class Problem(NamedTuple):
    """What upkeep could not do, or found wrong; `is_long` is None for what does not fail."""

    name: str
    sentence: str
    is_long: bool | None


class State(NamedTuple):
    """What the database says of mail, of upkeep and of its clock: in one query, without a body."""

    beat: datetime | None  # when the mail process last began a round
    taken: datetime | None  # when a server last took a mail
    oldest: datetime | None  # when the oldest mail was written
    stuck: int
    first_day: date | None  # the oldest morning whose digits are kept
    today: bool  # whether there are digits of today
    urgent: tuple[Told, ...]
    problems: tuple[Problem, ...]
    backed_up: datetime | None  # when the last backup was made
    drilled: datetime | None  # when the last one was restored on the spot
    tidied: datetime | None  # when housekeeping last did all of an hour
    clock: datetime  # the database's
    newest: datetime | None  # the trail's newest event


def state(now: datetime) -> State:
    """As of this moment."""
    values: dict[str, Any] = {
        "beat": HEARTBEAT,
        "farewell": Mail.Kind.ADDRESS,  # an address that was replaced may well be dead
        "late": now - STUCK,
        "today": timezone.localdate(now),
        "long": now - FAILS_LONG,
        "backup": LAST_BACKUP,
        "drill": LAST_DRILL,
        "hourly": HOURLY,
    }
    with connection.cursor() as cursor:
        cursor.execute(STATE, values)
        known = State._make(cursor.fetchone())
    return known._replace(
        urgent=tuple(Told(*row) for row in known.urgent),
        problems=tuple(Problem(*row) for row in known.problems),
    )


def lines(now: datetime, seen: State, read: datetime | None) -> list[Line]:
    """Of those who are told, of the process, of the outbox, and of the readers.

    `read`: when somebody last typed a morning's digits.
    """
    if not settings.MAIL_LEAVES or not recipients.of_desk():
        what = "DESK_EMAIL or DUTY_EMAIL" if settings.MAIL_LEAVES else "EMAIL_URL"
        return [Line("bad", "Mail", f"nobody is told that a tip waits: {what} is not set")]
    if seen.beat is None or seen.beat < now - SILENT:
        since = f"for {_span(now - seen.beat)}" if seen.beat else "since the start"
        return [Line("bad", "Mail", f"the mail process has not run {since}")]
    found = []
    if seen.stuck:
        found.append(Line("bad", "Mail", f"{seen.stuck} not delivered for 15 minutes"))
    newest = seen.taken or seen.oldest
    if newest and newest < now - NOTHING_TAKEN:
        found.append(Line("bad", "Mail", "no server has taken one for more than a day"))
    week_ago = now - UNREAD
    asked = seen.first_day is not None and seen.first_day <= timezone.localdate(week_ago)
    if asked and (read is None or read < week_ago):
        found.append(Line("warn", "Mail", "nobody has typed a morning mail's digits for 7 days"))
    return found or [Line("ok", "Mail", "leaves and is read" if read else "leaves")]


def of_upkeep(seen: State) -> list[Line]:
    """What housekeeping could not do, or found wrong: the latter is red at once."""

    def colour(one: Problem) -> str:
        is_found = one.is_long is not None and one.name in set(SelfCheck)
        return "bad" if one.is_long or is_found else "warn"

    return [Line(colour(one), one.name, one.sentence) for one in seen.problems]


def _span(ago: timedelta) -> str:
    minutes = int(ago.total_seconds()) // 60
    return f"{minutes} minutes" if minutes < 120 else f"{minutes // 60} hours"
