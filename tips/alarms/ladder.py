"""When it is told again that a tip waits, and from when on supervisors hear of it: no database."""

from datetime import datetime, timedelta
from typing import NamedTuple

from campaign.offers import Hours
from tips.models.turns import SUPERVISORS_FROM, SUPERVISORS_FROM_URGENT

# After so long an urgent one is told; then every hour, to supervisors too.
URGENT = (timedelta(), timedelta(minutes=15), timedelta(minutes=30))
HOUR = timedelta(hours=1)
# Others go out together, on the quarter of the hour; to supervisors after so long in office hours.
BATCH = timedelta(minutes=15)
OFFICE_TIME = timedelta(hours=4)
DAY = timedelta(days=1)


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


def last_batch(now: datetime) -> datetime:
    """The quarter of the hour that has begun: what was due before it is told now."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + (now - midnight) // BATCH * BATCH
