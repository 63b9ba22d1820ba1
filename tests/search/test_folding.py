"""Case, accents and odd marks do not matter; and nothing else is changed."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tips.search.folding import bare, fold, one_by_one, unaccented

LATIN = st.text(st.characters(max_codepoint=0x24F, exclude_categories=("Cs",)))


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("PEÑA", "pena"),
        ("Pen\u0303a", "pena"),
        ("Félix", "felix"),
        ("tèt fè mal", "tet fe mal"),
        ("Œuvre, Æ, Straße", "oeuvre, ae, strasse"),
        ("“quoted”, ‘so’ — and – so", "\"quoted\", 'so' - and - so"),
        ("a\u00a0b\u202fc\u200bd\u00ade", "a b cde"),
        ("１２３", "123"),
        ("İstanbul", "istanbul"),
    ],
)
def test_these_read_alike(written: str, folded: str) -> None:
    assert fold(written) == folded


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(LATIN, LATIN)
def test_a_part_stays_a_part(one: str, other: str) -> None:
    """But where a letter is made of two code points, of which the part has one."""
    assert fold(one) + fold(other) == fold(one + other) or "İ" in one + other


@given(LATIN)
def test_accents_case_and_decomposition_do_not_matter(text: str) -> None:
    for form in ("NFC", "NFD"):
        assert fold(unicodedata.normalize(form, text)) == fold(text)


@given(st.text())
def test_bare_has_letters_and_digits_alone(text: str) -> None:
    assert set(bare(fold(text))) <= set("abcdefghijklmnopqrstuvwxyz0123456789")


@given(st.text(), st.sampled_from(["", "é", "“é”", "ß", "½", "日本é", "µ", "\x80", "\ud800é"]))
def test_the_table_says_the_same_as_each_letter_by_itself(text: str, more: str) -> None:
    for written in (text + more, more + text, more):
        assert fold(written) == one_by_one(written.lower())
        assert unaccented(written) == one_by_one(written)
