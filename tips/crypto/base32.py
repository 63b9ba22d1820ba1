"""Crockford's base32 (crockford.com/base32.html): no I, L, O or U, so that a code can be copied."""

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOK_ALIKES = str.maketrans({"I": "1", "L": "1", "O": "0", "U": "V"})


def encode(data: bytes) -> str:
    """The bytes as characters, five bits each, filled up with zero bits at the end."""
    bits = len(data) * 8
    length = -(-bits // 5)
    number = int.from_bytes(data) << (length * 5 - bits)
    return "".join(ALPHABET[number >> shift & 31] for shift in range((length - 1) * 5, -1, -5))


def decode(text: str, size: int) -> bytes | None:
    """The bytes that `encode` was given; None for another length or alphabet."""
    bits = size * 8
    length = -(-bits // 5)
    if len(text) != length or any(character not in ALPHABET for character in text):
        return None
    number = 0
    for character in text:
        number = number << 5 | ALPHABET.index(character)
    spare = length * 5 - bits
    if number & ((1 << spare) - 1):
        return None
    return (number >> spare).to_bytes(size)


def tidy(text: str) -> str:
    """What somebody typed, without spaces and marks, in capitals, with look-alikes set right."""
    plain = "".join(character for character in text.upper() if character.isalnum())
    return plain.translate(_LOOK_ALIKES)


def grouped(text: str) -> str:
    """Groups of four with hyphens between."""
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))
