"""What has to be done every minute, every hour and every night."""

import logging
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection

from tips.housekeeping import backups, boxes_and_sessions, rewriting, self_check

# Of the advisory lock; two runs at once would wait for each other's tables.
LOCK = 8_470_001
ALONE_WITHIN = 10  # seconds, before a stop
_log = logging.getLogger(__name__)


class Command(BaseCommand):
    """Run by the starter every minute as the owner, and once more when the site stops."""

    help = "Deletes what is over, takes it off the disk, and looks whether all is as it should be."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--before-stop", action="store_true", help="The doors are closed.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Silent, but once a night: a line a minute would tell when something was there to do.

        Before a stop, raises CommandError when any of it was not done: there is no next minute.
        """
        if options["before_stop"]:
            self._before_stop()
        elif self._take_lock(within=0):
            self._every_minute()

    def _every_minute(self) -> None:
        steps: tuple[Callable[[], object], ...] = (
            self_check.every_minute,  # first: while something is wrong, no tip may come in
            boxes_and_sessions.clear,
            boxes_and_sessions.look_up_nothing,
            rewriting.end_old_door_transactions,
            rewriting.after_acts_on_keys,
            rewriting.hourly,
            self_check.every_hour,
            backups.every_minute,
            self._nightly,
        )
        self._run(steps)

    def _before_stop(self) -> None:
        if not self._take_lock(ALONE_WITHIN):
            raise CommandError("Another housekeeping is at work.")
        steps = (
            boxes_and_sessions.clear,
            rewriting.end_old_door_transactions,
            rewriting.after_acts_on_keys,
            rewriting.before_stop,
        )
        if not self._run(steps) or rewriting.failures_before_stop():
            raise CommandError("Not all was taken off the disk.")

    def _run(self, steps: Iterable[Callable[[], object]]) -> bool:
        """Whether none of them raised what a database raises."""
        went_well = True
        for step in steps:
            try:
                step()
            except DatabaseError:  # the next step may still work, and the next minute this one
                _log.exception("housekeeping")
                went_well = False
        return went_well

    def _nightly(self) -> None:
        if line := rewriting.nightly():
            self.stdout.write(line)

    def _take_lock(self, within: float) -> bool:
        """False where another is at work, and still after so many seconds: one that the starter
        ended may be at work on the server for a moment still."""
        deadline = time.monotonic() + within
        with connection.cursor() as cursor:
            while True:
                cursor.execute("SELECT pg_try_advisory_lock(%s)", (LOCK,))
                if cursor.fetchone()[0]:
                    return True
                if time.monotonic() >= deadline:
                    return False
                time.sleep(0.1)
