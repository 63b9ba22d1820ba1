"""Two recovery sheets, typed back from paper."""

from typing import Any

from django.core.management.base import BaseCommand

from tips.access import recovery, sheet_files
from tips.management.terminal import refusals_as_errors
from tips.management.typed_sheets import two_sheets


class Command(BaseCommand):
    """Asked by the starter at the first start; the desk has a page for it too."""

    help = (
        "Takes any two recovery sheets typed back from paper, and deletes the first start's files."
    )
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Right: the files are gone. Wrong: nothing changed, exit 1."""
        to_say = sheet_files.words_to_say()
        with refusals_as_errors():
            recovery.confirm_sheets(**two_sheets(), by="command")
        self.stdout.write(
            "Right. The files of the first start are deleted; the sheets are on paper alone."
        )
        for name, words in to_say:
            self.stdout.write(
                f"The one-time words of {name} stood in one of them, and stand here for the last "
                f"time: {words}"
            )
