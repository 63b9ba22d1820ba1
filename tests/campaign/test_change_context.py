"""A change is read with what stands beside it, and nothing is found otherwise than in the whole."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from campaign import screening
from campaign.change_context import LETTERS_BESIDE, around_the_change

SENTENCE = "The office stands open for whoever wants to ask, and nobody has to say a name there."
LINES = st.lists(
    st.sampled_from(
        (
            *(
                "758",
                "call 4",
                "four",
                "56 78",
                "or a",
                "one",
                "2010",
                "847",
                "Section 7, 8 and",
                "12",
            ),
            *("evil", ".com", "w", "help", "dot", "", SENTENCE, f"{SENTENCE} {SENTENCE}"),
        )
    ),
    max_size=30,
)


def found_anew(old, new):
    """What is read in the one and was not, or not as often, in the other."""
    return [
        {*(Counter(read(new)) - Counter(read(old)))}
        for read in (screening.numbers, lambda words: screening.addresses(words, ()))
    ]


@given(LINES, LINES, LINES, LINES)
def test_what_is_found_beside_the_change_is_what_is_found_in_the_whole(first, old, new, last):
    before, after = ("\n".join([*first, *changed, *last]) for changed in (old, new))
    assert found_anew(*around_the_change(before, after)) == found_anew(before, after)


@given(LINES, LINES)
def test_of_texts_that_are_alike_nothing_is_read(first, last):
    text = "\n".join([*first, *last])
    before, after = around_the_change(text, text)
    assert before == after


def test_far_from_the_change_nothing_is_read_again():
    far = "\n".join([SENTENCE] * 100)
    before, after = around_the_change(f"{far}\nold\n{far}", f"{far}\nnew\n{far}")
    assert "old" in before
    assert "new" in after
    for text in (before, after):
        assert 2 * LETTERS_BESIDE <= sum(map(str.isalnum, text)) < 3 * LETTERS_BESIDE
