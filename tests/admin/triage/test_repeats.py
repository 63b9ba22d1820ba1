"""What an answer repeats of its tip."""

import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.public.citizen import EVERYTHING
from tips.admin.triage.repeats import repeated
from tips.models.vocabulary import District

TIP = {
    "what_happened": "She called me from 758 555-0142. A grey van, PA 1234, comes on Fridays.",
    "people_harmed": "Two, about 16. One is called María.",
    "people_responsible": "A man they call Boss, O’Neil his cousin.",
    "place": "Behind Pink Parrot in Vieux Fort",
    "vehicles_phones_online": "@sunny_jobs, hr@example.org",
    "contact_name": "Josette",
    "signs": ["papers-held"],
}
DISTRICTS = tuple(str(label) for label in District.labels)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("Is the van PA 1234 still there?", ["PA 1234"]),
        ("Is pa-1234 or PA1234 there?", ["pa-1234", "PA1234"]),
        ("Do not call 5550142 back, nor +1 (758) 555 0142.", ["5550142", "1 (758) 555 0142"]),
        ("Is Maria well, and josette?", ["Maria", "josette"]),
        ("Who is this Boss? Or O'Neil?", ["Boss", "O'Neil"]),
        ("Is it near Pink Parrot?", ["Pink", "Parrot"]),
        ("Did @Sunny_Jobs write from HR@example.org?", ["@Sunny_Jobs", "HR@example.org"]),
        ("Two of them? Are you in Vieux Fort? One is enough.", []),
        ("Behind which house? We read it in 2026. Call 999 or 847.", []),
        ("A man? She is 16?", []),
        ("", []),
    ],
)
def test_it_names_what_stands_in_both_as_the_answer_writes_it(answer: str, said: list[str]) -> None:
    assert repeated(TIP, answer, DISTRICTS) == said


LETTERS = st.text("ABCDEFGHJKLMNPRTVXZ", min_size=1, max_size=3)
GAP = st.sampled_from(["", " ", "-", "–"])


@given(letters=LETTERS, digits=st.integers(1, 99_999), theirs=GAP, ours=GAP, lower=st.booleans())
def test_a_plate_is_found_however_it_is_spaced(
    letters: str, digits: int, theirs: str, ours: str, lower: bool
) -> None:
    plate = f"{letters.lower() if lower else letters}{ours}{digits}"
    answer = f"is the van {plate} there?"
    assert plate in repeated({"what_happened": f"A van {letters}{theirs}{digits}."}, answer)


@given(digits=st.text("0123456789", min_size=7, max_size=7), gaps=st.lists(GAP, min_size=7))
def test_a_telephone_is_found_however_it_is_spaced(digits: str, gaps: list[str]) -> None:
    spaced = "".join(digit + gap for digit, gap in zip(digits, gaps, strict=False)).strip(" -–")
    (found,) = repeated({"people_harmed": f"her phone {digits}"}, f"from {spaced}?")
    assert re.sub(r"\D", "", found) == digits


WORDS = st.lists(st.text("abcdefghij", min_size=3, max_size=9).map(str.capitalize), max_size=6)
OTHERS = st.lists(st.text("klmnopqrst", min_size=3, max_size=9).map(str.capitalize), max_size=6)


@given(theirs=WORDS, ours=OTHERS)
def test_what_shares_no_word_and_no_digit_repeats_nothing(
    theirs: list[str], ours: list[str]
) -> None:
    tip = {"people_harmed": " ".join(theirs), "place": " ".join(theirs)}
    assert repeated(tip, " ".join(ours)) == []


@given(
    texts=st.dictionaries(st.sampled_from(sorted(EVERYTHING)), st.text(), max_size=6),
    answer=st.text(),
)
@example(texts={"contact_name": "ß İ"}, answer="SS ß İ")
def test_whatever_was_written_it_names_only_words_of_the_answer(
    texts: dict[str, str], answer: str
) -> None:
    said = repeated(texts, answer)
    assert all(one in answer for one in said)
    assert len(said) == len(set(said))


def test_a_long_run_of_letters_in_a_tip_keeps_nobody_waiting() -> None:
    began = time.process_time()
    assert repeated(TIP | {"what_happened": 50_000 * "x"}, "Did @sunny_jobs write?") == [
        "@sunny_jobs"
    ]
    assert time.process_time() - began < 1
