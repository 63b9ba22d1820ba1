"""What was typed becomes terms, and a number is found however either side wrote it."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tips.search import terms

PLATE = st.from_regex(r"[BCDFGHJKLPQRTVWX][ABCDEF] [0-9]{3,4}", fullmatch=True)
LOCAL = st.from_regex(r"[2-9][0-9]{2} [0-9]{4}", fullmatch=True)
PHONES = ("{0} {1}", "{0}-{1}", "{0}{1}", "758 {0} {1}", "+1 (758) {0}-{1}", "1-758-{0}-{1}")
PLATES = ("{0} {1}", "{0}-{1}", "{0}{1}", "{2}.{3}. {1}", "{2}.{3}.{1}", "{4} {1}", "{4}{1}")
WORDS = st.from_regex(r"[a-z]{3,8}", fullmatch=True)


def texts(typed: str) -> list[str]:
    return [term.text for term in terms.parse(typed).terms]


def written(ways: tuple[str, ...], number: str) -> list[str]:
    one, other = number.split()
    return [way.format(one, other, one[0], one[-1], one.lower()) for way in ways]


@given(LOCAL, st.sampled_from(PHONES), st.sampled_from(PHONES), WORDS)
def test_a_telephone_is_found_in_each_way_of_writing(
    number: str, typed: str, said: str, word: str
) -> None:
    wanted = terms.parse(typed.format(*number.split()))
    assert wanted.are_in(f"{word} {said.format(*number.split())}, {word}")
    one, other = number.split()
    assert not wanted.are_in(f"{one} {(int(other) + 1) % 10_000:04}")


@given(PLATE, st.sampled_from(PLATES), st.sampled_from(PLATES), WORDS)
def test_a_plate_is_found_in_each_way_of_writing(
    plate: str, typed: str, said: str, word: str
) -> None:
    typed, said = written((typed, said), plate)
    assert terms.parse(typed).are_in(f"{word} {said} {word}")


@given(st.lists(WORDS, min_size=1, max_size=6))
def test_words_and_parts_of_words_are_found_in_any_order(words: list[str]) -> None:
    text = " ".join(words).upper()
    assert terms.parse(" ".join(reversed(words))).are_in(text)
    assert terms.parse(" ".join(word[1:] for word in words)).are_in(text)
    assert not terms.parse(f"{words[0]} zzzzzzzzz").are_in(text)


@given(st.lists(st.text(max_size=60), min_size=1, max_size=3), st.data())
def test_what_is_said_is_never_missed_in_the_document_s_own_writing(
    said: list[str], data: st.DataObject
) -> None:
    whole, one = "\n".join(said), data.draw(st.sampled_from(said))
    start = data.draw(st.integers(0, len(one)))
    wanted = terms.parse(one[start : data.draw(st.integers(start, len(one)))])
    for written in (
        [json.dumps({"text": text}, ensure_ascii=False) for text in said],
        [json.dumps({str(number): text for number, text in enumerate(said)})],
    ):
        assert wanted.may_be_in(written) >= wanted.are_in(whole)


@given(st.text(max_size=300))
def test_whatever_is_typed_becomes_terms_that_are_found_in_it(typed: str) -> None:
    wanted = terms.parse(typed)
    assert all(term.text for term in wanted.terms)
    assert not wanted or isinstance(wanted.are_in(typed), bool)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("boat “Vieux-Fort jetty”", ["boat", "vieux fort jetty"]),
        ('"never closed', ["never closed"]),
        ("boat, jetty. (house)", ["boat", "jetty", "house"]),
        ("at 2000 hours", ["at2000", "hours"]),
        ("call 284 1234 or 452 7777", ["call", "or", "2841234", "4527777"]),
        ("boat BOAT böat", ["boat"]),
        ("12, 34 men", ["12", "34", "men"]),
    ],
)
def test_how_it_is_divided(typed: str, found: list[str]) -> None:
    assert sorted(texts(typed)) == sorted(found)


def test_quoted_words_stand_together_over_a_line_s_end_and_no_further() -> None:
    wanted = terms.parse('"white van"')
    assert wanted.are_in("a White\n  Van")
    assert wanted.are_in("a white-van")
    assert not wanted.are_in("white, van")
    assert not wanted.are_in("white and a van")


@pytest.mark.parametrize("typed", ['"white van"', '"KD 3310"', "451 2233"])
def test_nothing_begins_in_one_text_and_ends_in_the_next(typed: str) -> None:
    first, rest = typed.strip('"').split(" ", 1)
    wanted = terms.parse(typed)
    assert wanted.are_in("at the gate", f"so {first} {rest}")
    assert not wanted.are_in(f"so {first}", f"{rest} at the gate")


def test_what_may_be_a_plate_is_found_as_two_words_too() -> None:
    assert terms.parse("at 2000").are_in("2000 hours, at the gate")
    assert terms.parse("dr 4321").are_in("some DR plate, 4321")
    assert not terms.parse("dr4321").are_in("some DR plate, 4321")
    assert not terms.parse("dr 4321").are_in("some DR plate, 4320")
    assert terms.parse("dr 4321").are_in("a DR plate", "4321")


def test_neighbours_are_joined_for_numbers_and_never_for_words() -> None:
    assert terms.parse("12345").are_in("12, 345 men")
    assert not terms.parse("thevan").are_in("the van")


def test_what_costs_most_to_look_for_comes_last() -> None:
    wanted = terms.parse('"white van" 2841234 boat')
    assert [bool(re.search(r"\d| ", term.text)) for term in wanted.terms] == [False, True, True]
