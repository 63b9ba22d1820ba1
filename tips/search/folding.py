"""Text made comparable: case, accents, quotation marks, dashes and odd spaces do not matter."""

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


def fold(text: str) -> str:
    """The text in small letters without accents; nothing is joined or cut."""
    return unaccented(text.lower())


def unaccented(text: str) -> str:
    """The text without accents; capitals without an accent stay."""
    return text if text.isascii() else _NOT_ASCII.sub(_plain, text)


def _plain(letter: re.Match[str]) -> str:
    return _PLAIN.get(letter[0], letter[0])


def bare(folded: str) -> str:
    """Of a folded text only a to z and 0 to 9: a number, however it was written."""
    return folded.encode("ascii", "ignore").translate(None, _NOT_BARE).decode()
