"""A new desk key."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tips.access import accounts, recovery
from tips.management.typed import recovery_secret


class Command(BaseCommand):
    """Needs the recovery key from paper; nothing is sealed anew."""

    help = "Makes a new desk key for every officer whose own key a colleague vouched for."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Names who was granted it; tips are sealed to it from the next log-in on."""
        try:
            names = recovery.rotate_desk_key(recovery_secret())
        except accounts.Refused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"Granted to {', '.join(names)}. The next log-in proves the new key.")
