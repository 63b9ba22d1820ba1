"""When nobody is left who can open tips."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from tips.access import recovery, sheet_files
from tips.management.terminal import refusals_as_errors
from tips.management.typed_sheets import two_sheets
from tips.models import Officer


class Command(BaseCommand):
    """Needs any two recovery sheets from paper."""

    help = (
        "Gives one officer access with two recovery sheets. --dry-run only proves that it could;"
        " --new-sheets makes three new sheets, because one is lost, with or without a name."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The officer's name, or what is done without one."""
        parser.add_argument("officer", nargs="?", help="the name of an officer or a supervisor")
        parser.add_argument("--dry-run", action="store_true", help="open, count, change nothing")
        parser.add_argument("--new-sheets", action="store_true", help="the old ones open no more")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints one-time words for the officer, or how many tips the sheets open.

        Raises CommandError where no active officer is named but has to be.
        """
        name, dry_run, new_sheets = (options[key] for key in ("officer", "dry_run", "new_sheets"))
        officer = Officer.objects.active_named(name or "")
        if officer is None and (name or not (dry_run or new_sheets)):
            raise CommandError("Name an active officer: ./run manage recover NAME")
        with refusals_as_errors():
            if dry_run:
                self._drill()
            elif officer is None:
                keep = sheet_files.write_new_sheets
                recovery.replace_sheets(**two_sheets(), keep=keep)
                self._tell_of_new_sheets()
            else:
                self._recover(officer, new_sheets)

    def _drill(self) -> None:
        opened, total = recovery.drill(**two_sheets())
        self.stdout.write(f"The recovery sheets open {opened} of {total} tips.")
        if opened < total:
            raise CommandError("Some tips do not open with these sheets.")

    def _recover(self, officer: Officer, new_sheets: bool) -> None:
        keep = sheet_files.write_new_sheets if new_sheets else None
        words = recovery.recover(**two_sheets(), officer=officer, keep_new_sheets=keep)
        self.stdout.write(f"One-time words for {officer}, good for 72 hours:\n\n  {words}\n")
        if new_sheets:
            self._tell_of_new_sheets()

    def _tell_of_new_sheets(self) -> None:
        self.stdout.write(
            f"Three new recovery sheets are in {settings.RECOVERY_SHEETS_FILE}: print them, burn"
            " the old ones, and type two of the new ones back at the desk, which deletes the file."
            " Until then the desk shows a red line.\n"
            "The old sheets still open every copy and backup of the database made before now."
        )
