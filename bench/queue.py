"""queue: the desk's queue with 100,000 tips, 2,000 of them open, beside 1,000 with 20."""

from bench import large_queue
from bench.figure import Figure, alone


def measure() -> list[Figure]:
    """All open tips, first page; and how many queries that takes."""
    many, _few = large_queue.desks()
    (queries,) = many.queries(large_queue.QUEUE)
    return [
        large_queue.compare("queue", (large_queue.QUEUE,), (large_queue.QUEUE,)),
        alone("queue-queries", queries, "queries", "<= 12"),
    ]
