"""The words that the system makes and people type."""

import pytest

from tips.crypto import passphrases


def test_the_list_has_a_word_for_every_throw_of_five_dice() -> None:
    words = passphrases.word_list()
    assert len(words) == len(set(words)) == 6**5
    assert (words[0], words[-1]) == ("abacus", "zoom")
    assert all(passphrases.normalise(word) == word for word in words)


def test_five_words_of_the_list_are_made_anew_each_time() -> None:
    made = {passphrases.new_passphrase() for _ in range(20)}
    assert len(made) == 20
    for words in made:
        assert words == passphrases.normalise(words)
        assert len(words.split(" ")) == 5
        assert set(words.split(" ")) <= set(passphrases.word_list())


@pytest.mark.parametrize("typed", ["correct horse", " Correct\tHORSE \n", "correct\u00a0 horse"])
def test_capitals_and_spaces_make_no_difference(typed: str) -> None:
    assert passphrases.normalise(typed) == "correct horse"
