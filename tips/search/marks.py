"""What tells one telephone or vehicle from another, however people write it."""

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from tips.search.folding import bare, unaccented

LOCAL_DIGITS = 7  # of a telephone number, behind +1 758


class MarkKind(StrEnum):
    """What it belongs to."""

    PHONE = "phone"
    PLATE = "plate"


class Mark(NamedTuple):
    """One of them: seven digits of a telephone, or a plate in small letters without a space."""

    kind: MarkKind
    value: str


_DIGITS = re.compile(r"\d\d")
_SEVEN_DIGITS = re.compile(r"(?:\d[\s().-]*){7}")  # in one; without them no pattern has to be tried
_PHONES = (
    # As here: three digits and four. What stands before them, +1 758 or 809, is the country's.
    re.compile(r"(?<![\w.])\+?\(?(?:\d{1,3}[\s().-]*){0,2}[2-9]\d\d[\s.-]*\d{4}(?![\w]|[.-]\d)"),
    # As abroad: + or 00, and digits in groups of any size.
    re.compile(r"(?<![\w.])(?:\+|00)\d(?:[\s().-]?\d){8,14}(?!\w)"),
    re.compile(r"(?<![\w.])\d{10,15}(?!\w)"),
)
# Two to four digits, and the one or two letters before them: sought from the digits, which are few.
_PLATE_DIGITS = re.compile(r"(?<!\d)\d{2,4}(?!\w|[.,-]\d)")
_PLATE_LETTERS = re.compile(r"(?<![\w.])([A-Za-z])[\s.-]*([A-Za-z])?[\s.-]*$")
_LETTERS_WITHIN = 16  # characters before the digits
# Beside a number these are units and money, however they are written.
_UNITS = "am cc cm ec eu ft hp kg km lb mm mr no nr pm rm us"
# Before a number, in small letters and apart from it, these are words of our languages.
_SHORT_WORDS = (
    "a ad ak al an as at au ba be by ca ce da de di do du el en es et go ha he i if il in is it ja"
    " je ka ki la le li lo ma me mi mo my ne ni o of on or ou qu sa se si so st su ta te ti to tu"
    " un up va we wi y ya yo"
)
_IS_UNIT, _IS_WORD = frozenset(_UNITS.split()), frozenset(_SHORT_WORDS.split())


def marks(text: str) -> frozenset[Mark]:
    """The telephone numbers and plates in a text."""
    if not _DIGITS.search(text):
        return frozenset()
    plain = unaccented(text)
    found = {Mark(MarkKind.PHONE, digits) for digits in _phones(plain)}
    return frozenset(found | {Mark(MarkKind.PLATE, plate) for plate in _plates(plain)})


def _phones(text: str) -> Iterator[str]:
    for pattern in _PHONES if _SEVEN_DIGITS.search(text) else ():
        for written in pattern.findall(text):
            yield bare(written)[-LOCAL_DIGITS:]


def _plates(text: str) -> Iterator[str]:
    shouted = text.isupper()
    for number in _PLATE_DIGITS.finditer(text):
        start = number.start()
        found = _PLATE_LETTERS.search(text, max(start - _LETTERS_WITHIN, 0), start)
        if found is None:
            continue
        letters, digits = found[1] + (found[2] or ""), number[0]
        in_capitals = letters.isupper() and not shouted
        least = 2 if len(letters) == 2 and in_capitals else 3
        is_word = letters.lower() in _IS_WORD and not in_capitals
        together = found[0] == letters
        if len(digits) >= least and letters.lower() not in _IS_UNIT and (together or not is_word):
            yield f"{letters}{digits}".lower()
