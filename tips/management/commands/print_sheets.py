"""The recovery sheets as a page to print."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tips.access import sheet_files


class Command(BaseCommand):
    """After a first start or `recover --new-sheets`, until two sheets were typed back."""

    help = "Says where the page with the three recovery sheets is, while it is still on this disk."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Says where the page is; no door ever serves it.

        Raises CommandError where the sheets are on paper alone.
        """
        path = sheet_files.page_to_print()
        if path is None:
            raise CommandError(
                "The recovery sheets are on paper alone. For a lost or worn one,"
                " ./run manage recover --new-sheets makes three new ones."
            )
        self.stdout.write(f"{path}: print it, then type two sheets back at the desk.")
