"""Crockford's base32 (crockford.com/base32.html): no I, L, O or U, so that a code can be copied.

Its own check symbols go beyond the 32; ours stays inside: Damm's scheme over the field of 32
elements (H. M. Damm, 2004), in which doubling is multiplication by x modulo x⁵ + x² + 1. It catches
every wrong character and every swap of two, neighbours or not, up to 31 characters.
"""

import unicodedata

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOK_ALIKES = str.maketrans({"I": "1", "L": "1", "O": "0", "U": "V"})
_MODULUS = 0b100101


def encode(data: bytes) -> str:
    """The bytes as characters, five bits each, filled up with zero bits at the end."""
    bits = len(data) * 8
    length = -(-bits // 5)
    number = int.from_bytes(data) << (length * 5 - bits)
    return "".join(ALPHABET[number >> shift & 31] for shift in range((length - 1) * 5, -1, -5))


def check_character(text: str) -> str:
    """The character that makes `is_checked` true when it stands behind the text."""
    return ALPHABET[_checksum(text)]


def is_checked(text: str) -> bool:
    """Whether the last character checks the others. The text holds nothing but ALPHABET."""
    return _checksum(text[:-1]) == ALPHABET.index(text[-1])


def normalise(text: str) -> str:
    """What somebody typed, without spaces and marks, in capitals, with look-alikes set right.

    Letters and digits of full width are letters and digits (Unicode's NFKC).
    """
    plain = unicodedata.normalize("NFKC", text).upper()
    plain = "".join(character for character in plain if character.isalnum())
    return plain.translate(_LOOK_ALIKES)


def _checksum(text: str) -> int:
    number = 0
    for character in text:
        number = (number ^ ALPHABET.index(character)) << 1
        if number > 31:
            number ^= _MODULUS
    return number
