"""Pairs are found again in a pile of 500, and little else is offered."""

import pytest

from tests.search.pairs import Writer, described
from tips.search.likeness import Description, alike

PAIRS, PILE, SHORT_ONES = 200, 500, 150
FIRST, SHORT = "the first of the pair", "a few words"


def pile_of(writer: Writer) -> list[tuple[str, Description]]:
    """Tips by the story that each tells; the short ones tell none."""
    long = [writer.tip() for _ in range(PILE - SHORT_ONES)]
    return [
        *((story, described(answers)) for story, answers in long),
        *((SHORT, described(writer.short())) for _ in range(SHORT_ONES)),
    ]


@pytest.mark.parametrize("kind", ["resent", "edited", "witness"])
def test_of_the_same_thing_95_in_100_are_found_and_few_others(kind: str) -> None:
    writer = Writer(seed=7)
    pile = pile_of(writer)
    found = wrong = 0
    for _ in range(PAIRS):
        pair = getattr(writer, kind)()
        keys = [one.key for one in alike(pair.later, [*pile, (FIRST, pair.first)])]
        found += FIRST in keys
        # The same story, told by another sender, is what an officer would want to see.
        wrong += sum(key not in {FIRST, *pair.stories} for key in keys)
    print(f"{kind}: {found} of {PAIRS} found, {wrong / PAIRS:.2f} others a tip")
    assert found >= 0.95 * PAIRS
    assert wrong <= 0.2 * PAIRS
