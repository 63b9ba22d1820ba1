"""The store of `./run demo`: made-up tips in all states, and four accounts to look at them."""

import os
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from slu_antitrafficking import DEMO_ACCOUNTS_FILE
from slu_antitrafficking.refusal import Refused
from tips.access import recovery
from tips.crypto.sealing import Keyring
from tips.demo.backdating import backdating_allowed
from tips.demo.casework import Staff
from tips.demo.history import History
from tips.demo.people import NEWCOMERS, Account, hired, settled
from tips.demo.stories import scenarios
from tips.models import Officer, Tip


class Command(BaseCommand):
    """Run by the starter as the owner after prepare, on a throw-away store alone."""

    help = "Fills a fresh store with made-up tips and four ready accounts; only with DEMO=1."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tips", type=int, default=300, help="how many (300)")

    def handle(self, *args: Any, **options: Any) -> None:
        """All or nothing, then one line with the seconds.

        Raises CommandError where this is no demonstration or no fresh store, and for too few tips.
        """
        started = time.monotonic()
        count, first = options["tips"], settings.FIRST_SUPERVISOR_FILE
        if not settings.DEMO:
            raise CommandError("Made-up tips belong in ./run demo alone; nothing was added.")
        if not first.exists() or Tip.objects.exists():
            raise CommandError(
                "The demonstration needs a fresh store: run prepare on an empty one."
            )
        if count < len(scenarios()):
            raise CommandError(f"At least {len(scenarios())} tips are needed to show every state.")
        account, *sheets = (line.split("\t") for line in first.read_text().splitlines())
        try:
            with transaction.atomic():
                ready = _fill(count, name=account[1], words=account[2])
                _write(settings.VAR / DEMO_ACCOUNTS_FILE, ready)
            recovery.confirm_sheets(sheets[0][1], sheets[2][1], by=account[1])
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"  {count} made-up tips: {time.monotonic() - started:.1f} s")


def _fill(count: int, *, name: str, words: str) -> list[Account]:
    supervisor, held = settled(words, name)
    Officer.objects.filter(pk=supervisor.officer.pk).update(email="supervisor@example.org")
    others = [hired(role, supervisor.officer, held) for role in NEWCOMERS]
    officer = next(other.officer for other in others if other.officer.role == Officer.Role.OFFICER)
    with backdating_allowed() as backdating:
        History(Staff(officer, supervisor.officer, Keyring(held)), backdating).fill(count)
        backdating.count_hours()
    return [others[0], supervisor, *others[1:]]


def _write(path: Path, accounts: list[Account]) -> None:
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.writelines(account.line for account in accounts)
