"""To whom backups are sealed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from tips.crypto import backup_keys
from tips.models import DeskKey


class Command(BaseCommand):
    """For a file that only root can change: whoever changes it reads the next backup."""

    help = "Prints to which key of the recovery sheets backups are sealed."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """One line, as `age -r` takes it. Raises CommandError where there is no desk key."""
        try:
            active = DeskKey.objects.active().first()
        except DatabaseError:
            active = None
        if active is None:
            raise CommandError("This store has no active desk key: there is nothing to back up.")
        self.stdout.write(backup_keys.recipient(bytes(active.backup_recipient)))
