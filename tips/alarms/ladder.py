"""When it is told again that a tip waits, and from when on supervisors hear of it: no database."""

from bisect import bisect_left
from datetime import datetime, timedelta
from typing import NamedTuple

from campaign.offers import Hours
from tips.models.turns import SUPERVISORS_FROM, SUPERVISORS_FROM_URGENT, Urgency

# After so long an urgent one is told; then every hour, to supervisors too.
URGENT = (timedelta(), timedelta(minutes=15), timedelta(minutes=30))
HOUR = timedelta(hours=1)
# Others go out together, on the quarter of the hour; to supervisors after so long in office hours.
BATCH = timedelta(minutes=15)
OFFICE_TIME = timedelta(hours=4)
DAY = timedelta(days=1)
LOOK_BACK = 24 * 60  # hours; what came before is late however long the office was closed


class Step(NamedTuple):
    """A step of the ladder: how many there were with it, and when the next one is due."""

    number: int
    next_at: datetime
    supervisors: bool


def urgent(since: datetime, now: datetime) -> Step:
    """The last step that is due: those before it that nobody told of are left out."""
    waited = max(now - since, timedelta())
    hours = waited // HOUR
    number = sum(after <= waited for after in URGENT) + hours
    early = (since + after for after in URGENT if after > waited)
    next_at = next(early, since + (hours + 1) * HOUR)
    return Step(number, next_at, number >= SUPERVISORS_FROM_URGENT)


def other(since: datetime, now: datetime, office: Hours) -> Step:
    """The same of a tip that is not urgent: at once, after four office hours, then daily.

    An office that does not open within a year counts as always open.
    """
    second = office.open_for(since, OFFICE_TIME) or since + OFFICE_TIME
    if now < second:
        return Step(1, second, supervisors=False)
    days = (now - second) // DAY
    number = SUPERVISORS_FROM + days
    return Step(number, second + (days + 1) * DAY, supervisors=True)


def late_before(now: datetime, office: Hours) -> dict[int, datetime]:
    """By urgency: of tips that nobody took, supervisors were told of those that came before.

    Full hours, as citizens' clocks are: so it is never earlier than the mail, and less than an hour
    later.
    """
    hour = now.replace(minute=0, second=0, microsecond=0)

    def is_told(hours: int) -> bool:
        since = hour - hours * HOUR
        return (office.open_for(since, OFFICE_TIME) or since + OFFICE_TIME) <= now

    told = hour - bisect_left(range(LOOK_BACK), True, key=is_told) * HOUR
    return {Urgency.DANGER: hour - HOUR, Urgency.CHILD_OR_SELF: told, Urgency.OTHER: told}


def last_batch(now: datetime) -> datetime:
    """The quarter of the hour that has begun: what was due before it is told now."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + (now - midnight) // BATCH * BATCH
