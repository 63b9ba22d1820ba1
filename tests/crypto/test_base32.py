"""The letters of a code: none that look alike, and a last one that notices a slip."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from tips.crypto import base32

LETTERS = st.text(base32.ALPHABET, min_size=16, max_size=16)


@given(st.binary(max_size=64))
def test_bytes_become_five_bits_a_letter(data: bytes) -> None:
    letters = base32.encode(data)
    assert len(letters) == -(-len(data) * 8 // 5)
    number = 0
    for letter in letters:
        number = number << 5 | base32.ALPHABET.index(letter)
    assert number >> (len(letters) * 5 - len(data) * 8) == int.from_bytes(data)


@given(LETTERS)
def test_every_wrong_letter_and_every_swap_of_two_is_noticed(letters: str) -> None:
    word = letters + base32.check_character(letters)
    assert base32.is_checked(word)
    for at, right in enumerate(word):
        for other in base32.ALPHABET.replace(right, ""):
            assert not base32.is_checked(word[:at] + other + word[at + 1 :])
    for one, other in combinations(range(len(word)), 2):
        swapped = list(word)
        swapped[one], swapped[other] = word[other], word[one]
        assert word[one] == word[other] or not base32.is_checked("".join(swapped))


def test_look_alikes_marks_and_small_letters_are_set_right() -> None:
    assert base32.normalise(" o0-iIlL/uU.ab ") == "001111VVAB"
