"""One reader of references for every box in which one is typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tips.models import references

MARKS = "-–—‐‑‒−_. #:;,()[]'\"“”\u00a0\u2009\u00ad\u200b\u2060\ufeff\t\n"


@given(
    st.from_regex(r"[A-Za-z]{2}", fullmatch=True),
    st.from_regex(r"[0-9]{4}", fullmatch=True),
    st.tuples(*[st.text(MARKS, max_size=3)] * 4),
)
def test_marks_dashes_spaces_and_what_nobody_sees_do_not_matter(letters, digits, marks) -> None:
    first, middle, between, last = marks
    typed = f"{first}{letters[0]}{middle}{letters[1]}{between}{digits}{last}"
    assert references.parse(typed) == f"{letters.upper()}-{digits}"


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("ＫＤ－４８２１", "KD-4821"),  # as a Chinese keyboard writes it
        ("KD-48210", ""),
        ("KD-482", ""),
        ("KDX-4821", ""),
        ("4821-KD", ""),
        ("KD-4821 and SG-8781", ""),
        ("ÄÖ-4821", ""),
        ("КD-4821", ""),  # a Cyrillic К
        ("KD-٤٨٢١", ""),
        ("", ""),
        ("\0", ""),
        ("x" * 10_000, ""),
    ],
)
def test_what_is_no_reference_is_none(typed: str, read: str) -> None:
    assert references.parse(typed) == read


@given(st.text(max_size=40))
def test_whatever_is_typed_it_is_a_reference_or_nothing(typed: str) -> None:
    read = references.parse(typed)
    assert read == "" or references.parse(read) == read
