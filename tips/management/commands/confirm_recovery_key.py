"""The recovery key, typed back from paper."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tips.access import recovery
from tips.management.typed import recovery_text


class Command(BaseCommand):
    """Asked by the starter at the first start; the desk has a page for it too."""

    help = "Takes the recovery key typed back from paper, and deletes the first start's file."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Right: the file is gone. Wrong: nothing changed, exit 1."""
        if not recovery.typed_back(recovery_text(), by="command"):
            raise CommandError(
                "That is not the recovery key. Compare it with the paper and try again."
            )
        self.stdout.write(
            "Right. The file of the first start is deleted; the key is on your paper alone."
        )
