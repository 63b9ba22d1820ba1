"""Whether backups are made, leave this machine and are sealed to this desk's sheets.

What makes and pushes them notes that in small files, which are read here: the desk's door reads
none, and the database is not told by PostgreSQL's superuser.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import connection
from django.utils import timezone

from slu_antitrafficking import ages
from tips.crypto import backup_keys
from tips.housekeeping import self_check
from tips.models import LAST_BACKUP, LAST_DRILL, DeskKey, SelfCheck, Upkeep

ARCHIVER = (
    "SELECT current_setting('archive_mode') <> 'off', last_archived_time, last_failed_time"
    " FROM pg_stat_archiver"
)


class LogArchive(NamedTuple):
    """Of PostgreSQL's log: whether it is archived, and when that last went well and went wrong."""

    is_on: bool
    done: datetime | None
    failed: datetime | None

    @property
    def fails(self) -> bool:
        """Whether the last try went wrong."""
        return self.failed is not None and (self.done is None or self.failed > self.done)


def every_minute() -> None:
    """Where backups are set up: when they were last made, drilled and pushed, and to whom."""
    if not settings.BACKUP_FOLDER:
        return
    folder = Path(settings.BACKUP_FOLDER)
    backup = _noted(folder / "backup.json", "dump")
    drill, pushed = (_noted(folder / f"{name}.json") for name in ("drill", "push"))
    for name, at in ((LAST_BACKUP, backup), (LAST_DRILL, drill)):
        if at:
            Upkeep.objects.update_or_create(name=name, defaults={"done_at": at})
    self_check.tell(SelfCheck.BACKUP, [*_late(backup, pushed), *_log_is_late()])
    self_check.tell(SelfCheck.RECIPIENT, list(_another_recipient()))


def log_archive() -> LogArchive:
    """As PostgreSQL itself counts it."""
    with connection.cursor() as cursor:
        cursor.execute(ARCHIVER)
        return LogArchive(*cursor.fetchone())


def _late(backup: datetime | None, pushed: datetime | None) -> Iterator[str]:
    late = timezone.now() - ages.BACKUP.red
    if backup is None:
        yield "No backup was made yet."
    elif backup < late:
        yield f"No backup since {_said(backup)}."
    if pushed is None:
        yield "Backups have never left this machine."
    elif pushed < late:
        yield f"Backups have not left this machine since {_said(pushed)}."


def _log_is_late() -> Iterator[str]:
    log = log_archive()
    if not log.is_on:
        return
    if log.fails:
        yield "PostgreSQL's log cannot be archived: the disk fills up. See its own log."
    elif log.done and log.done < timezone.now() - ages.LOG.red:
        yield f"PostgreSQL's log was last archived at {_said(log.done)}."


def _another_recipient() -> Iterator[str]:
    """Whoever changes that file reads the next backup; new sheets change it too."""
    if not settings.BACKUP_RECIPIENT_FILE:
        return
    active = DeskKey.objects.active().first()
    try:
        written = Path(settings.BACKUP_RECIPIENT_FILE).read_text().strip()
    except OSError:
        written = ""
    if active and written != backup_keys.recipient(bytes(active.backup_recipient)):
        yield (
            "Backups are sealed to others than the recovery sheets of this desk: ./run manage"
            f" backup_recipient > {settings.BACKUP_RECIPIENT_FILE}"
        )


def _noted(file: Path, kind: str = "") -> datetime | None:
    """When it was last done; None where that is not known."""
    try:
        noted = json.loads(file.read_text())
        return datetime.fromisoformat((noted[kind] if kind else noted)["at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _said(at: datetime) -> str:
    return f"{timezone.localtime(at):%d %B, %H:%M}"
