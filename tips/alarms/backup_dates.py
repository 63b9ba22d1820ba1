"""What the desk's start page says of backups: three dates, which only the last one proves."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from tips.alarms.health import Line, State
from tips.models import LAST_BACKUP, LAST_DRILL

RESTORE_TRIED = "Restore tried"
DUE_AGAIN = {
    LAST_BACKUP: timedelta(hours=26),
    LAST_DRILL: timedelta(days=35),
    RESTORE_TRIED: timedelta(days=400),
}


def lines(seen: State, tried: datetime | None) -> list[Line]:
    """Where backups are made; off this machine red where none are.

    `tried`: when two people last opened one elsewhere with two sheets.
    """
    if seen.backup is None:
        none = Line("bad", LAST_BACKUP, "none is made: docs/operations.md, Back up")
        return [] if settings.ON_LOOPBACK else [none]
    dates = {LAST_BACKUP: seen.backup, LAST_DRILL: seen.drill, RESTORE_TRIED: tried}
    return [_line(name, at) for name, at in dates.items()]


def _line(name: str, at: datetime | None) -> Line:
    is_due = at is None or at < timezone.now() - DUE_AGAIN[name]
    text = f"{timezone.localtime(at):%d %b %Y, %H:%M}" if at else "never"
    return Line("warn" if is_due else "ok", name, text)
