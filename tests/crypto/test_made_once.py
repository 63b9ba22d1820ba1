"""What takes long to make, and is needed for each tip or each word, is made once."""

from collections.abc import Callable

import pytest

from tips.crypto import associated_data, passphrases, recovery_sheets, sealing

PAIR = sealing.new_pair()


@pytest.mark.parametrize(
    "made",
    [
        lambda: passphrases.word_list(),  # looked up when it is asked, as its users do
        lambda: recovery_sheets._whole_words(),
        lambda: associated_data._prefixed("tips_tip"),
        lambda: sealing._public_key(PAIR.public),
    ],
    ids=["word list", "whole words", "a name behind its length", "a public key"],
)
def test_the_second_time_it_is_the_same_one(made: Callable[[], object]) -> None:
    assert made() is made()


def test_no_more_than_sixteen_public_keys_are_kept() -> None:
    for _ in range(20):
        sealing._public_key(sealing.new_pair().public)
    assert sealing._public_key.cache_info().currsize == 16
