"""What ./run restore does once the rows are back."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import Max
from django.utils import timezone

from slu_antitrafficking.refusal import Refused
from tips.access import restored
from tips.management.terminal import refusals_as_errors
from tips.models import Event, Officer


class Command(BaseCommand):
    """No door is open meanwhile."""

    help = "Asks who left since a backup was made, ends sessions and makes a new desk key."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where two lines with the words of two sheets come from."""
        parser.add_argument("--sheets", type=int, required=True, help="number of a descriptor")

    def handle(self, *args: Any, **options: Any) -> None:
        """Names who holds the new key. Wrong sheets or no answer: nothing changed, exit 1."""
        with refusals_as_errors(), open(options["sheets"]) as lines:
            sheet_1, sheet_2 = lines.read().splitlines()
            left = self._who_left()
            holders = restored.settle(sheet_1=sheet_1, sheet_2=sheet_2, left=left)
        for officer in left:
            self.stdout.write(f"{officer} is deactivated.")
        if holders:
            self.stdout.write(f"There is a new desk key, granted to {', '.join(holders)}.")
        else:
            self.stdout.write("Nobody is left who can open tips: ./run manage recover NAME")

    def _who_left(self) -> list[Officer]:
        """As somebody types it. Raises EOFError where nobody answers."""
        newest = Event.objects.aggregate(at=Max("at"))["at"]
        if newest:
            when = f"{timezone.localtime(newest):%d %B %Y, %H:%M}"
            self.stdout.write(
                f"The newest entry of this backup's trail is of {when}. It knows nothing of what"
                " came later: ask who left since."
            )
        active = Officer.objects.filter(is_active=True).order_by("username")
        accounts = ", ".join(f"{one.username} ({one.role})" for one in active)
        self.stdout.write(f"Active accounts: {accounts}.")
        while True:
            self.stdout.write("Who has left since? Names with spaces between; Enter: nobody.")
            self.stdout.flush()
            line = sys.stdin.readline()
            if not line:
                raise EOFError
            try:
                return [restored.may_leave(name) for name in dict.fromkeys(line.split())]
            except Refused as refusal:
                self.stdout.write(str(refusal))
