"""The receipt code, what is derived from it, and what makes sending safe to repeat."""

import json
import os
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from tips.crypto import base32, sealing

RANDOM_BYTES = 10
LETTERS = 17  # sixteen random ones, and one that checks them
IDEMPOTENCY_KEY_BYTES = 16
_IDEMPOTENCY_KEY = re.compile(r"[0-9a-f]{32}")
# Seventeen letters and digits in fours, the last five, whatever little stands between them; as
# keyboards of East Asia write them, too: U+FF10 to U+FF5A.
_LETTER = r"[0-9A-Za-z\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]"
_MAYBE_CODE = re.compile(
    rf"(?<![^\W_])(?=((?:{_LETTER}{{4}}[\W_]{{0,3}}){{3}}{_LETTER}{{5}})(?![^\W_]))"
)
MOST_CODES = 500  # of one text that are looked up; more is no letter but a way to keep us busy
REMOVED = "[code removed]"


class NotACode(Exception):
    """Too short, too long, or with a character that no code has."""


class Mistyped(NotACode):
    """As long as a code, but the last character does not check the others."""


def new_code() -> str:
    """A receipt code with 80 random bits, as ABCD-EFGH-JKMN-PQRST."""
    letters = base32.encode(os.urandom(RANDOM_BYTES))
    return written(letters + base32.check_character(letters))


def written(letters: str) -> str:
    """The seventeen letters of a code in its written form."""
    return "-".join((letters[:4], letters[4:8], letters[8:12], letters[12:]))


def parse_code(text: str) -> str:
    """The one code in what was typed or pasted, in its written form.

    Case, spaces and look-alikes are forgiven, and so are words beside it and the same code twice.
    Raises Mistyped when it has a code's length and letters and cannot be one, as after one wrong
    letter or two that changed places, and NotACode when it has not, or when two codes are there.
    """
    half = len(text) // 2
    if text[:half].strip() == text[half:].strip():
        text = text[:half]
    try:
        return _parse_letters(text)
    except Mistyped:
        raise
    except NotACode:
        codes = set(maybe_codes(text))
        if len(codes) == 1:
            return codes.pop()
        if not codes and _MAYBE_CODE.search(text):
            raise Mistyped from None
        raise


def _parse_letters(text: str) -> str:
    """As `parse_code`, of nothing but a code. Raises Mistyped and NotACode for the same."""
    letters = base32.normalise(text)
    if len(letters) != LETTERS or not set(letters) <= set(base32.ALPHABET):
        raise NotACode
    if not base32.is_checked(letters):
        raise Mistyped
    return written(letters)


def lookup_id(code: str) -> bytes:
    """The 32 stored bytes by which a tip is found again; the code cannot be told from them."""
    return sealing.digest("kts look-up", code.encode())


def citizen_pair(code: str) -> sealing.KeyPair:
    """The pair that opens the desk's replies; only its public half is stored."""
    return sealing.KeyPair(sealing.digest("kts citizen", code.encode()))


def maybe_codes(text: str) -> dict[str, set[str]]:
    """Every piece of the text that could be a code, in each spelling, by its written form."""
    found: dict[str, set[str]] = {}
    for match in _MAYBE_CODE.finditer(text):
        try:
            code = _parse_letters(match[1])
        except NotACode:
            continue
        found.setdefault(code, set()).add(match[1])
        if len(found) == MOST_CODES:
            break
    return found


def cut_codes(text: str, codes: Collection[str]) -> str:
    """The text without these codes, in whatever way they were typed."""
    maybe = maybe_codes(text)
    for code in codes:
        for piece in maybe.get(code, ()):
            text = text.replace(piece, REMOVED)
    return text


def new_idempotency_key() -> str:
    """What a form carries so that sending it twice is safe: 32 random hex digits."""
    return os.urandom(IDEMPOTENCY_KEY_BYTES).hex()


def is_idempotency_key(text: str) -> bool:
    """Whether the text has the shape of one."""
    return bool(_IDEMPOTENCY_KEY.fullmatch(text))


def page_digest(key: str) -> bytes:
    """What is stored of an idempotency key: which tips came from one page, and nothing more."""
    return sealing.digest("kts page", key.encode())


def content_digest(
    key: str, form: str, code: str, fields: Mapping[str, Any], photos: Sequence[bytes] = ()
) -> bytes:
    """32 bytes, equal for the same content from the same page and for nothing else."""
    document = [form, code, fields, [sealing.digest("kts photo", raw).hex() for raw in photos]]
    canonical = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sealing.digest("kts content", canonical.encode(), key=key.encode())


def escrow(code: str, key: str, content: bytes) -> bytes:
    """The code, readable only to whoever sends this content from this page again."""
    return sealing.encrypt(code.encode(), _escrow_key(key, content), content)


def open_escrow(blob: bytes, key: str, content: bytes) -> str:
    """The escrowed code. Raises sealing.CannotOpen for another page or content."""
    return sealing.decrypt(blob, _escrow_key(key, content), content).decode()


def _escrow_key(key: str, content: bytes) -> bytes:
    return sealing.digest("kts escrow", key.encode() + content)
