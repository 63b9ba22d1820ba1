"""Two recovery sheets typed at a terminal, or two lines of standard input. Needs no Django."""

import getpass
import sys

from tips.crypto import recovery_sheets


def two_sheets() -> dict[str, str]:
    """What was typed at a terminal without showing it, or two lines of standard input.

    Raises EOFError when the input at a terminal ends before the last word.
    """
    if not sys.stdin.isatty():
        return {"sheet_1": sys.stdin.readline(), "sheet_2": sys.stdin.readline()}
    print(
        "The words are not shown. Type one or several at a time; four letters of each are enough."
    )
    return {"sheet_1": _asked("One sheet"), "sheet_2": _asked("Another sheet")}


def _asked(which: str) -> str:
    """The words of one sheet; one that is not in the list is asked again."""
    words: list[str] = []
    while len(words) < recovery_sheets.WORDS:
        line = getpass.getpass(f"{which}, word {len(words) + 1}: ")
        for word in line.split():
            if not recovery_sheets.is_word(word):
                print(f"Word {len(words) + 1} is not in the list. Type it again.")
                break
            words.append(word)
    return " ".join(words)


def sentence(error: recovery_sheets.SheetError) -> str:
    """What is said of a slip, with the sheet it is on."""
    return f"{('', 'First sheet: ', 'Second sheet: ')[error.sheet]}{error}"
