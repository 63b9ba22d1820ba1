"""Codes, idempotency keys and digests: forgiving to type, impossible to rebuild."""

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.crypto.keys import VECTORS, vector
from tips.crypto import base32, passphrases, receipts, sealing
from tips.crypto.receipts import Mistyped, NotACode

LETTERS = st.text(base32.ALPHABET, min_size=16, max_size=16)
CODES = LETTERS.map(lambda text: receipts.written(text + base32.check_character(text)))
TYPED_AS = {"0": "0Oo", "1": "1IilL", "V": "VvUu"}
WRITTEN = re.compile(r"([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{5}")


def test_a_code_has_its_written_form_and_80_random_bits() -> None:
    codes = {receipts.new_code() for _ in range(500)}
    assert len({code[:19] for code in codes}) == 500
    assert all(WRITTEN.fullmatch(code) for code in codes)
    assert all(receipts.parse_code(code) == code for code in codes)


@given(CODES, st.randoms())
def test_a_code_is_taken_however_it_was_typed(code: str, dice: random.Random) -> None:
    typed = ""
    for character in code.replace("-", ""):
        typed += dice.choice(TYPED_AS.get(character, character + character.lower()))
        typed += dice.choice(["", "", " ", "-", " – ", "\t"])
    assert receipts.parse_code(typed) == code


@given(CODES, st.integers(0, 16), st.sampled_from(base32.ALPHABET))
def test_one_wrong_letter_is_told_from_anything_else(code: str, at: int, other: str) -> None:
    letters = code.replace("-", "")
    wrong = letters[:at] + other + letters[at + 1 :]
    if wrong != letters:
        with pytest.raises(Mistyped):
            receipts.parse_code(wrong)


@pytest.mark.parametrize(
    "text", ["", "ABCD", "ABCD-EFGH-JKMN-PQRS", "ABCD-EFGH-JKMN-PQRST7", "é" * 17]
)
def test_what_is_too_short_too_long_or_of_other_letters_is_no_code(text: str) -> None:
    with pytest.raises(NotACode) as refused:
        receipts.parse_code(text)
    assert refused.type is NotACode


@given(st.text(max_size=30))
def test_anything_typed_is_a_code_or_refused_and_no_other_error(text: str) -> None:
    try:
        code = receipts.parse_code(text)
    except NotACode:
        return
    assert receipts.parse_code(code) == code


GAPS = st.sampled_from(["", " ", "-", ". ", ", ", "/", " – ", "\n", "_", " : "])


@given(CODES, GAPS, GAPS, st.text(max_size=40), st.text(max_size=40))
def test_a_code_in_a_text_is_cut_out_in_every_spelling(
    code: str, gap: str, other: str, before: str, after: str
) -> None:
    small, written = code.lower().replace("-", gap), code.replace("-", other)
    cut = receipts.cut_codes(f"{before} {written} or {small} {after} {written}", {code})
    assert code not in receipts.maybe_codes(cut)
    assert cut.count(receipts.REMOVED) >= 3


def test_a_text_made_of_codes_is_looked_at_for_a_moment_only() -> None:
    text = " ".join(receipts.new_code() for _ in range(receipts.MOST_CODES + 50))
    assert len(receipts.maybe_codes(text)) == receipts.MOST_CODES == 500


def test_what_stands_in_the_place_of_a_code_says_so() -> None:
    code = receipts.new_code()
    assert receipts.cut_codes(f"It was {code}.", {code}) == "It was [code removed]."


def test_a_mistyped_code_hides_no_right_one_behind_it() -> None:
    code = receipts.new_code()
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    assert receipts.maybe_codes(f"{wrong} and {code}") == {code: {code}}


def test_a_code_after_a_word_of_four_letters_is_still_found() -> None:
    code = receipts.new_code()
    assert code in receipts.maybe_codes(f"code {code} was mine")


@given(st.text(max_size=300))
def test_words_that_are_no_known_code_stay(text: str) -> None:
    assert receipts.cut_codes(text, set()) == text


def test_numbers_like_a_bank_card_stay() -> None:
    text = "He pays with 4111 1111 1111 1111 and drives PA 1234."
    assert receipts.cut_codes(text, {receipts.new_code()}) == text


@given(CODES)
def test_the_look_up_id_and_the_pair_come_from_the_code_alone(code: str) -> None:
    assert receipts.lookup_id(code) == receipts.lookup_id(code)
    assert receipts.lookup_id(code) != receipts.citizen_pair(code).secret
    assert len(receipts.lookup_id(code)) == 32


def test_what_was_made_of_a_code_once_is_made_of_it_for_ever() -> None:
    code, key = VECTORS["code"], "00112233445566778899aabbccddeeff"
    fields = {"what_happened": "Édé mwen!", "signs": ["papers-held"]}
    content = receipts.content_digest(key, "tip", "", fields, [b"a photo"])
    assert receipts.parse_code(code) == code
    assert receipts.lookup_id(code) == vector("lookup_id")
    assert receipts.citizen_pair(code).secret == vector("citizen_secret")
    assert receipts.page_digest(key) == vector("page_digest")
    assert content == vector("content_digest")
    assert receipts.open_escrow(vector("escrow"), key, content) == code


FIELDS = st.dictionaries(
    st.sampled_from(["what_happened", "place", "when"]), st.text(max_size=20), min_size=1
)


@given(FIELDS, FIELDS)
def test_the_digest_is_equal_for_equal_content_from_one_page(one: dict, two: dict) -> None:  # type: ignore[type-arg]
    page = receipts.new_idempotency_key()
    first = receipts.content_digest(page, "tip", "", one)
    assert (first == receipts.content_digest(page, "tip", "", two)) == (one == two)
    assert first != receipts.content_digest(receipts.new_idempotency_key(), "tip", "", one)
    assert first != receipts.content_digest(page, "message", "", one)
    assert first != receipts.content_digest(page, "tip", "", one, [b"a photo"])


def test_an_escrowed_code_opens_for_its_page_and_content_alone() -> None:
    page, code = receipts.new_idempotency_key(), receipts.new_code()
    content = sealing.digest("kts test", b"what was sent")
    blob = receipts.escrow(code, page, content)
    assert receipts.open_escrow(blob, page, content) == code
    assert code.encode() not in blob
    for attempt in (
        lambda: receipts.open_escrow(blob, receipts.new_idempotency_key(), content),
        # An edited text from the same page: another key, another box.
        lambda: receipts.open_escrow(blob, page, sealing.digest("kts test", b"edited")),
    ):
        with pytest.raises(sealing.CannotOpen):
            attempt()


def test_idempotency_keys_have_one_shape() -> None:
    assert receipts.is_idempotency_key(receipts.new_idempotency_key())
    for other in ("", "x" * 32, "A" * 32, "0" * 31, "0" * 33, "0" * 32 + "\n"):
        assert not receipts.is_idempotency_key(other)


def test_passphrases_are_five_of_7776_words() -> None:
    assert len(set(passphrases.word_list())) == 7776
    made = {passphrases.new_passphrase() for _ in range(50)}
    assert len(made) == 50
    assert all(len(words.split(" ")) == 5 for words in made)


CODE = "7Q4M-X2KD-9TRB-HW5ET"


@pytest.mark.parametrize(
    "pasted",
    [
        f"Code: {CODE}",
        f"code:{CODE.lower()}.",
        f"{CODE} {CODE}",
        f"{CODE}\n{CODE}\n",
        CODE * 2,
        f"Code: {CODE} Code: {CODE}",
        f"“{CODE}”",
        f"My code is {CODE} and the reference KD-4821",
        "７Ｑ４Ｍ－Ｘ２ＫＤ－９ＴＲＢ－ＨＷ５ＥＴ",
        "ｃｏｄｅ：７ｑ４ｍ－ｘ２ｋｄ－９ｔｒｂ－ｈｗ５ｅｔ",
        "\u200b7Q4M\u00a0X2KD\u20119TRB\u2011HW5ET\ufeff",
    ],
)
def test_the_one_code_is_found_in_what_was_pasted(pasted: str) -> None:
    assert receipts.parse_code(pasted) == CODE


def test_of_two_codes_none_is_taken_and_a_slip_beside_a_label_is_told() -> None:
    with pytest.raises(NotACode):
        receipts.parse_code(f"{CODE} {receipts.new_code()}")
    with pytest.raises(Mistyped):
        receipts.parse_code(f"Code: {CODE[:-1]}V")


def test_a_code_of_full_width_is_cut_out_of_words_too() -> None:
    wide = "７Ｑ４Ｍ－Ｘ２ＫＤ－９ＴＲＢ－ＨＷ５ＥＴ"
    assert receipts.cut_codes(f"It is {wide}.", [CODE]) == f"It is {receipts.REMOVED}."
