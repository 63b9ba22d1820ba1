"""What the commands for passwords say, now that there are none."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError


class ReplacedCommand(BaseCommand):
    """Refuses, and says what to use."""

    help = "Not used here: a password from the shell would open no tip."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Takes what Django's own command would take."""
        parser.add_argument("anything", nargs="*")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError for any use of it, with the three ways there are."""
        raise CommandError(
            "There are no passwords here. The first start made a supervisor (first-supervisor.txt);"
            " a supervisor gives access at the desk, under Accounts;"
            " if nobody can, use ./run manage recover NAME with two recovery sheets."
        )
