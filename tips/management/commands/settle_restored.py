"""What ./run restore does once the rows are back."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from tips.access import restored
from tips.management.leavers import ask_who_left
from tips.management.terminal import refusals_as_errors


class Command(BaseCommand):
    """At a terminal. No door is open to this database meanwhile."""

    help = "Deactivates who left since a backup was made, ends sessions and makes a new desk key."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where two lines with the words of two sheets come from."""
        parser.add_argument("--sheets", type=int, required=True, help="number of a descriptor")

    def handle(self, *args: Any, **options: Any) -> None:
        """Asks who left, and names who holds the new key. Wrong sheets: nothing changed, exit 1."""
        with refusals_as_errors(), open(options["sheets"]) as lines:
            sheet_1, sheet_2 = lines.read().splitlines()
            left = ask_who_left(self.stdout)
            holders = restored.settle(sheet_1=sheet_1, sheet_2=sheet_2, left=left)
        for officer in left:
            self.stdout.write(f"{officer} is deactivated.")
        if holders:
            self.stdout.write(f"There is a new desk key, granted to {', '.join(holders)}.")
        else:
            self.stdout.write("Nobody is left who can open tips: ./run manage recover NAME")
