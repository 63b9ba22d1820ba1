"""The database's part of `./run doctor`."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection, transaction
from django.utils import timezone

from slu_antitrafficking import ages, roles
from tips import condition
from tips.alarms.health import Line
from tips.database import rights
from tips.housekeeping import backups
from tips.models import LAST_BACKUP, LAST_DRILL, SelfCheck

# Without one of them a power cut may take what was acknowledged.
DURABLE = ["fsync", "full_page_writes", "synchronous_commit"]
# ./run doctor looks at these by itself, as root; _of_archive asks PostgreSQL again.
BY_FILES = (LAST_BACKUP, LAST_DRILL, SelfCheck.BACKUP, condition.DISK)
SWITCH_ON = "off, a lost disk takes a day of tips: docs/operations.md, Back up, Every minute"


class Command(BaseCommand):
    """Called by ./run doctor as the owner; changes nothing."""

    help = "One line each: state, name, what; names nobody."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Tab-separated; the state is ok, warn, bad, or - where it does not apply."""
        lines = [line for line in condition.lines() if line.name not in BY_FILES]
        if SelfCheck.RIGHTS not in {line.name for line in lines}:
            lines.append(_of_rights())
        for line in (*lines, _of_durability(), _of_archive()):
            self.stdout.write("\t".join(line))


def _of_rights() -> Line:
    with transaction.atomic(), connection.cursor() as cursor:
        found = rights.drift(cursor)
        too_much = roles.too_much(cursor) if settings.BY_PEER else []
    if too_much:
        return Line("bad", SelfCheck.RIGHTS, " ".join(too_much))
    if found:
        return Line("bad", SelfCheck.RIGHTS, f"{len(found)} are not as the release has them")
    return Line("ok", SelfCheck.RIGHTS, "as the release has them")


def _of_durability() -> Line:
    """Of this session, and what is set for a serving role."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM pg_settings WHERE name = ANY (%s) AND setting NOT IN"
            " ('on', 'remote_apply')"
            " UNION SELECT split_part(s, '=', 1) FROM pg_db_role_setting, unnest(setconfig) s"
            " WHERE split_part(s, '=', 1) = ANY (%s)"
            " AND split_part(s, '=', 2) NOT IN ('on', 'remote_apply')",
            (DURABLE, DURABLE),
        )
        wrong = ", ".join(name for (name,) in cursor.fetchall())
    if wrong:
        return Line("bad", "Power cut", f"{wrong}: what was acknowledged may be lost")
    return Line("ok", "Power cut", "what is acknowledged is on the disk")


def _of_archive() -> Line:
    log = backups.log_archive()
    if not log.is_on:
        return Line("warn" if settings.BACKUP_FOLDER else "-", "Log archive", SWITCH_ON)
    if log.fails:
        return Line("bad", "Log archive", "the last segment could not be sealed")
    if log.done is None:
        return Line("warn", "Log archive", "nothing was sealed yet")
    state, at = ages.state(timezone.now() - log.done, ages.LOG), timezone.localtime(log.done)
    return Line(state, "Log archive", f"last sealed {at:%-d %b %Y, %H:%M}")
