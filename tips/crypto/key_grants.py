"""A desk key's secret, sealed to an officer's pair or to the recovery sheets.

HPKE as in `tips.crypto.sealing`, 1,168 bytes. Whose grant it is and of which desk key stands in
HPKE's `info`, so that a row moved to somebody else does not open.
"""

from uuid import UUID

from tips.crypto.sealing import VERSION, Blob, KeyPair, open_key, seal_key

_FOR_OFFICER = b"kts key grant" + bytes([VERSION])
_FOR_RECOVERY = b"kts recovery copy" + bytes([VERSION])


def grant(secret: bytes, public: bytes, officer: UUID, key: Blob) -> bytes:
    """The desk key with this id, sealed to an officer's pair (1,168 bytes).

    Raises CannotSeal when the public half is no key.
    """
    return seal_key(secret, public, _FOR_OFFICER + officer.bytes + bytes(key))


def open_grant(sealed: Blob, pair: KeyPair, officer: UUID, key: Blob) -> bytes:
    """The desk secret in a grant. Raises CannotOpen for another officer's or desk key's."""
    return open_key(sealed, pair, _FOR_OFFICER + officer.bytes + bytes(key))


def recovery_copy(secret: bytes, recovery_public: bytes, key: Blob) -> bytes:
    """The desk key with this id, sealed to the recovery sheets (1,168 bytes).

    Raises CannotSeal when the public half is no key.
    """
    return seal_key(secret, recovery_public, _FOR_RECOVERY + bytes(key))


def open_recovery_copy(sealed: Blob, recovery: KeyPair, key: Blob) -> bytes:
    """The desk secret in a recovery copy. Raises CannotOpen for other sheets or another key."""
    return open_key(sealed, recovery, _FOR_RECOVERY + bytes(key))
