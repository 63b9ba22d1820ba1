"""Pairs, keyrings and envelopes: what seals to somebody's public half and opens again.

A secret is 32 bytes: the seed of an X-Wing key pair (draft-connolly-cfrg-xwing-kem), whose public
half has 1,216 bytes. A data key is sealed to a public half by HPKE in base mode (RFC 9180,
draft-ietf-hpke-pq) with KEM MLKEM768-X25519 (0x647A), KDF HKDF-SHA256 (0x0001) and AEAD
ChaCha20-Poly1305 (0x0003): 1,168 bytes. Version 1 means exactly these.

An envelope, version 1, is
    version 1 ‖ n 1 ‖ n × (key id 8 ‖ data key under HPKE 1,168) ‖ nonce 12 ‖ ChaCha20-Poly1305
with everything before the nonce and table, row and column as associated data, so that a blob
that was moved, cut or changed does not open. Every nonce is random, whatever the key.
"""

import json
import os
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from hashlib import blake2b, shake_256
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from tips.crypto.associated_data import AssociatedData
from tips.crypto.data_keys import DataKeyMemory

VERSION = 1
KEY_BYTES = 32
_MLKEM_SEED_BYTES, _MLKEM_PUBLIC_BYTES = 64, 1184
KEY_ID_BYTES = 8
SEALED_KEY_BYTES = 1168
_SLOT_BYTES = KEY_ID_BYTES + SEALED_KEY_BYTES
_NONCE_BYTES = 12

LARGEST_STEP = 64 * 1024

_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
# How HPKE's `info` begins: a key sealed for one purpose opens for no other.
_FOR_ENVELOPE = b"kts envelope" + bytes([VERSION])

# What a database column gives back.
Blob = bytes | memoryview


class CannotOpen(Exception):
    """Damaged, moved, of an unknown version or for somebody else; nothing was opened."""


class CannotSeal(Exception):
    """A public half that is no key; nothing was sealed."""


class KeyPair:
    """An X-Wing pair by its 32-byte secret; expanded when one of its halves is first needed."""

    def __init__(self, secret: bytes) -> None:
        self.secret = secret

    @cached_property
    def public(self) -> bytes:
        """The public half: ML-KEM-768's 1,184 bytes, then X25519's 32."""
        mlkem, x25519 = self._halves
        return mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()

    @cached_property
    def private(self) -> MLKEM768X25519PrivateKey:
        """The private half as the library takes it."""
        return MLKEM768X25519PrivateKey(*self._halves)

    @cached_property
    def _halves(self) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
        """As expandDecapsulationKey of draft-connolly-cfrg-xwing-kem makes them."""
        expanded = shake_256(self.secret).digest(_MLKEM_SEED_BYTES + KEY_BYTES)
        return (
            MLKEM768PrivateKey.from_seed_bytes(expanded[:_MLKEM_SEED_BYTES]),
            X25519PrivateKey.from_private_bytes(expanded[_MLKEM_SEED_BYTES:]),
        )


class Keyring:
    """The secrets that somebody holds, by key id; with a memory no data key is unsealed twice."""

    def __init__(self, secrets: Mapping[bytes, bytes], memory: DataKeyMemory | None = None) -> None:
        self.secrets = dict(secrets)
        self._pairs: dict[bytes, KeyPair] = {}
        self._memory = memory
        self._memory_keys: dict[bytes, bytes] = {}

    @classmethod
    def of(cls, *pairs: KeyPair) -> "Keyring":
        """A ring of these pairs."""
        ring = cls({key_id(pair.public): pair.secret for pair in pairs})
        ring._pairs = {key_id(pair.public): pair for pair in pairs}
        return ring

    def __bool__(self) -> bool:
        return bool(self.secrets)

    def __contains__(self, key: Blob) -> bool:
        """Whether the secret with this key id is here."""
        return bytes(key) in self.secrets

    def pair(self, key: Blob) -> KeyPair:
        """The pair with this key id. Raises CannotOpen where it is not here."""
        key = bytes(key)
        if key not in self.secrets:
            raise CannotOpen
        if key not in self._pairs:
            self._pairs[key] = KeyPair(self.secrets[key])
        return self._pairs[key]

    def fits(self, blob: Blob) -> bool:
        """Whether the envelope names one of these secrets; opens nothing."""
        try:
            return not self.secrets.keys().isdisjoint(_slots(bytes(blob)))
        except CannotOpen:
            return False

    def open(self, blob: Blob, data: AssociatedData) -> bytes:
        """What was sealed, opened with the first secret here that the envelope names.

        Raises CannotOpen when it names none, was damaged, or was sealed with other associated data.
        """
        blob = bytes(blob)
        slots = _slots(blob)
        end = 2 + len(slots) * _SLOT_BYTES
        for key, slot in slots.items():
            if key in self.secrets:
                bound = blob[:end] + data.encoded()
                return unpadded(decrypt(blob[end:], self._data_key(key, slot), bound))
        raise CannotOpen

    def _data_key(self, key: bytes, slot: bytes) -> bytes:
        """What lies in the slot for this secret. Raises CannotOpen where nothing of ours does."""
        if self._memory is None:
            return open_key(slot, self.pair(key), _FOR_ENVELOPE)
        if key not in self._memory_keys:
            self._memory_keys[key] = digest("kts key memory", self.secrets[key])
        found = self._memory.get(slot, self._memory_keys[key])
        return found or self._memory.add(
            slot, self._memory_keys[key], open_key(slot, self.pair(key), _FOR_ENVELOPE)
        )

    def open_json(self, blob: Blob, data: AssociatedData) -> dict[str, Any]:
        """The document that `seal_json` was given.

        Raises CannotOpen when `open` does, and for what is no document: whoever has the public
        half can seal any bytes.
        """
        return _document(self.open(blob, data))


def digest(label: str, data: bytes, key: bytes = b"", size: int = 32) -> bytes:
    """BLAKE2b of the data for one purpose only, which the label (at most 16 bytes) names."""
    return blake2b(data, digest_size=size, key=key, person=label.encode()).digest()


def new_secret() -> bytes:
    """32 random bytes, the secret of a new pair."""
    return os.urandom(KEY_BYTES)


def new_pair() -> KeyPair:
    """A pair with a random secret."""
    return KeyPair(new_secret())


def key_id(public: bytes) -> bytes:
    """The 8 bytes by which an envelope names a recipient."""
    return digest("kts key id", public, size=KEY_ID_BYTES)


def public_digest(public: bytes) -> bytes:
    """The 32 bytes by which the trail names the public half of an officer's pair."""
    return digest("kts public half", public)


def encrypt(plain: bytes, key: bytes, bound: bytes) -> bytes:
    """ChaCha20-Poly1305 under a random nonce, which stands in front; `bound` is authenticated."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + ChaCha20Poly1305(key).encrypt(nonce, plain, bound)


def decrypt(blob: Blob, key: bytes, bound: bytes) -> bytes:
    """What `encrypt` was given. Raises CannotOpen for another key or `bound`, or damage."""
    blob = bytes(blob)
    try:
        return ChaCha20Poly1305(key).decrypt(blob[:_NONCE_BYTES], blob[_NONCE_BYTES:], bound)
    except (InvalidTag, ValueError) as error:
        raise CannotOpen from error


def padded(plain: bytes) -> bytes:
    """Filled (ISO/IEC 7816-4) to 1, 2, 4 … 64 KiB, then whole 64 KiB: the length tells little."""
    step = 1024
    while step < LARGEST_STEP and len(plain) >= step:
        step *= 2
    return plain + b"\x80" + bytes(step - 1 - len(plain) % step)


def unpadded(plain: bytes) -> bytes:
    """What `padded` was given. Raises CannotOpen where there is no padding."""
    end = plain.rfind(b"\x80")
    if end < 0 or plain[end + 1 :] != bytes(len(plain) - end - 1):
        raise CannotOpen
    return plain[:end]


def seal(plain: bytes, recipients: Sequence[bytes], data: AssociatedData) -> bytes:
    """An envelope that the holder of any recipient's secret opens, with this associated data only.

    `recipients` are public halves. Raises CannotSeal when one of them is no key.
    """
    data_key = new_secret()
    slots = b"".join(
        key_id(public) + seal_key(data_key, public, _FOR_ENVELOPE) for public in recipients
    )
    header = bytes([VERSION, len(recipients)]) + slots
    return header + encrypt(padded(plain), data_key, header + data.encoded())


def seal_json(document: Any, recipients: Sequence[bytes], data: AssociatedData) -> bytes:
    """The document as JSON, sealed. Raises CannotSeal when a recipient is no key."""
    return seal(json.dumps(document, ensure_ascii=False).encode(), recipients, data)


def _document(plain: bytes) -> dict[str, Any]:
    """The JSON object that this is. Raises CannotOpen for anything that no page could show."""
    try:
        document = json.loads(plain)
        json.dumps(document, ensure_ascii=False).encode()  # half a surrogate pair is no text
    except (ValueError, RecursionError) as error:
        raise CannotOpen from error
    if not isinstance(document, dict):
        raise CannotOpen
    return document


def backup_recipient(recovery_secret: bytes) -> bytes:
    """The X25519 public half (32 bytes) that backups are sealed to; the sheets open them."""
    private = X25519PrivateKey.from_private_bytes(digest("kts backup", recovery_secret))
    return private.public_key().public_bytes_raw()


def seal_key(key: bytes, public: bytes, info: bytes) -> bytes:
    """32 bytes under HPKE (1,168 bytes), for one purpose only, which `info` names.

    Raises CannotSeal when the public half is no key.
    """
    try:
        return _SUITE.encrypt(key, _public_key(bytes(public)), info=info)
    except (ValueError, TypeError) as error:
        raise CannotSeal from error


def open_key(sealed: Blob, pair: KeyPair, info: bytes) -> bytes:
    """What `seal_key` was given. Raises CannotOpen for another pair or `info`, or damage."""
    try:
        return _SUITE.decrypt(bytes(sealed), pair.private, info=info)
    except (InvalidTag, ValueError) as error:
        raise CannotOpen from error


@lru_cache(maxsize=16)
def _public_key(public: bytes) -> MLKEM768X25519PublicKey:
    """The desk's key stays the same for thousands of tips; parsing it takes as long as sealing."""
    return MLKEM768X25519PublicKey(
        MLKEM768PublicKey.from_public_bytes(public[:_MLKEM_PUBLIC_BYTES]),
        X25519PublicKey.from_public_bytes(public[_MLKEM_PUBLIC_BYTES:]),
    )


def _slots(blob: bytes) -> dict[bytes, bytes]:
    """The sealed data keys by the recipients' key ids.

    Raises CannotOpen when the blob is cut, of an unknown version, or names a recipient twice.
    """
    if len(blob) < 2 or blob[0] != VERSION:
        raise CannotOpen
    slots = {
        blob[at : at + KEY_ID_BYTES]: blob[at + KEY_ID_BYTES : at + _SLOT_BYTES]
        for at in range(2, 2 + blob[1] * _SLOT_BYTES, _SLOT_BYTES)
    }
    if len(slots) != blob[1]:
        raise CannotOpen  # a recipient twice: none of ours
    return slots
