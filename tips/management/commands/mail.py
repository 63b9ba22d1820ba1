"""Tells people that tips wait: plans mails and sends them, for as long as the site runs."""

import faulthandler
import logging
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections, connection

from tips.alarms import planning, sending
from tips.models import HEARTBEAT, Upkeep

TICK = 20.0  # seconds from the beginning of a round to that of the next
HANGS_AFTER = 150  # seconds; then it ends, and the starter starts another
_log = logging.getLogger(__name__)


class Command(BaseCommand):
    """Kept up by the starter, in a role of its own. Killed at any point it loses nothing."""

    help = "Plans and sends the mails about waiting tips, every 20 seconds, until it is ended."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """A round every TICK seconds, until a signal ends the process; it does not return."""
        while True:
            began = time.monotonic()
            faulthandler.dump_traceback_later(HANGS_AFTER, exit=True)
            tick()
            time.sleep(max(0.0, began + TICK - time.monotonic()))


def tick() -> None:
    """One round. While the database is away, it is tried again in the next."""
    close_old_connections()
    try:
        go_round(_now)
    except DatabaseError:
        _log.exception("mail")
        connection.close()


def go_round(now: Callable[[], datetime]) -> None:
    """Says that it is up, plans, and sends."""
    # First: how long a round took would tell whether there was something to send.
    beat = Upkeep(name=HEARTBEAT, done_at=now())
    # Its role may write this column alone; update_or_create writes every date of the row.
    Upkeep.objects.bulk_create(
        [beat], update_conflicts=True, unique_fields=["name"], update_fields=["done_at"]
    )
    planning.plan(now())
    sending.deliver(now)


def _now() -> datetime:
    """By the database's clock, which wrote when an alarm is due."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
        return now
