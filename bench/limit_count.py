"""limit-count: what it costs to count one sending of a network, of very many."""

import time

from bench.figure import Figure, alone
from tips.public.count_min_sketch import CountMinSketch

HITS = 50_000


def measure() -> list[Figure]:
    """CPU of one hit with its locks, when nobody else counts."""
    sketch = CountMinSketch()
    began = time.process_time()
    for number in range(HITS):
        sketch.add(f"network {number}")
    return [alone("limit-count", (time.process_time() - began) / HITS * 1e6, "µs")]
