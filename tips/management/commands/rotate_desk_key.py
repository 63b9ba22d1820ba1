"""A new desk key."""

from typing import Any

from django.core.management.base import BaseCommand

from tips.access import recovery
from tips.management.terminal import refusals_as_errors
from tips.management.typed_sheets import two_sheets


class Command(BaseCommand):
    """Needs any two recovery sheets from paper; nothing is sealed anew."""

    help = (
        "Makes a new desk key for every officer whose own key a colleague attested, and deletes"
        " desk keys that nobody at the desk made."
    )
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Names who was granted it; tips are sealed to it from now on."""
        with refusals_as_errors():
            names = recovery.rotate_desk_key(**two_sheets())
        self.stdout.write(f"Granted to {', '.join(names)}. Everybody logs in once more.")
