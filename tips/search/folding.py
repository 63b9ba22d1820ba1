"""Text made comparable: case, accents, quotation marks, dashes and odd spaces do not matter."""

import codecs
import re
import unicodedata

_ALIKE = {
    "œ": "oe",
    "æ": "ae",
    "ø": "o",
    "ß": "ss",
    "ð": "d",
    "þ": "th",
    "ł": "l",
    "đ": "d",
    "ı": "i",
    **dict.fromkeys("‘’‚‛′´`ʼ", "'"),
    **dict.fromkeys("“”„‟″«»", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    **dict.fromkeys("\u00a0\u1680\u2028\u2029\u202f\u205f\u3000", " "),
    **dict.fromkeys(map(chr, range(0x2000, 0x200B)), " "),
    # What is not seen: joiners, marks of direction, soft hyphens, the byte order mark.
    **dict.fromkeys("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff", ""),
    **dict.fromkeys(map(chr, range(0x202A, 0x202F)), ""),
}


def _without_accents(letter: str) -> str:
    parts = unicodedata.normalize("NFKD", letter).lower()
    return "".join(_ALIKE.get(part, part) for part in parts if not unicodedata.combining(part))


# Latin letters, the combining accents, figures in other shapes (１２３).
_PLAIN = (
    {chr(code): _without_accents(chr(code)) for code in range(0x80, 0x250)}
    | {chr(code): _without_accents(chr(code)) for code in range(0x1E00, 0x1F00)}
    | {chr(code): _without_accents(chr(code)) for code in range(0xFF01, 0xFF5F)}
    | {chr(code): "" for code in range(0x300, 0x370)}
    | _ALIKE
)
# Three letters in a hundred; str.translate would look up all of them.
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_NOT_BARE = bytes(code for code in range(256) if not chr(code).encode("latin-1").isalnum())
# What is of Latin-1, but for a few marks, is folded by a table of bytes, ten times faster. This
# stands in it for what becomes two letters or leaves Latin-1; no text has this control character.
_SLOW = 0x80


def fold(text: str) -> str:
    """The text in small letters without accents; nothing is joined or cut."""
    if text.isascii():
        return text.lower()
    fast = _translated(text, _FOLDED)
    return one_by_one(text.lower()) if fast is None else fast


def unaccented(text: str) -> str:
    """The text without accents; capitals without an accent stay."""
    if text.isascii():
        return text
    fast = _translated(text, _UNACCENTED)
    return one_by_one(text) if fast is None else fast


def one_by_one(text: str) -> str:
    """The text without accents, of whatever letters."""
    return _NOT_ASCII.sub(_plain, text)


def _plain(letter: re.Match[str]) -> str:
    return _PLAIN.get(letter[0], letter[0])


def _translated(text: str, table: bytes) -> str | None:
    """The text by a table of Latin-1; None where it has what the table does not know."""
    try:
        latin = text.encode("latin-1", _MARKS).translate(table, b"\xad")
    except UnicodeEncodeError:
        return None
    return None if _SLOW in latin else latin.decode("latin-1")


def _byte(folded: str) -> int:
    return ord(folded) if len(folded) == 1 and ord(folded) < 0x100 else _SLOW


def _marks(error: UnicodeError) -> tuple[str, int]:
    """For `str.encode`, where a text leaves Latin-1. Raises the error where it is no mark."""
    assert isinstance(error, UnicodeEncodeError)
    plain = one_by_one(error.object[error.start : error.end])
    if not plain.isascii():
        raise error
    return plain, error.end


_LATIN = [chr(code) for code in range(0x100)]
_FOLDED = bytes(_byte(one_by_one(letter.lower())) for letter in _LATIN)
_UNACCENTED = bytes(_byte(one_by_one(letter)) for letter in _LATIN)
_MARKS = "kts marks"
codecs.register_error(_MARKS, _marks)


def bare(folded: str) -> str:
    """Of a folded text only a to z and 0 to 9: a number, however it was written."""
    return folded.encode("ascii", "ignore").translate(None, _NOT_BARE).decode()
