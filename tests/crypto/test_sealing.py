"""What is sealed opens for its recipients, at its place, unchanged; and for nothing else."""

import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.crypto.keys import KEY, OTHER, PAIR, ROW, vector
from tips.crypto import associated_data, attestations, key_grants, sealing, wraps
from tips.crypto.associated_data import AssociatedData
from tips.crypto.sealing import CannotOpen, CannotSeal, KeyPair, Keyring

RING, OTHER_RING = Keyring.of(PAIR), Keyring.of(OTHER)
HERE = associated_data.of_tip(ROW)


@given(st.binary(max_size=200_000))
def test_what_is_sealed_opens_again(plain: bytes) -> None:
    blob = sealing.seal(plain, [PAIR.public, OTHER.public], HERE)
    assert RING.open(blob, HERE) == plain
    assert OTHER_RING.open(blob, HERE) == plain


@given(st.binary(max_size=300_000))
def test_the_length_of_a_blob_only_tells_its_step(plain: bytes) -> None:
    length = len(sealing.padded(plain))
    steps = {1024 * 2**n for n in range(7)}
    assert length in steps or length % (64 * 1024) == 0
    assert len(plain) < length <= max(1024, 2 * len(plain), len(plain) + 64 * 1024)
    assert sealing.unpadded(sealing.padded(plain)) == plain


@pytest.mark.parametrize(
    ("length", "step"),
    [
        (0, 1),
        (1023, 1),
        (1024, 2),
        (2047, 2),
        (2048, 4),
        (32768, 64),
        (65535, 64),
        (65536, 128),
        (131071, 128),
        (131072, 192),
    ],
)
def test_each_step_ends_where_the_next_begins(length: int, step: int) -> None:
    assert len(sealing.padded(b"X" * length)) == step * 1024
    assert sealing.unpadded(sealing.padded(b"X" * length)) == b"X" * length


@pytest.mark.parametrize("plain", [b"", bytes(9), b"words", b"words" + bytes(9), b"words\x80X"])
def test_what_was_never_filled_up_is_refused(plain: bytes) -> None:
    with pytest.raises(CannotOpen):
        sealing.unpadded(plain)


def test_an_envelope_that_names_one_recipient_twice_is_none_of_ours() -> None:
    blob = sealing.seal(b"words", [PAIR.public, PAIR.public], HERE)
    with pytest.raises(CannotOpen):
        RING.open(blob, HERE)


def test_a_ring_without_the_key_gives_no_pair() -> None:
    with pytest.raises(CannotOpen):
        OTHER_RING.pair(sealing.key_id(PAIR.public))


def test_an_envelope_of_version_1_opens_for_ever() -> None:
    assert RING.open(vector("envelope"), HERE) == "Édé mwen!".encode()
    assert OTHER_RING.open(vector("envelope"), HERE) == "Édé mwen!".encode()


def test_what_is_derived_stays_the_same_for_ever() -> None:
    backups = sealing.backup_recipient(PAIR.secret)
    assert vector("key_id") == KEY
    assert sealing.public_digest(PAIR.public) == vector("public_digest")
    assert attestations.attestation(OTHER.secret, ROW, PAIR.public) == vector("attestation")
    assert backups == vector("backup_recipient")
    made = attestations.succession(OTHER.secret, PAIR.public, OTHER.public, backups)
    assert made == vector("succession")


def test_a_secret_is_expanded_as_the_draft_says() -> None:
    """draft-connolly-cfrg-xwing-kem-10, Appendix C, third vector: how its pk begins and ends."""
    seed = "ef58538b8d23f87732ea63b02b4fa0f4873360e2841928cd60dd4cee8cc0d4c9"
    public = KeyPair(bytes.fromhex(seed)).public.hex()
    assert len(public) == 2 * 1216
    assert public.startswith(
        "36244278824f77c621c660892c1c3886a9560caa52a97c461fd3958a598e749bbc8c7798"
    )
    assert public.endswith(
        "eaad8cadd31ae3cbc1c013747dfee80fb35b5299f555dcc2b787ea4f6f16ffdf66952461"
    )


def test_every_single_changed_byte_is_refused() -> None:
    blob = bytearray(sealing.seal(b"x", [PAIR.public], HERE))
    for at in range(len(blob)):
        blob[at] ^= 1
        with pytest.raises(CannotOpen):
            RING.open(bytes(blob), HERE)
        blob[at] ^= 1


@given(st.binary(max_size=1400))
def test_noise_is_refused_and_never_another_error(noise: bytes) -> None:
    named = b"\x01\x01" + sealing.key_id(PAIR.public) + noise
    for blob in (noise, b"\x01" + noise, named):
        with pytest.raises(CannotOpen):
            RING.open(blob, HERE)
        with pytest.raises(CannotOpen):
            sealing.decrypt(noise, bytes(32), b"")
        with pytest.raises(CannotOpen):
            key_grants.open_grant(noise, PAIR, ROW, KEY)
        with pytest.raises(CannotOpen):
            wraps.unwrap(noise[:60], "words", ROW)


@pytest.mark.parametrize("cut", [0, 1, 2, 50, 1177, 1178, 1179, 1190, 1300, -1])
def test_a_cut_blob_is_refused(cut: int) -> None:
    blob = sealing.seal(b"words", [PAIR.public], HERE)
    with pytest.raises(CannotOpen):
        RING.open(blob[:cut], HERE)


@pytest.mark.parametrize(
    "elsewhere",
    [
        AssociatedData("tip", uuid.uuid4(), "sealed"),
        AssociatedData("note", ROW, "sealed"),
        AssociatedData("tip", ROW, "reason"),
        AssociatedData("tips", ROW, "ealed"),
    ],
)
def test_a_moved_blob_is_refused(elsewhere: AssociatedData) -> None:
    blob = sealing.seal(b"words", [PAIR.public], HERE)
    with pytest.raises(CannotOpen):
        RING.open(blob, elsewhere)


def test_no_two_places_are_the_same() -> None:
    makers = (
        associated_data.of_tip,
        associated_data.of_message,
        associated_data.of_reply,
        associated_data.of_photo,
        associated_data.of_note,
        associated_data.of_reason,
        associated_data.of_key_check,
        associated_data.of_canary,
    )
    assert len({make(ROW).encoded() for make in makers}) == len(makers)


def test_somebody_elses_secret_opens_nothing() -> None:
    blob = sealing.seal(b"words", [PAIR.public], HERE)
    for ring in (OTHER_RING, Keyring({}), Keyring({sealing.key_id(PAIR.public): OTHER.secret})):
        with pytest.raises(CannotOpen):
            ring.open(blob, HERE)


def test_a_ring_tells_what_it_opens_without_opening_it() -> None:
    blob = sealing.seal(b"words", [PAIR.public], HERE)
    assert RING.fits(blob)
    assert not OTHER_RING.fits(blob)
    assert not RING.fits(b"")
    assert sealing.key_id(PAIR.public) in RING
    assert sealing.key_id(PAIR.public) not in OTHER_RING
    assert RING
    assert not Keyring({})


def test_a_document_is_opened_by_a_ring_of_either_recipient_s_pair() -> None:
    document = {"version": 1, "text": "Édé mwen 🙏", "photos": [1, 2], "sent": None}
    blob = sealing.seal_json(document, [PAIR.public, OTHER.public], HERE)
    for pairs in ((PAIR,), (OTHER,), (OTHER, PAIR)):
        assert Keyring.of(*pairs).open_json(blob, HERE) == document
    with pytest.raises(CannotOpen):
        Keyring.of().open_json(blob, HERE)


@pytest.mark.parametrize(
    "plain",
    [
        *(b"", b"x", b"\xff", b"null", b"[1]", b'"text"', b"[" * 100_000),
        b'{"text": "\\ud800"}',
        b'{"number": ' + b"9" * 5000 + b"}",
    ],
    ids=lambda plain: repr(plain)[2:22],
)
def test_what_is_no_document_does_not_open_as_one(plain: bytes) -> None:
    """Whoever has a public half can seal any bytes to it."""
    blob = sealing.seal(plain, [PAIR.public], HERE)
    assert RING.open(blob, HERE) == plain
    with pytest.raises(CannotOpen):
        RING.open_json(blob, HERE)


def test_a_secret_that_nothing_needs_is_never_expanded(monkeypatch: pytest.MonkeyPatch) -> None:
    expanded: list[bytes] = []
    whole = sealing.shake_256
    monkeypatch.setattr(
        sealing, "shake_256", lambda secret: (expanded.append(secret), whole(secret))[1]
    )
    retired = {sealing.digest("kts test", bytes([n]), size=8): bytes([n]) * 32 for n in range(50)}
    ring = Keyring({**retired, sealing.key_id(PAIR.public): PAIR.secret})
    blobs = [sealing.seal(b"words", [PAIR.public], HERE) for _ in range(3)]
    assert [ring.open(blob, HERE) for blob in blobs] == [b"words"] * 3
    assert expanded == [PAIR.secret]


@pytest.mark.parametrize("public", [b"", bytes(32), bytes(1216), b"\xff" * 1216, bytes(1217)])
def test_a_public_half_that_is_no_key_is_never_sealed_to(public: bytes) -> None:
    with pytest.raises(CannotSeal):
        sealing.seal(b"words", [PAIR.public, public], HERE)
    with pytest.raises(CannotSeal):
        key_grants.grant(PAIR.secret, public, ROW, KEY)


def test_no_nonce_comes_twice_under_whatever_key() -> None:
    """Sealed twice, the same words under the same keys share nothing but names and header."""
    key = bytes(32)
    makers = {
        "envelope": lambda: sealing.seal(b"words", [PAIR.public], HERE)[10:],
        "wrap": lambda: wraps.wrap(b"words", "five words", ROW)[9:],
        "grant": lambda: key_grants.grant(PAIR.secret, OTHER.public, ROW, KEY),
        "recovery copy": lambda: key_grants.recovery_copy(PAIR.secret, OTHER.public, KEY),
        "session, draft, escrow": lambda: sealing.encrypt(b"words", key, b""),
    }
    for name, make in makers.items():
        first, second = make(), make()
        assert first[:12] != second[:12], name
        assert first[-16:] != second[-16:], name


def test_digests_differ_by_label_and_key() -> None:
    made = {sealing.digest("a", b"x"), sealing.digest("b", b"x"), sealing.digest("a", b"x", b"k")}
    assert len(made) == 3


@pytest.mark.parametrize(
    ("make", "names"),
    [
        (associated_data.of_tip, (b"tip", b"sealed")),
        (associated_data.of_message, (b"message", b"sealed")),
        (associated_data.of_reply, (b"message", b"for_citizen")),
        (associated_data.of_photo, (b"photo", b"sealed")),
        (associated_data.of_note, (b"note", b"sealed")),
        (associated_data.of_reason, (b"event", b"reason")),
        (associated_data.of_key_check, (b"deskkey", b"key_check_value")),
        (associated_data.of_canary, (b"drillcanary", b"sealed")),
    ],
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_tables_and_columns_are_called_the_same_for_ever(
    make: Any, names: tuple[bytes, bytes]
) -> None:
    """Two bytes of length before each part, as it is bound into every blob on disk."""
    table, field = names
    made = bytes([0, len(table)]) + table + b"\0\x10" + ROW.bytes + bytes([0, len(field)]) + field
    assert make(ROW).encoded() == made


def test_a_document_is_sealed_as_utf_8_without_escapes() -> None:
    blob = sealing.seal_json({"text": "Désolée 🚐"}, [PAIR.public], HERE)
    assert RING.open(blob, HERE) == '{"text": "Désolée 🚐"}'.encode()
