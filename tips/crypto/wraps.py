"""What lies under a passphrase, and Argon2id, which makes guessing it dear.

A wrap, version 1, is
    version 1 ‖ passes 4 ‖ bytes of memory 4 ‖ salt 16 ‖ nonce 12 ‖ ChaCha20-Poly1305
under Argon2id (RFC 9106, one lane) of a passphrase, with the header and the officer's id as
associated data.
"""

import os
import struct
from uuid import UUID

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from tips.crypto.sealing import KEY_BYTES, Blob, CannotOpen, decrypt, encrypt

VERSION = 1
_HEADER = struct.Struct(">BII16s")
# Argon2id: passes and bytes of memory. Written into every wrap, so a later change opens old ones.
COST = (3, 128 * 1024 * 1024)


def wrap(payload: bytes, passphrase: str, officer: UUID) -> bytes:
    """The payload under Argon2id of the passphrase, for this officer only."""
    passes, memory = COST
    salt = os.urandom(16)
    header = _HEADER.pack(VERSION, passes, memory, salt)
    key = derive(passphrase, salt, passes, memory)
    return header + encrypt(payload, key, header + officer.bytes)


def unwrap(blob: Blob, passphrase: str, officer: UUID) -> bytes:
    """The payload of a wrap, after exactly one derivation.

    Raises CannotOpen for other words, another officer, an unknown version or damage.
    """
    blob = bytes(blob)
    header, sealed = blob[: _HEADER.size], blob[_HEADER.size :]
    try:
        version, passes, memory, salt = _HEADER.unpack(header)
        if version != VERSION or passes > 16 or memory > 2**30:
            raise CannotOpen
        key = derive(passphrase, salt, passes, memory)
    except (ValueError, struct.error) as error:
        raise CannotOpen from error
    return decrypt(sealed, key, header + officer.bytes)


def derive(passphrase: str, salt: bytes, passes: int, memory: int) -> bytes:
    """32 bytes by Argon2id; `memory` in bytes. Raises ValueError for a cost that cannot be."""
    kdf = Argon2id(
        salt=salt, length=KEY_BYTES, iterations=passes, lanes=1, memory_cost=memory // 1024
    )
    return kdf.derive(passphrase.encode())


def dummy_derivation(passphrase: str) -> None:
    """One derivation for nobody, so that an unknown name costs what a known one does."""
    derive(passphrase, bytes(16), *COST)
