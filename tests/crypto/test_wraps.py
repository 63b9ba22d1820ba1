"""A wrap opens with its words alone, and costs what it says."""

import uuid

import pytest

from tests.crypto.keys import ROW, vector
from tips.crypto import wraps
from tips.crypto.sealing import CannotOpen


def test_a_wrap_of_version_1_opens_for_ever() -> None:
    assert wraps.unwrap(vector("wrap"), "five words made by us", ROW) == b"an officer's secret"


def test_a_wrap_opens_with_its_words_and_officer_alone() -> None:
    blob = wraps.wrap(b"secret", "five words made by us", ROW)
    assert wraps.unwrap(blob, "five words made by us", ROW) == b"secret"
    wrong = [
        (blob, "five words made by them", ROW),
        (blob, "five words made by us", uuid.uuid4()),
        (blob[:-1], "five words made by us", ROW),
        (b"", "five words made by us", ROW),
        (b"\x02" + blob[1:], "five words made by us", ROW),
    ]
    for attempt in wrong:
        with pytest.raises(CannotOpen):
            wraps.unwrap(*attempt)


@pytest.mark.parametrize(
    ("passes", "memory", "derives"),
    [(16, 2**30, True), (17, 2**30, False), (16, 2**30 + 1, False), (2**32 - 1, 8, False)],
)
def test_a_wrap_cannot_ask_for_more_time_or_memory_than_there_is(
    passes: int, memory: int, derives: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(wraps, "derive", lambda *cost: (asked.append(cost[3]), bytes(32))[1])
    blob = wraps._HEADER.pack(wraps.VERSION, passes, memory, bytes(16)) + bytes(60)
    with pytest.raises(CannotOpen):
        wraps.unwrap(blob, "words", ROW)
    assert asked == ([memory] if derives else [])


@pytest.mark.parametrize(("passes", "memory"), [(0, 8 * 1024), (1, 0)])
def test_a_wrap_of_a_cost_that_cannot_be_is_refused(passes: int, memory: int) -> None:
    blob = wraps._HEADER.pack(wraps.VERSION, passes, memory, bytes(16)) + bytes(60)
    with pytest.raises(CannotOpen):
        wraps.unwrap(blob, "words", ROW)


def test_a_derivation_for_nobody_asks_for_what_one_for_somebody_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wrap, asked = wraps.wrap(b"payload", "some words", ROW), []
    derive = wraps.derive

    def counted(passphrase: str, salt: bytes, passes: int, memory: int) -> bytes:
        asked.append((len(passphrase), len(salt), passes, memory))
        return derive(passphrase, salt, passes, memory)

    monkeypatch.setattr(wraps, "derive", counted)
    wraps.unwrap(wrap, "some words", ROW)
    wraps.dummy_derivation("other word")
    somebody, nobody = asked
    assert somebody == nobody


def test_argon2id_is_that_of_rfc_9106_in_its_stated_units() -> None:
    """Against libsodium's answer for the same words: 3 passes, 8 MiB, one lane."""
    made = wraps.derive("five words made by us", bytes(range(16)), 3, 8 * 1024 * 1024)
    assert made.hex() == ARGON2


ARGON2 = "86eec5dec0aaf4e9f5c4638f90bada47e72da0d2d7776c7db072438b8edfebe2"
