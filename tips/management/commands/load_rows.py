"""What ./run restore fills an empty database with."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from tips.database import rows
from tips.management.terminal import refusals_as_errors


class Command(BaseCommand):
    """As the owner; nothing that the rows bring is run."""

    help = "Makes the tables of a backup's version and fills them with the rows on standard input."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """All of them. Raises CommandError with the reason when they do not fit: then none."""
        try:
            with (
                refusals_as_errors(),
                open(sys.stdin.fileno(), "rb", rows.PIECE, closefd=False) as stream,
            ):
                left_out = rows.load(stream)
        except DatabaseError as error:
            raise CommandError(
                f"The backup's rows do not fit: {str(error).splitlines()[0]}"
            ) from None
        for name in left_out:
            self.stdout.write(f"Left out, for no release has such a table: {name!r}")
