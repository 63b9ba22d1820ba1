"""Two recovery sheets, typed by two people, and what they open."""

import sys
from dataclasses import dataclass, field

from slu_antitrafficking.start.console import Problem
from tips.crypto import backup_keys, recovery_sheets, sealing
from tips.management.typed_sheets import sentence, two_sheets


@dataclass(frozen=True)
class Sheets:
    """Their words, and the pair of sealed backups; all but the recipient is neither to be printed
    nor written down."""

    first: str = field(repr=False)
    second: str = field(repr=False)
    identity: str = field(repr=False)
    recipient: str  # of backups that they open


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
    recipient = backup_keys.recipient(sealing.backup_recipient(secret))
    return Sheets(first.strip(), second.strip(), backup_keys.identity(secret), recipient)
