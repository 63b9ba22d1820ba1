"""reference: ?q=REFERENCE and the tip it leads to, with 100,000 tips beside 1,000."""

from bench import large_queue
from bench.figure import Figure, alone


def measure() -> list[Figure]:
    """The look-up alone, with the tip's own screen after it, and how many queries each takes."""
    many, few = large_queue.desks()
    look_up, screen = many.queries(many.look_up, many.tip)
    return [
        large_queue.compare("reference", (many.look_up,), (few.look_up,)),
        large_queue.compare("reference-tip", (many.look_up, many.tip), (few.look_up, few.tip)),
        alone("reference-queries", look_up, "queries", "<= 12"),
        alone("tip-queries", screen, "queries", "<= 12"),
    ]
