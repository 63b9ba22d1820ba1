"""The receipt code, what is derived from it, and what makes sending safe to repeat."""

import json
import os
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from tips.crypto import base32, sealing

CODE_BYTES = 10
SUBMISSION_BYTES = 16
_SUBMISSION = re.compile(r"[0-9a-f]{32}")
# Sixteen letters and digits in fours, whatever little stands between: all that `parse_code` takes.
_MAYBE_CODE = re.compile(
    r"(?<![^\W_])(?=((?:[0-9A-Za-z]{4}[\W_]{0,3}){3}[0-9A-Za-z]{4})(?![^\W_]))"
)
MOST_CODES = 500  # of one text that are looked up; more is no letter but a way to keep us busy
REMOVED = "[code removed]"


def new_code() -> str:
    """A receipt code with 80 random bits, as ABCD-EFGH-JKMN-PQRS."""
    return base32.grouped(base32.encode(os.urandom(CODE_BYTES)))


def parse_code(text: str) -> str | None:
    """The typed code in its written form, or None; case, spaces, look-alikes forgiven."""
    plain = base32.tidy(text)
    return None if base32.decode(plain, CODE_BYTES) is None else base32.grouped(plain)


def look_up_id(code: str) -> bytes:
    """The 32 stored bytes by which a tip is found again; the code cannot be told from them."""
    return sealing.digest("kts look-up", code.encode())


def citizen_pair(code: str) -> sealing.KeyPair:
    """The pair that opens the desk's replies; only its public half is stored."""
    return sealing.pair_of(sealing.digest("kts citizen", code.encode()))


def maybe_codes(text: str) -> dict[str, set[str]]:
    """Every piece of the text that could be a code, in each spelling, by its written form."""
    found: dict[str, set[str]] = {}
    for match in _MAYBE_CODE.finditer(text):
        if code := parse_code(match[1]):
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


def new_submission() -> str:
    """A random page key: 32 hex digits."""
    return os.urandom(SUBMISSION_BYTES).hex()


def is_submission(text: str) -> bool:
    """Whether the text has the shape of a page key."""
    return bool(_SUBMISSION.fullmatch(text))


def page_of(submission: str) -> bytes:
    """What is stored of a page key: tells which tips came from one page, and nothing more."""
    return sealing.digest("kts page", submission.encode())


def sent_digest(
    submission: str, form: str, code: str, fields: Mapping[str, Any], photos: Sequence[bytes] = ()
) -> bytes:
    """32 bytes, equal for the same content from the same page and for nothing else."""
    document = [form, code, fields, [sealing.digest("kts photo", raw).hex() for raw in photos]]
    canonical = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sealing.digest("kts sent", canonical.encode(), key=submission.encode())


def box(code: str, submission: str, sent: bytes) -> bytes:
    """The code, readable only to whoever has the page."""
    return sealing.encrypt(code.encode(), _box_key(submission), sent)


def open_box(blob: bytes, submission: str, sent: bytes) -> str:
    """The code in the box; raises sealing.CannotOpen."""
    return sealing.decrypt(blob, _box_key(submission), sent).decode()


def _box_key(submission: str) -> bytes:
    return sealing.digest("kts box", submission.encode())
