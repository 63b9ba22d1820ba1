"""Two recovery sheets, typed by two people, and what they open."""

import sys
from dataclasses import dataclass, field

from slu_antitrafficking.start.console import Problem
from tips.crypto import backup_keys, recovery_sheets
from tips.management.typed_sheets import sentence, two_sheets


@dataclass(frozen=True)
class Sheets:
    """Their words, and the key of sealed backups; none of it is to be printed or written down."""

    first: str = field(repr=False)
    second: str = field(repr=False)
    identity: str = field(repr=False)


def ask_for_sheets() -> Sheets:
    """At the terminal. Raises Problem for a slip, and where nobody sits at one."""
    if not sys.stdin.isatty():
        raise Problem("Two recovery sheets have to be typed at a terminal.")
    try:
        first, second = two_sheets().values()
        secret = recovery_sheets.join(first, second)
    except recovery_sheets.SheetError as error:
        raise Problem(sentence(error)) from None
    except EOFError:
        raise Problem("Nothing was changed.") from None
    return Sheets(first.strip(), second.strip(), backup_keys.identity(secret))
