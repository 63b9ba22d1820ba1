"""Processes that count in one sketch, and some that are killed at it.

python -m tests.public.counting PLAY prints what it saw as JSON. Each play needs processes that are
forked without an exec, which pytest's own, with its threads, may not be.
"""

import json
import os
import random
import sys
import threading
import time
from collections.abc import Callable
from mmap import mmap
from signal import SIGKILL

from tips.public import count_min_sketch
from tips.public.count_min_sketch import DAY, HOUR, CountMinSketch


def at_noon() -> float:
    """A clock that stands still: what was counted would fade while it is looked at."""
    return 40 * DAY + 12.0 * HOUR


def forked(work: Callable[[], object]) -> int:
    """The number of a child that does this and goes."""
    child = os.fork()
    if not child:
        work()
        os._exit(0)
    return child


def kill(child: int) -> None:
    os.kill(child, SIGKILL)
    os.waitpid(child, 0)


def together(processes: int, threads: int, each: int) -> list[float]:
    """What two sketches counted when so many count in each at once."""
    sketches = CountMinSketch(at_noon), CountMinSketch(at_noon)
    go = mmap(-1, 1)

    def count(sketch: CountMinSketch) -> None:
        for _ in range(each):
            sketch.add("a name")

    def work() -> None:
        while not go[0]:
            time.sleep(0.001)
        crowd = [
            threading.Thread(target=count, args=[sketch])
            for sketch in sketches
            for _ in range(threads)
        ]
        for thread in crowd:
            thread.start()
        for thread in crowd:
            thread.join()

    children = [forked(work) for _ in range(processes)]
    go[0] = 1
    for child in children:
        os.waitpid(child, 0)
    return [sketch.count("a name") for sketch in sketches]


def holder() -> list[float]:
    """What was counted, and after how long: while another held the lock, once it was dead."""
    sketch = CountMinSketch(at_noon)
    reading, writing = os.pipe()
    totals = []

    def hold() -> None:
        with sketch._locked():
            os.write(writing, b"held")
            time.sleep(60)

    child = forked(hold)
    os.read(reading, 4)
    counting = threading.Thread(target=lambda: totals.append(sketch.add("a name")))
    counting.start()
    counting.join(0.3)
    meanwhile = len(totals)
    kill(child)
    began = time.monotonic()
    counting.join()
    return [meanwhile, totals[0], time.monotonic() - began]


def at_any_point(kills: int) -> list[list[float]]:
    """What was answered for, what is counted, and how long that took, after each kill."""
    sketch = CountMinSketch(at_noon)
    answered = mmap(-1, 8)
    seen = []

    def count() -> None:
        number = 0
        while True:
            sketch.add("a name")
            number += 1
            answered[:8] = number.to_bytes(8)

    for number in range(kills):
        sketch.forget()
        answered[:8] = bytes(8)
        child = forked(count)
        while number % 2 and not any(answered[:8]):  # every other one in the midst of counting
            time.sleep(0.001)
        time.sleep(random.uniform(0.001, 0.04))
        kill(child)
        began = time.monotonic()
        total = sketch.count("a name")
        seen.append([int.from_bytes(answered[:8]), total, time.monotonic() - began])
    return seen


def at_any_turn(kills: int) -> list[int]:
    """How much is left of hours out of view, after each kill of somebody whose hours are short.

    Every hour a flood leaves that hour's number in every byte of its counters.
    """
    hours = mmap(-1, 8)

    def clock() -> float:
        return int.from_bytes(hours[:8]) * HOUR

    sketch = CountMinSketch(clock)
    left = []

    def live() -> None:
        while True:
            hour = int.from_bytes(hours[:8]) + 1
            hours[:8] = hour.to_bytes(8)
            sketch.count("a name")
            sketch._bytes[plane(hour)] = bytes([1 + hour % 255]) * len(sketch._bytes[plane(hour)])

    for _ in range(kills):
        child = forked(live)
        time.sleep(random.uniform(0.001, 0.01))
        kill(child)
        sketch.count("a name")
        now = int.from_bytes(hours[:8])
        for hour in (now, now - 1):
            counters = sketch._bytes[plane(hour)]
            left.append(len(counters) - counters.count(0) - counters.count(1 + hour % 255))
    return left


def fork_of_a_busy_parent() -> int:
    """How much is left of yesterday once a worker was forked, though nobody counts any more."""
    days = [40.0]
    sketch = CountMinSketch(lambda: days[0] * DAY)
    sketch.add("a name")
    days[0] += 1
    with sketch._thread:  # as another thread's that is counting
        os.waitpid(forked(lambda: None), 0)
    counters = sketch._bytes[4 * count_min_sketch._PLANES :]
    return len(counters) - counters.count(0)


def plane(hour: int) -> slice:
    """The bytes of this hour's counters; the first hour of the clock is the sketch's second."""
    start = 4 * count_min_sketch._plane(hour + 1)
    return slice(start, start + 4 * count_min_sketch._PLANE)


PLAYS: dict[str, Callable[[], object]] = {
    "together": lambda: together(processes=2, threads=4, each=2500),
    "holder": holder,
    "at_any_point": lambda: at_any_point(kills=40),
    "fork_of_a_busy_parent": fork_of_a_busy_parent,
    "at_any_turn": lambda: at_any_turn(kills=40),
}

if __name__ == "__main__":
    print(json.dumps(PLAYS[sys.argv[1]]()))
