"""desk: every page of the desk with 1,000,000 tips, 20,000 of them open, beside 1,000 with 20."""

from collections.abc import Iterator
from statistics import median

from bench import two_desks
from bench.figure import Figure, alone, compared

ROUNDS, WARM_UPS = 7, 1
BAR = "<= 2"
# They also look inside, of few tips at all and of many as far as a search's clock lets them.
SEARCHES = ("find-half",)
SEARCH_BAR = "<= 1200"


def measure() -> Iterator[Figure]:
    """The time of each page, of answers that came next to each other; and what is asked for it.

    One after the other: it takes half an hour, and what was measured stands should it be ended.
    """
    many, few = two_desks.desks()
    ours, theirs = many.asks(), few.asks()
    for name in ours:
        turns = [
            (ours[name]() * 1000, theirs[name]() * 1000)
            for _ in range(WARM_UPS + ROUNDS)  # the first ones fill the caches of both
        ][WARM_UPS:]
        mine, others = [one for one, _ in turns], [other for _, other in turns]
        if name in SEARCHES:
            yield alone(f"desk-{name}", median(mine), "ms", SEARCH_BAR)
        else:
            yield compared(f"desk-{name}", mine, others, "ms", BAR)
    most = max(number for number, _ in many.queries().values())
    yield alone("desk-most-queries", most, "queries", "<= 12")
