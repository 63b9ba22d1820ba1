"""What is sealed opens for its recipients, at its place, unchanged; and for nothing else."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tips.crypto import sealing
from tips.crypto.sealing import CannotOpen, Place

PAIR = sealing.pair_of(bytes(range(32)))
OTHER = sealing.pair_of(bytes(range(1, 33)))
ROW = uuid.UUID("6f0e0b4e-4a3b-4c3e-9d57-0a4c3a2b1c0d")
PLACE = Place("tip", ROW, "sealed")

# An envelope and a wrap of version 1, made on 25 November 2026: they must open for ever.
ENVELOPE = bytes.fromhex(
    "0101b20457deb7374e3f6f706774159ee5509d36c56d0812fd90decfb7df1aa982d0ee97e7b0f729953b8083"
    "85aaeaebbafc68662895ba35c5d4a89ac72dafebc53d3897d81c9cbee84079764a7a104d56e61867728e8769"
    "0a5f27e1102e8681187e72388b3f6c3ffd5b19170a1ae49632f53a3f1518f518a9f4c8c514dd3f6249080d08"
    "dddd5e21f89990b9704dbaf371f62a829b57565e2befc04b625c25e3e4b5a12b99f481b503f96ad380132e48"
    "68649eefbde9966fa33ccd78c7097fe80fc4f10faa76b0a30d03b538e6827b803bb79dab78031c16fd508d40"
    "0109a9ad23fb84afd0b9f6ddac8439cf2d25f6155132d7792af986d21e8576571025a623dc1067099b74b444"
    "ce24c4cb66e57452414d08292650955a10dfc9ffeec8857d447c3d22123e385a0fc2c332dc179e492ed5a561"
    "561365d07991dfd83619aa413a5c9782dcebb85cac94142b5ef0a4d6c843339304f3c76560cf4b1ce4b71712"
    "d3f1953c1212f6b0f97fca17bd3b3cdc715a621f5d9d0c42528b8899fc528740a381d55000d401c377d745ce"
    "914a5567c258490c0cf840b7c354ee47a8552c1690a3959517d54ed8b1894d25bcbc516cb550134eb8aa894b"
    "050b66dee72421ab488023cbfb56d944e82b75a55e7355220c8807555b8113e34b2fdb39e8f6802370ad5731"
    "80c28f938831b5b0d075d7609eeb6ce77b2e080a5450fab6d52ed9ffb26649c93284db40616b6c734caeb9ff"
    "54077261ef5e992807de239718def8522c4d81c955732c8c250934672a068acd780336366860c5d19cd616c4"
    "ebb93535853a24702ff18967cbf736d31e1a6985fe648ed6ca2ad01ef50d32b0ca62c119f7232f611cab88f3"
    "1e877f35ed93eed24c4eadfbbd37f1d6ef0b05fd11decc87b0eb700cd8ed16600f1cc399432764edb5110d65"
    "42e516910fe8c22490ac16e9b381783d82dde6592b98a6963d3dab5a1d0154c8040413ada11dc8a6dcd6355b"
    "a8fb82eca832a180739f7e2ec050418164443e6ff6c57421ab8fc0b3eee92d06a378b1fb8c1f8392213913f8"
    "a1e9906b12788fa3ec58db25e40b9121cb37f9735f2fe998bbb55b5ec33c6456a4e81e5b81f16db220e6a058"
    "32ecf6ea10158c6e13f64d09f2484757b76003c38303b47e69b590b09a7709acf3e01db16fa7130da5ab7d86"
    "475bc09644ae2e1816651b8d20e7d362d0d25587ea83db4048194facbee74878a2593ed0570c1e92fdac5a5c"
    "60481b288044d3e296bec92d8a4339c2513a44a75535f2d70daf8fba5b2cdb45b4b9af0852bdd6fc6dc89edb"
    "6729016095a1b5fe369f0e718f64bee77a79c3d70c8f632591314fb03f449e74e7103f4ee4206a04fb48f579"
    "0adce7b249cb5927574eac2ee161e43c6eefa689e7777d86c61a974be9af7727fa6b0c71cbbf52753aca731a"
    "994dc5e076d7b71d065c35853aa5e4933fdab49d13a3a7d4020dbf6208f5d08a9bb69c0945b5e532f7f39333"
    "e9ada8ba2e7c4aab51aa2857a936472b420de04dbbdb58690e3aed3126ad0b4e86f0c41dc1ec649a458dfa88"
    "ae99314c26b736a6f7bb0287e66a1e405c82a0edec82e7104ed9e6a631ea4f83ed7f6934360abdded0dad0a6"
    "c43b48a3b8036203d52c"
)
WRAP = bytes.fromhex(
    "0100000001008000003dfb27e1c76611e5441e9da87ff5c8a560bd03e9333c8fe90af16f3534c8d24a734055"
    "c9e2784702178e533a7d9a23dca626b76ba2799eca620cf75467f7fb5a1c2179b0ad92bb73a33a8f"
)


@given(st.binary(max_size=200_000))
def test_what_is_sealed_opens_again(plain: bytes) -> None:
    blob = sealing.seal(plain, [PAIR.public, OTHER.public], PLACE)
    assert sealing.open_sealed(blob, [PAIR.secret], PLACE) == plain
    assert sealing.open_sealed(blob, [OTHER.secret], PLACE) == plain


@given(st.binary(max_size=300_000))
def test_the_length_of_a_blob_only_tells_its_step(plain: bytes) -> None:
    length = len(sealing.padded(plain))
    steps = {1024 * 2**n for n in range(7)}
    assert length in steps or length % (64 * 1024) == 0
    assert len(plain) < length <= max(1024, 2 * len(plain), len(plain) + 64 * 1024)


def test_an_envelope_of_version_1_opens_for_ever() -> None:
    assert sealing.open_sealed(ENVELOPE, [PAIR.secret], PLACE) == "Édé mwen!".encode()


def test_a_wrap_of_version_1_opens_for_ever() -> None:
    assert sealing.unwrap(WRAP, "five words made by us", ROW) == b"an officer's secret"


def test_every_single_changed_byte_is_refused() -> None:
    blob = bytearray(sealing.seal(b"x", [PAIR.public], PLACE))
    for at in range(len(blob)):
        blob[at] ^= 1
        with pytest.raises(CannotOpen):
            sealing.open_sealed(bytes(blob), [PAIR.secret], PLACE)
        blob[at] ^= 1


@given(st.binary(max_size=400))
def test_noise_is_refused_and_never_another_error(noise: bytes) -> None:
    for blob in (noise, b"\x01" + noise, b"\x01\x01" + sealing.key_id(PAIR.public) + noise):
        with pytest.raises(CannotOpen):
            sealing.open_sealed(blob, [PAIR.secret], PLACE)
        with pytest.raises(CannotOpen):
            sealing.decrypt(noise, bytes(32), b"")


@pytest.mark.parametrize("cut", [0, 1, 2, 50, 90, 91, 200, -1])
def test_a_cut_blob_is_refused(cut: int) -> None:
    blob = sealing.seal(b"words", [PAIR.public], PLACE)
    with pytest.raises(CannotOpen):
        sealing.open_sealed(blob[:cut], [PAIR.secret], PLACE)


@pytest.mark.parametrize(
    "elsewhere",
    [
        Place("tip", uuid.uuid4(), "sealed"),
        Place("note", ROW, "sealed"),
        Place("tip", ROW, "reason"),
        Place("tips", ROW, "ealed"),
    ],
)
def test_a_moved_blob_is_refused(elsewhere: Place) -> None:
    blob = sealing.seal(b"words", [PAIR.public], PLACE)
    with pytest.raises(CannotOpen):
        sealing.open_sealed(blob, [PAIR.secret], elsewhere)


def test_somebody_elses_secret_opens_nothing() -> None:
    blob = sealing.seal(b"words", [PAIR.public], PLACE)
    with pytest.raises(CannotOpen):
        sealing.open_sealed(blob, [OTHER.secret], PLACE)
    with pytest.raises(CannotOpen):
        sealing.open_sealed(blob, [], PLACE)


def test_equal_words_give_blobs_that_have_nothing_in_common() -> None:
    first, second = (sealing.seal(b"words", [PAIR.public], PLACE) for _ in range(2))
    shared = 2 + sealing.KEY_ID_BYTES
    assert first[shared : shared + 40] != second[shared : shared + 40]
    assert first[-64:] != second[-64:]


def test_a_grant_opens_for_its_pair_alone() -> None:
    sealed = sealing.grant(OTHER.secret, PAIR.public)
    assert sealing.open_grant(sealed, PAIR) == OTHER.secret
    for blob, pair in ((sealed, OTHER), (sealed[:-1], PAIR), (b"", PAIR)):
        with pytest.raises(CannotOpen):
            sealing.open_grant(blob, pair)


def test_a_wrap_opens_with_its_words_and_officer_alone() -> None:
    blob = sealing.wrap(b"secret", "five words made by us", ROW)
    assert sealing.unwrap(blob, "five words made by us", ROW) == b"secret"
    wrong = [
        (blob, "five words made by them", ROW),
        (blob, "five words made by us", uuid.uuid4()),
        (blob[:-1], "five words made by us", ROW),
        (b"", "five words made by us", ROW),
        (b"\x02" + blob[1:], "five words made by us", ROW),
    ]
    for attempt in wrong:
        with pytest.raises(CannotOpen):
            sealing.unwrap(*attempt)


def test_a_wrap_cannot_ask_for_more_memory_than_there_is() -> None:
    blob = bytearray(sealing.wrap(b"secret", "words", ROW))
    blob[5:9] = b"\xff\xff\xff\xff"
    with pytest.raises(CannotOpen):
        sealing.unwrap(bytes(blob), "words", ROW)


def test_digests_differ_by_label_and_key() -> None:
    made = {sealing.digest("a", b"x"), sealing.digest("b", b"x"), sealing.digest("a", b"x", b"k")}
    assert len(made) == 3


def test_a_voucher_fits_one_officer_one_pair_and_one_desk_key() -> None:
    made = sealing.voucher(PAIR.secret, ROW, OTHER.public)
    assert made == sealing.voucher(PAIR.secret, ROW, OTHER.public)
    assert made != sealing.voucher(OTHER.secret, ROW, OTHER.public)
    assert made != sealing.voucher(PAIR.secret, uuid.uuid4(), OTHER.public)
    assert made != sealing.voucher(PAIR.secret, ROW, PAIR.public)
