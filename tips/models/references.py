"""References as people type them: KD-4821, kd4821, “#KD–4821.”, and half of one."""

import re
import unicodedata
from itertools import product

LETTERS = "BCDFGHJKLMNPQRSTVWXZ"  # as tips/database/functions.sql deals them


def parse(typed: str) -> str:
    """The reference that was typed, like KD-4821; empty where it is none.

    Marks around it, any dash or space within and what cannot be seen do not matter.
    """
    letters = _letters_and_digits(typed)
    if re.fullmatch(r"[A-Z]{2}[0-9]{4}", letters) is None:
        return ""
    return f"{letters[:2]}-{letters[2:]}"


def with_half(typed: str) -> list[str]:
    """Every reference that begins with what was typed, from its two letters on; or ends with it.

    The end is four digits, or the letter before them too. Empty where it is no half; 10,000 at
    most, so that they are looked up and nothing is searched.
    """
    half = re.fullmatch(
        f"([{LETTERS}]{{2}})([0-9]{{0,3}})|([{LETTERS}]?)([0-9]{{4}})", _letters_and_digits(typed)
    )
    if half is None:
        return []
    first, begun, last_letter, digits = half.groups()
    if first:
        missing = 4 - len(begun)
        return [f"{first}-{begun}{rest:0{missing}}" for rest in range(10**missing)]
    pairs = product(LETTERS, last_letter or LETTERS)
    return [f"{one}{other}-{digits}" for one, other in pairs]


def _letters_and_digits(typed: str) -> str:
    seen = unicodedata.normalize("NFKC", typed[:100]).upper()
    return "".join(filter(str.isalnum, seen))
