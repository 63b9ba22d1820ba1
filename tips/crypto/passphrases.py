"""Passphrases: five words that the system makes and people type."""

import secrets
from functools import cache
from pathlib import Path

WORDS = 5  # of 7,776: 64.6 bits


@cache
def word_list() -> tuple[str, ...]:
    """The EFF's long list of 7,776 words for dice (eff.org/dice, CC BY 3.0 US)."""
    return tuple(Path(__file__).with_name("words.txt").read_text().split())


def new_passphrase() -> str:
    """Five random words with spaces between."""
    return " ".join(secrets.choice(word_list()) for _ in range(WORDS))


def normalise(text: str) -> str:
    """What somebody typed, in small letters with single spaces."""
    return " ".join(text.lower().split())
