"""Words that the system makes and people type: passphrases, and the recovery key on paper."""

import secrets
from functools import cache
from pathlib import Path

from tips.crypto import base32, sealing

WORDS = 5  # of 7,776: 64.6 bits
RECOVERY_BYTES = 32
_CHECK_BYTES = 2
_GROUPS = 13


@cache
def word_list() -> tuple[str, ...]:
    """The EFF's long list of 7,776 words for dice (eff.org/dice, CC BY 3.0 US)."""
    return tuple(Path(__file__).with_name("words.txt").read_text().split())


def new_passphrase() -> str:
    """Five random words with spaces between."""
    return " ".join(secrets.choice(word_list()) for _ in range(WORDS))


def tidy(text: str) -> str:
    """What somebody typed, in small letters with single spaces."""
    return " ".join(text.lower().split())


def written_recovery_key(secret: bytes) -> str:
    """13 groups of four characters and a check group, for paper."""
    check = sealing.digest("kts recovery", secret, size=_CHECK_BYTES)
    return base32.grouped(base32.encode(secret) + base32.encode(check))


def parse_recovery_key(text: str) -> bytes | None:
    """The 32 bytes that were written down, or None where a character is wrong or missing."""
    plain = base32.tidy(text)
    secret = base32.decode(plain[: 4 * _GROUPS], RECOVERY_BYTES)
    check = base32.decode(plain[4 * _GROUPS :], _CHECK_BYTES)
    if secret is None or check != sealing.digest("kts recovery", secret, size=_CHECK_BYTES):
        return None
    return secret
