"""queue: the desk's queue with 100,000 tips, 2,000 of them open, beside 1,000 with 20."""

from bench import crowd
from bench.figure import Figure, alone


def measure() -> list[Figure]:
    """All open tips, first page; and how many queries that takes."""
    many, _few = crowd.desks()
    (queries,) = many.queries(crowd.QUEUE)
    return [
        crowd.compare("queue", (crowd.QUEUE,), (crowd.QUEUE,)),
        alone("queue-queries", queries, "queries", "<= 12"),
    ]
