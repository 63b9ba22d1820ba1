"""Keyed hashes by which a holder of the desk key says what is true: whose a pair is, which key."""

import struct
from uuid import UUID

from tips.crypto.sealing import digest


def attestation(desk_secret: bytes, officer: UUID, public: bytes) -> bytes:
    """Tells a holder of the desk key that another holder gave this officer this pair."""
    key = digest("kts attest key", desk_secret)
    return digest("kts attestation", officer.bytes + public, key=key)


def succession(
    predecessor: bytes, public: bytes, recovery_public: bytes, backup_recipient: bytes
) -> bytes:
    """Tells a holder of the predecessor's secret that another holder made this desk key.

    It covers all that is fixed in the new key's row, so that nobody without the predecessor swaps
    the key, the recovery half or where backups go. The first desk key is its own predecessor.
    """
    key = digest("kts succeed key", predecessor)
    parts = (public, recovery_public, backup_recipient)
    return digest("kts succession", b"".join(_prefixed(part) for part in parts), key=key)


def _prefixed(part: bytes) -> bytes:
    return struct.pack(">I", len(part)) + part
