"""Two recovery sheets, typed into a command, and what is said of a slip."""

import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError

from slu_antitrafficking.refusal import Refused
from tips.crypto import recovery_sheets
from tips.crypto.recovery_sheets import SheetError


def two_sheets() -> dict[str, str]:
    """What was typed at a terminal without showing it, or two lines of standard input."""
    if not sys.stdin.isatty():
        return {"sheet_1": sys.stdin.readline(), "sheet_2": sys.stdin.readline()}
    print(
        "The words are not shown. Type one or several at a time; four letters of each are enough."
    )
    return {"sheet_1": _asked("One sheet"), "sheet_2": _asked("Another sheet")}


def _asked(which: str) -> str:
    """The words of one sheet; one that is not in the list is asked again.

    Raises CommandError when the input ends before the last word.
    """
    words: list[str] = []
    while len(words) < recovery_sheets.WORDS:
        try:
            line = getpass.getpass(f"{which}, word {len(words) + 1}: ")
        except EOFError:
            raise CommandError("Nothing was changed.") from None
        for word in line.split():
            if not recovery_sheets.is_word(word):
                print(f"Word {len(words) + 1} is not in the list. Type it again.")
                break
            words.append(word)
    return " ".join(words)


@contextmanager
def refusals_as_errors() -> Iterator[None]:
    """Raises CommandError for a slip or a refusal inside, with the same sentence."""
    try:
        yield
    except SheetError as error:
        which = ("", "First sheet: ", "Second sheet: ")[error.sheet]
        raise CommandError(f"{which}{error}") from None
    except Refused as refusal:
        raise CommandError(str(refusal)) from None
