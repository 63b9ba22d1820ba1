"""What the desk's start page says of backups: three dates, which only the last one proves."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from tips.alarms.health import Line
from tips.models import LAST_BACKUP, LAST_DRILL, Upkeep

RESTORE_TRIED = "Restore tried"
DUE_AGAIN = {
    LAST_BACKUP: timedelta(hours=26),
    LAST_DRILL: timedelta(days=35),
    RESTORE_TRIED: timedelta(days=400),
}


def lines(tried: datetime | None) -> list[Line]:
    """Where backups are made; off this machine red where none are.

    `tried`: when two people last opened one elsewhere with two sheets.
    """
    noted = Upkeep.objects.filter(name__in=(LAST_BACKUP, LAST_DRILL))
    dates = dict(noted.values_list("name", "done_at")) | {RESTORE_TRIED: tried}
    if LAST_BACKUP not in dates:
        none = Line("bad", LAST_BACKUP, "none is made: docs/operations.md, Back up")
        return [] if settings.ON_LOOPBACK else [none]
    return [_line(name, dates.get(name)) for name in DUE_AGAIN]


def _line(name: str, at: datetime | None) -> Line:
    is_due = at is None or at < timezone.now() - DUE_AGAIN[name]
    text = f"{timezone.localtime(at):%d %b %Y, %H:%M}" if at else "never"
    return Line("warn" if is_due else "ok", name, text)
