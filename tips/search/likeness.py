"""Which tips are like one: the same telephone, the same plate, or mostly the same rare words.

The two limits come from pairs of made-up tips; tests/search/test_likeness.py measures them again.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from math import log
from string import ascii_lowercase, digits
from typing import Generic, NamedTuple, TypeVar

from tips.search.folding import fold
from tips.search.marks import Mark, MarkKind, marks

FEWEST_WORDS = 8  # shared; fewer make any two short tips alike
CONTAINED = 0.6  # of the weight of the shorter one's words
# A mark that more tips than this have tells them apart no longer: an office's own number.
COMMON = 20
SAME_WORDS = "same words"
REASONS = {MarkKind.PHONE: "same phone", MarkKind.PLATE: "same plate"}
# What divides words: all but small letters and figures.
_DIVIDED = bytes(code if chr(code) in ascii_lowercase + digits else 0x20 for code in range(256))

Key = TypeVar("Key")


@dataclass(frozen=True)
class Description:
    """What is compared of a tip: its words, each once, and the marks in it."""

    words: frozenset[bytes]
    marks: frozenset[Mark]


class Likeness(NamedTuple, Generic[Key]):
    """A tip that is like the one asked about, and why."""

    key: Key
    reasons: tuple[str, ...]
    contained: float  # how much of the shorter one's words stands in the other, 0 to 1


def describe(story: Iterable[str], more: Iterable[str] = ()) -> Description:
    """Of the tip's own texts words and marks; of what was said later the marks alone."""
    told = "\n".join(story)
    found = marks("\n".join((told, *more)))
    words = fold(told).encode("ascii", "replace").translate(_DIVIDED).split()
    return Description(frozenset(word for word in words if len(word) > 1), found)


def alike(one: Description, pile: Sequence[tuple[Key, Description]]) -> list[Likeness[Key]]:
    """Those of the pile that are like it, most likely first; how rare a word is the pile says."""
    known = Counter(mark for _, other in pile for mark in other.marks)
    telling = {mark for mark in one.marks if known[mark] <= COMMON}
    weigh = _scales([other for _, other in pile])
    weight = weigh(one.words)
    found = []
    for key, other in pile:
        reasons = [REASONS[mark.kind] for mark in sorted(telling & other.marks)]
        shared, contained = one.words & other.words, 0.0
        if len(shared) >= FEWEST_WORDS:
            contained = weigh(shared) / (min(weight, weigh(other.words)) or 1.0)
        if contained >= CONTAINED:
            reasons.append(SAME_WORDS)
        if reasons:
            found.append(Likeness(key, tuple(dict.fromkeys(reasons)), contained))
    return sorted(found, key=lambda like: (len(like.reasons), like.contained), reverse=True)


def _scales(pile: Sequence[Description]) -> Callable[[Iterable[bytes]], float]:
    """What weighs words: the rarer one is in the pile, the more it tells."""
    seen = Counter(chain.from_iterable(one.words for one in pile))
    most = len(pile) + 1
    weights = {word: log(most / number) for word, number in seen.items()}
    never = log(most)
    return lambda words: sum(map(weights.get, words, repeat(never)))
