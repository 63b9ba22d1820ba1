"""Everything between an empty database and a site that can take tips."""

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from tips.access import recovery, sheet_files
from tips.database.patience import patiently
from tips.models import DeskKey


class Command(BaseCommand):
    """Run by the starter as the owner; safe to run again."""

    help = "Migrates, loads the content, sets the database's rights, and sets the desk up once."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """One line a step, with its seconds."""
        self._step("migrations and rights", self._migrate)
        self._step("content", lambda: call_command("load_content", verbosity=0))
        if not DeskKey.objects.exists():
            self._step("the desk's keys and first supervisor", self._set_up_desk)

    def _step(self, name: str, work: Callable[[], object]) -> None:
        started = time.monotonic()
        try:
            work()
        except DatabaseError as error:
            raise CommandError(f"{name}: the database refused ({type(error).__name__}).") from error
        self.stdout.write(f"  {name}: {time.monotonic() - started:.1f} s")
        self.stdout.flush()

    def _migrate(self) -> None:
        """Where nothing is to be migrated, as in an upgrade, functions and rights are set anew."""
        patiently(lambda: call_command("migrate", verbosity=0, interactive=False))

    def _set_up_desk(self) -> None:
        """The files are written before the keys are committed: no desk whose keys nobody has."""
        try:
            recovery.set_up_desk(keep=sheet_files.write_first_access)
        except BaseException:
            for file in (settings.FIRST_SUPERVISOR_FILE, settings.RECOVERY_SHEETS_FILE):
                if file.is_file():
                    file.unlink()
            raise
