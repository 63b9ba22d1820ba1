"""Everything that seals and opens; the only importer of libsodium (through PyNaCl).

An envelope, version 1, is
    version 1 ‖ n 1 ‖ n × (key id 8 ‖ sealed box of the data key 80) ‖ nonce 24 ‖ XChaCha20-Poly1305
with everything before the ciphertext and the row's place as associated data, so that a blob that
was moved, cut or changed does not open. A wrap, version 1, is
    version 1 ‖ passes 4 ‖ bytes of memory 4 ‖ salt 16 ‖ nonce 24 ‖ XChaCha20-Poly1305
under Argon2id of a passphrase, with the header and the officer's id as associated data.
"""

import json
import os
import struct
from collections.abc import Sequence
from hashlib import blake2b
from typing import Any, NamedTuple
from uuid import UUID

from nacl import bindings as sodium
from nacl.exceptions import CryptoError

VERSION = 1
KEY_BYTES = 32
KEY_ID_BYTES = 8
SLOT_BYTES = KEY_ID_BYTES + KEY_BYTES + sodium.crypto_box_SEALBYTES
NONCE_BYTES = sodium.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
SALT_BYTES = 16
WRAP_HEADER = struct.Struct(f">BII{SALT_BYTES}s{NONCE_BYTES}s")

LARGEST_STEP = 64 * 1024
# Argon2id: passes and bytes of memory. Written into every wrap, so a later change opens old ones.
COST = (3, 128 * 1024 * 1024)


# What a database column gives back.
Blob = bytes | memoryview


class CannotOpen(Exception):
    """Damaged, moved, of an unknown version or for somebody else; nothing was opened."""


class CannotSeal(Exception):
    """A public half that is no key; nothing was sealed."""


class KeyPair(NamedTuple):
    """An X25519 pair, 32 bytes each."""

    secret: bytes
    public: bytes


class Place(NamedTuple):
    """Where a blob lives; it opens nowhere else."""

    table: str
    row: UUID
    field: str

    def bound(self) -> bytes:
        """The place as length-prefixed bytes, so that no two places look alike."""
        parts = (self.table.encode(), self.row.bytes, self.field.encode())
        return b"".join(struct.pack(">H", len(part)) + part for part in parts)


def digest(label: str, data: bytes, key: bytes = b"", size: int = 32) -> bytes:
    """BLAKE2b of the data for one purpose only, which the label (at most 16 bytes) names."""
    return blake2b(data, digest_size=size, key=key, person=label.encode()).digest()


def new_key() -> bytes:
    """32 random bytes."""
    return os.urandom(KEY_BYTES)


def new_pair() -> KeyPair:
    """A random pair."""
    return pair_of(new_key())


def pair_of(secret: bytes) -> KeyPair:
    """The pair whose secret half this is."""
    return KeyPair(secret, sodium.crypto_scalarmult_base(secret))


def key_id(public: bytes) -> bytes:
    """The 8 bytes by which an envelope names a recipient."""
    return digest("kts key id", public, size=KEY_ID_BYTES)


def encrypt(plain: bytes, key: bytes, bound: bytes) -> bytes:
    """XChaCha20-Poly1305 under a random nonce, which stands in front."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(plain, bound, nonce, key)


def decrypt(blob: Blob, key: bytes, bound: bytes) -> bytes:
    """What `encrypt` was given; raises CannotOpen."""
    blob = bytes(blob)
    try:
        return sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(
            blob[NONCE_BYTES:], bound, blob[:NONCE_BYTES], key
        )
    except (CryptoError, ValueError, TypeError) as error:
        raise CannotOpen from error


def padded(plain: bytes) -> bytes:
    """Filled up to 1, 2, 4 … 64 KiB, then to whole 64 KiB, so that the length tells little."""
    step = 1024
    while step < LARGEST_STEP and len(plain) >= step:
        step *= 2
    return sodium.sodium_pad(plain, step)


def unpadded(plain: bytes) -> bytes:
    """What `padded` was given; raises CannotOpen."""
    body = plain.rstrip(b"\0")
    if body[-1:] != b"\x80":
        raise CannotOpen
    return body[:-1]


def seal(plain: bytes, recipients: Sequence[bytes], place: Place) -> bytes:
    """An envelope that the holder of any recipient's secret half opens, at this place only."""
    data_key = new_key()
    slots = b"".join(key_id(public) + grant(data_key, public) for public in recipients)
    header = bytes([VERSION, len(recipients)]) + slots
    return header + encrypt(padded(plain), data_key, header + place.bound())


def open_sealed(blob: Blob, secrets: Sequence[bytes], place: Place) -> bytes:
    """What was sealed; tries each secret that the envelope names. Raises CannotOpen."""
    blob = bytes(blob)
    slots = _slots(blob)
    end = 2 + len(slots) * SLOT_BYTES
    header, sealed = blob[:end], blob[end:]
    for secret in secrets:
        pair = pair_of(secret)
        if slot := slots.get(key_id(pair.public)):
            return unpadded(decrypt(sealed, open_grant(slot, pair), header + place.bound()))
    raise CannotOpen


def is_for(blob: Blob, secrets: Sequence[bytes]) -> bool:
    """Whether the envelope names the holder of one of these secrets; opens nothing."""
    try:
        slots = _slots(bytes(blob))
    except CannotOpen:
        return False
    return any(key_id(pair_of(secret).public) in slots for secret in secrets)


def _slots(blob: bytes) -> dict[bytes, bytes]:
    """The boxed data keys by the recipients' key ids; raises CannotOpen."""
    if len(blob) < 2 or blob[0] != VERSION:
        raise CannotOpen
    slots = {
        blob[at : at + KEY_ID_BYTES]: blob[at + KEY_ID_BYTES : at + SLOT_BYTES]
        for at in range(2, 2 + blob[1] * SLOT_BYTES, SLOT_BYTES)
    }
    if len(slots) != blob[1]:
        raise CannotOpen  # a recipient twice: none of ours
    return slots


def seal_json(document: Any, recipients: Sequence[bytes], place: Place) -> bytes:
    """The document as JSON, sealed."""
    return seal(json.dumps(document, ensure_ascii=False).encode(), recipients, place)


def open_json(blob: Blob, secrets: Sequence[bytes], place: Place) -> Any:
    """The document that `seal_json` was given; raises CannotOpen."""
    return json.loads(open_sealed(blob, secrets, place))


def grant(secret: bytes, public: bytes) -> bytes:
    """A secret key, boxed for the holder of one public key (80 bytes). Raises CannotSeal."""
    try:
        return sodium.crypto_box_seal(secret, public)
    except (CryptoError, RuntimeError, ValueError) as error:
        raise CannotSeal from error


def open_grant(sealed: Blob, pair: KeyPair) -> bytes:
    """The secret key in a grant; raises CannotOpen."""
    try:
        return sodium.crypto_box_seal_open(bytes(sealed), pair.public, pair.secret)
    except (CryptoError, ValueError, TypeError) as error:
        raise CannotOpen from error


def wrap(payload: bytes, passphrase: str, officer: UUID) -> bytes:
    """The payload under Argon2id of the passphrase, for this officer only."""
    passes, memory = COST
    salt, nonce = os.urandom(SALT_BYTES), os.urandom(NONCE_BYTES)
    header = WRAP_HEADER.pack(VERSION, passes, memory, salt, nonce)
    key = _stretched(passphrase, salt, passes, memory)
    return header + sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(
        payload, header + officer.bytes, nonce, key
    )


def unwrap(blob: Blob, passphrase: str, officer: UUID) -> bytes:
    """The payload of a wrap, after exactly one derivation. Raises CannotOpen."""
    blob = bytes(blob)
    try:
        version, passes, memory, salt, nonce = WRAP_HEADER.unpack_from(blob)
        if version != VERSION or passes > 16 or memory > 2**30:
            raise CannotOpen
        key = _stretched(passphrase, salt, passes, memory)
        return sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(
            blob[WRAP_HEADER.size :], blob[: WRAP_HEADER.size] + officer.bytes, nonce, key
        )
    except (CryptoError, ValueError, TypeError, struct.error) as error:
        raise CannotOpen from error


def waste(passphrase: str) -> None:
    """One derivation for nobody, so that an unknown name costs what a known one does."""
    _stretched(passphrase, bytes(SALT_BYTES), *COST)


def voucher(desk_secret: bytes, officer: UUID, public: bytes) -> bytes:
    """Tells a holder of the desk key that another holder gave this officer this key pair."""
    key = digest("kts voucher key", desk_secret)
    return digest("kts voucher", officer.bytes + public, key=key)


def _stretched(passphrase: str, salt: bytes, passes: int, memory: int) -> bytes:
    return sodium.crypto_pwhash_alg(
        KEY_BYTES, passphrase.encode(), salt, passes, memory, sodium.crypto_pwhash_ALG_ARGON2ID13
    )
