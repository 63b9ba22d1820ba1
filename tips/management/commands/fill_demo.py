"""The store of `./run demo`: made-up tips in all states, and accounts to look at them."""

import os
import time
from argparse import ArgumentParser
from pathlib import Path
from random import Random
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from slu_antitrafficking import DEMO_ACCOUNTS_FILE
from slu_antitrafficking.refusal import Refused
from tips.access import accounts, recovery
from tips.crypto.sealing import Keyring
from tips.demo import office
from tips.demo.backdating import backdating_allowed
from tips.demo.casework import Staff
from tips.demo.history import SEED, History
from tips.demo.people import NEWCOMERS, READS, Account, hired, settled
from tips.demo.stories import fewest_tips
from tips.models import Officer, Tip


class Command(BaseCommand):
    """Run by the starter as the owner after prepare, on a throw-away store alone."""

    help = "Fills a fresh store with made-up tips and ready accounts; only with DEMO=1."
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
        if count < fewest_tips():
            raise CommandError(f"At least {fewest_tips()} tips are needed to show every state.")
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
    chief, rng = supervisor.officer, Random(SEED)
    Officer.objects.filter(pk=chief.pk).update(email="supervisor@example.org")
    officer, auditor, editor, colleague, leaver = (
        hired(role, chief, held, name) for role, name in NEWCOMERS
    )
    for one in (officer, colleague, supervisor):
        reads = READS[one.officer.username]
        accounts.change_languages(officer=one.officer, reads=reads, by=chief)
    staff = Staff(officer.officer, colleague.officer, chief, leaver.officer, Keyring(held))
    with backdating_allowed() as backdating:
        History(staff, backdating).fill(count)
        backdating.count_hours()
        office.date_accounts(
            backdating, {"officer": 70, "auditor": 70, "editor": 68, "winston": 66, "marva": 4}
        )
    office.fill_trail([staff.officer, chief, staff.colleague], auditor.officer, rng)
    office.look_where_one_may_not(staff.officer)
    office.count_calls_without_tip(rng)
    accounts.deactivate(officer=staff.leaver, by=chief, held=held)
    return [officer, supervisor, auditor, editor, colleague]


def _write(path: Path, accounts: list[Account]) -> None:
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.writelines(account.line for account in accounts)
