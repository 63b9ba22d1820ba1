"""Codes, page keys and digests: forgiving to type, impossible to rebuild."""

import random
import re

from hypothesis import given
from hypothesis import strategies as st

from tips.crypto import base32, passphrases, receipts

CODES = st.binary(min_size=10, max_size=10).map(lambda b: base32.grouped(base32.encode(b)))
TYPED_AS = {"0": "0Oo", "1": "1IilL", "V": "VvUu"}


@given(st.binary(max_size=64))
def test_base32_gives_back_what_it_was_given(data: bytes) -> None:
    assert base32.decode(base32.encode(data), len(data)) == data


def test_a_code_has_its_written_form_and_80_random_bits() -> None:
    codes = {receipts.new_code() for _ in range(500)}
    assert len(codes) == 500
    assert all(
        re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}", code) for code in codes
    )


@given(CODES, st.randoms())
def test_a_code_is_taken_however_it_was_typed(code: str, dice: random.Random) -> None:
    typed = ""
    for character in code.replace("-", ""):
        typed += dice.choice(TYPED_AS.get(character, character + character.lower()))
        typed += dice.choice(["", "", " ", "-", " – ", "\t"])
    assert receipts.parse_code(typed) == code


@given(st.text(max_size=30))
def test_anything_else_is_no_code_and_no_error(text: str) -> None:
    parsed = receipts.parse_code(text)
    assert parsed is None or receipts.parse_code(parsed) == parsed


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
    text = " ".join(f"{n:04X}" for n in range(60_000))
    assert len(receipts.maybe_codes(text)) == receipts.MOST_CODES


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
    assert receipts.look_up_id(code) == receipts.look_up_id(code)
    assert receipts.look_up_id(code) != receipts.citizen_pair(code).secret
    assert len(receipts.look_up_id(code)) == 32


FIELDS = st.dictionaries(
    st.sampled_from(["what_happened", "place", "when"]), st.text(max_size=20), min_size=1
)


@given(FIELDS, FIELDS)
def test_the_digest_is_equal_for_equal_content_from_one_page(one: dict, two: dict) -> None:  # type: ignore[type-arg]
    page = receipts.new_submission()
    first = receipts.sent_digest(page, "tip", "", one)
    assert (first == receipts.sent_digest(page, "tip", "", two)) == (one == two)
    assert first != receipts.sent_digest(receipts.new_submission(), "tip", "", one)
    assert first != receipts.sent_digest(page, "message", "", one)
    assert first != receipts.sent_digest(page, "tip", "", one, [b"a photo"])


def test_the_box_opens_with_its_page_alone() -> None:
    page, code, sent = receipts.new_submission(), receipts.new_code(), bytes(32)
    blob = receipts.box(code, page, sent)
    assert receipts.open_box(blob, page, sent) == code
    assert code.encode() not in blob


def test_page_keys_have_one_shape() -> None:
    assert receipts.is_submission(receipts.new_submission())
    for other in ("", "x" * 32, "A" * 32, "0" * 31, "0" * 33, "0" * 32 + "\n"):
        assert not receipts.is_submission(other)


@given(st.binary(min_size=32, max_size=32))
def test_the_recovery_key_survives_paper(secret: bytes) -> None:
    written = passphrases.written_recovery_key(secret)
    assert len(written.split("-")) == 14
    assert passphrases.parse_recovery_key(written.lower().replace("-", " ")) == secret


@given(st.binary(min_size=32, max_size=32), st.integers(0, 69), st.sampled_from(base32.ALPHABET))
def test_a_slip_in_the_recovery_key_is_noticed(secret: bytes, at: int, other: str) -> None:
    written = passphrases.written_recovery_key(secret)
    wrong = written[:at] + other + written[at + 1 :]
    parsed = passphrases.parse_recovery_key(wrong)
    assert parsed in (None, secret) or written[at] == "-"


def test_passphrases_are_five_of_7776_words() -> None:
    assert len(set(passphrases.word_list())) == 7776
    made = {passphrases.new_passphrase() for _ in range(50)}
    assert len(made) == 50
    assert all(len(words.split(" ")) == 5 for words in made)
