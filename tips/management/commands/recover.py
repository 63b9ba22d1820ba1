"""When nobody is left who can open tips."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tips.access import accounts, recovery
from tips.management.typed import recovery_secret


class Command(BaseCommand):
    """Needs the recovery key from paper."""

    help = "Gives one officer access with the recovery key; --dry-run only proves that it could."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The officer's name, or --dry-run."""
        parser.add_argument("officer", nargs="?", help="the name of an officer or a supervisor")
        parser.add_argument("--dry-run", action="store_true", help="open, count, change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints one-time words for the officer, or how many tips the key opens."""
        officer = accounts.officer_named(options["officer"] or "")
        if officer is None and not options["dry_run"]:
            raise CommandError("Name an active officer: manage.py recover NAME")
        secret = recovery_secret()
        try:
            if officer is None or options["dry_run"]:
                opened, total = recovery.drill(secret)
                self.stdout.write(f"The recovery key opens {opened} of {total} tips.")
                if opened < total:
                    raise CommandError("Some tips do not open with this key.")
                return
            words = recovery.recover(recovery_secret=secret, officer=officer)
        except accounts.Refused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"One-time words for {officer}, good for 72 hours:\n\n  {words}\n")
