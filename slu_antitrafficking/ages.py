"""When what is done again and again is late: the same for ./run doctor, the desk's start page and a
watcher outside."""

from datetime import timedelta
from typing import NamedTuple


class Limits(NamedTuple):
    """What is older than the first is amber, than the second red."""

    amber: timedelta
    red: timedelta


# One is made every night, and what waits leaves the machine every minute.
BACKUP = Limits(timedelta(hours=26), timedelta(hours=26))
DRILL = Limits(timedelta(days=35), timedelta(days=70))
LOG = Limits(timedelta(minutes=15), timedelta(minutes=15))  # a segment is archived every minute
RELEASE = Limits(timedelta(days=180), timedelta(days=400))


def state(age: timedelta | None, limits: Limits) -> str:
    """ok, warn or bad; None, for what was never done, is bad."""
    if age is None or age > limits.red:
        return "bad"
    return "warn" if age > limits.amber else "ok"
