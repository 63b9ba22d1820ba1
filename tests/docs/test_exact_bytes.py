"""Opens what is stored as docs/security.md writes it down, with nothing of ours.

So would somebody with the paper, two recovery sheets, a copy of the database and other software.
"""

import json
from hashlib import blake2b, sha3_256, shake_256

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand
from shamir_mnemonic import combine_mnemonics

from tests.cast import Person, send, tip_of
from tests.database.acting import ask
from tips import actions
from tips.access.recovery import FirstAccess

pytestmark = pytest.mark.django_db
SUITE = b"HPKE" + bytes.fromhex("647a 0001 0003")


def kts(label: str, data: bytes, key: bytes = b"", size: int = 32) -> bytes:
    return blake2b(data, digest_size=size, key=key, person=label.encode()).digest()


def extract(salt: bytes, label: bytes, data: bytes) -> bytes:
    return HKDF.extract(hashes.SHA256(), salt, b"HPKE-v1" + SUITE + label + data)


def expand(secret: bytes, label: bytes, info: bytes, length: int) -> bytes:
    said = length.to_bytes(2) + b"HPKE-v1" + SUITE + label + info
    return HKDFExpand(hashes.SHA256(), length, said).derive(secret)


def open_slot(sealed: bytes, secret: bytes, info: bytes) -> bytes:
    """32 bytes out of 1,168: X-Wing, then HPKE's key schedule in base mode."""
    assert len(sealed) == 1168
    expanded = shake_256(secret).digest(96)
    mlkem = MLKEM768PrivateKey.from_seed_bytes(expanded[:64])
    x25519 = X25519PrivateKey.from_private_bytes(expanded[64:])
    ours = x25519.public_key().public_bytes_raw()
    theirs = sealed[1088:1120]
    shared = mlkem.decapsulate(sealed[:1088]) + x25519.exchange(
        X25519PublicKey.from_public_bytes(theirs)
    )
    shared = sha3_256(shared + theirs + ours + b"\\.//^\\").digest()
    context = b"\0" + extract(b"", b"psk_id_hash", b"") + extract(b"", b"info_hash", info)
    secret = extract(shared, b"secret", b"")
    key, nonce = expand(secret, b"key", context, 32), expand(secret, b"base_nonce", context, 12)
    return ChaCha20Poly1305(key).decrypt(nonce, sealed[1120:], b"")


def open_envelope(blob: bytes, kid: bytes, secret: bytes, table: str, row: bytes, column: str):
    assert blob[0] == 1
    end = 2 + blob[1] * 1176
    slots = {blob[at : at + 8]: blob[at + 8 : at + 1176] for at in range(2, end, 1176)}
    data_key = open_slot(slots[kid], secret, b"kts envelope\x01")
    parts = (table.encode(), row, column.encode())
    place = b"".join(len(part).to_bytes(2) + part for part in parts)
    plain = ChaCha20Poly1305(data_key).decrypt(
        blob[end : end + 12], blob[end + 12 :], blob[:end] + place
    )
    return plain.rstrip(b"\0").removesuffix(b"\x80")


def test_two_sheets_and_the_rows_open_every_kind_of_envelope(
    first: FirstAccess, sam: Person
) -> None:
    tip = tip_of(send(what_happened="She was locked in.", danger_now="yes"))
    actions.lower_urgency(tip=tip, by=sam.officer, reason="Police were there.")
    recovery = combine_mnemonics(list(first.sheets[1:]))
    ((kid, copy, check_id, check),) = ask(
        "SELECT kid, recovery_copy, uuid_send(key_check_id), key_check_value FROM tips_deskkey"
    )
    desk = open_slot(bytes(copy), recovery, b"kts recovery copy\x01" + bytes(kid))

    def opened(blob: memoryview, table: str, row: memoryview, column: str) -> bytes:
        return open_envelope(bytes(blob), bytes(kid), desk, table, bytes(row), column)

    assert opened(check, "deskkey", check_id, "key_check_value") == b"desk key"
    ((row, sealed),) = ask("SELECT uuid_send(id), sealed FROM tips_tip")
    document = json.loads(opened(sealed, "tip", row, "sealed"))
    assert (document["version"], document["what_happened"]) == (1, "She was locked in.")
    ((row, reason),) = ask("SELECT uuid_send(id), reason FROM tips_event WHERE reason IS NOT NULL")
    assert json.loads(opened(reason, "event", row, "reason")) == {"text": "Police were there."}


def test_a_receipt_code_opens_the_replies(first: FirstAccess, sam: Person) -> None:
    receipt = send()
    actions.reply(tip=tip_of(receipt), by=sam.officer, text="Are you safe?")
    assert receipt.code
    secret = kts("kts citizen", receipt.code.encode())
    ((public, look_up),) = ask("SELECT citizen_key, lookup_id FROM tips_tip")
    assert bytes(look_up) == kts("kts look-up", receipt.code.encode())
    ((row, blob),) = ask("SELECT uuid_send(id), for_citizen FROM tips_message")
    kid = kts("kts key id", bytes(public), size=8)
    reply = open_envelope(bytes(blob), kid, secret, "message", bytes(row), "for_citizen")
    assert json.loads(reply) == {"version": 1, "text": "Are you safe?"}


def test_a_passphrase_opens_the_desk_key(sam: Person) -> None:
    ((officer, wrapped),) = ask("SELECT uuid_send(officer_id), wrapped FROM tips_officerkey")
    wrapped, officer = bytes(wrapped), bytes(officer)
    header, nonce, sealed = wrapped[:25], wrapped[25:37], wrapped[37:]
    passes, memory = int.from_bytes(header[1:5]), int.from_bytes(header[5:9])
    key = Argon2id(
        salt=header[9:], length=32, iterations=passes, lanes=1, memory_cost=memory // 1024
    ).derive(sam.words.encode())
    payload = ChaCha20Poly1305(key).decrypt(nonce, sealed, header + officer)
    assert payload[64:].decode() == sam.totp
    ((kid, public, granted),) = ask(
        "SELECT k.kid, k.public, g.sealed FROM tips_deskkey k"
        " JOIN tips_deskkeygrant g ON g.desk_key_id = k.kid"
    )
    info = b"kts key grant\x01" + officer + bytes(kid)
    desk = open_slot(bytes(granted), payload[:32], info)
    assert dict.fromkeys(sam.held, desk) == sam.held
    assert payload[32:64] == kts("kts public half", bytes(public))
