"""Counting in shared memory, by itself: how true it is, what fades, and what survives whom."""

import json
import os
import subprocess
import sys
from collections import Counter
from mmap import PAGESIZE
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slu_antitrafficking.start.options import ROOT
from tips.public.count_min_sketch import COLUMNS, DAY, HOUR, CountMinSketch


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 40 * DAY + 12.0 * HOUR

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sketch(clock: Clock) -> CountMinSketch:
    return CountMinSketch(clock)


def play(name: str) -> Any:
    """What processes of their own saw (counting.py)."""
    command = [sys.executable, "-m", "tests.public.counting", name]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=60, check=True)
    return json.loads(done.stdout)


acts = st.lists(
    st.one_of(
        st.tuples(st.just("count"), st.integers(0, 30)),
        st.tuples(st.just("take back"), st.integers(0, 100)),
        st.tuples(st.just("wait"), st.integers(1, 2 * HOUR)),
    ),
    max_size=60,
)
_clock = Clock()


class Crowded(CountMinSketch):
    """So few counters that names meet in them."""

    def _cells(self, name: str) -> tuple[int, ...]:
        return tuple(cell // COLUMNS * COLUMNS + cell % 4 for cell in super()._cells(name))


_sketch = Crowded(_clock)


@given(acts)
def test_what_entered_is_never_counted_too_few(acts: list[tuple[str, int]]) -> None:
    _clock.now = Clock().now
    _sketch.forget()
    true: dict[int, Counter[str]] = {}
    hits = []
    for act, number in acts:
        if act == "count":
            hit = _sketch.enter(f"name {number}")
            hits.append((f"name {number}", hit))
            true.setdefault(hit.hour, Counter())[f"name {number}"] += 1
        elif act == "take back" and number < len(hits):
            name, hit = hits.pop(number)
            _sketch.take_back(hit)
            true[hit.hour][name] -= 1
        elif act == "wait":
            _clock.now += number
            if _clock.now // DAY != Clock().now // DAY:
                return
        _expect_at_least(true)


@given(acts)
def test_what_was_added_is_never_counted_too_few(acts: list[tuple[str, int]]) -> None:
    _clock.now = Clock().now
    _sketch.forget()
    true: dict[int, Counter[str]] = {}
    for act, number in acts:
        if act == "count":
            _sketch.add(f"name {number}")
            hour = int(_clock.now // HOUR) + 1
            true.setdefault(hour, Counter())[f"name {number}"] += 1
        elif act == "wait":
            _clock.now += number
            if _clock.now // DAY != Clock().now // DAY:
                return
        _expect_at_least(true)


def _expect_at_least(true: dict[int, Counter[str]]) -> None:
    hour = int(_clock.now // HOUR) + 1
    share = 1 - _clock.now % HOUR / HOUR
    now, before = true.get(hour, Counter()), true.get(hour - 1, Counter())
    for name in now | before:
        assert _sketch.count(name) >= now[name] + share * before[name]


def test_a_name_is_counted_no_further_than_told(sketch: CountMinSketch) -> None:
    assert [sketch.add("a name", most=3) for _ in range(5)] == [1, 2, 3, 3, 3]


def test_among_fifty_thousand_a_new_one_reads_next_to_nothing(sketch: CountMinSketch) -> None:
    for number in range(50_000):
        sketch.add(f"name {number}")
    seen = sorted(sketch.count(f"new {number}") for number in range(5000))
    assert seen[2500] == 0
    assert seen[-1] <= 2


def test_an_hour_fades_and_is_gone_after_the_next(clock: Clock, sketch: CountMinSketch) -> None:
    assert [sketch.add("a name") for _ in range(8)] == [1, 2, 3, 4, 5, 6, 7, 8]
    seen = []
    for _ in range(8):
        clock.now += HOUR / 4
        seen.append(sketch.count("a name"))
    assert seen == [8, 8, 8, 8, 6, 4, 2, 0]
    assert sketch.add("a name") == 1


def test_a_sleep_of_hours_leaves_nothing_of_them(clock: Clock, sketch: CountMinSketch) -> None:
    for hours in (2, 3, 4, 5):
        sketch.add("a name")
        clock.now += hours * HOUR
        assert sketch.count("a name") == 0


def test_what_is_taken_back_did_not_come(clock: Clock, sketch: CountMinSketch) -> None:
    first, second = sketch.enter("a name"), sketch.enter("a name")
    sketch.take_back(second)
    assert sketch.count("a name") == 1
    clock.now += HOUR
    sketch.take_back(first)
    assert sketch.count("a name") == 0


def test_what_has_gone_out_of_view_is_not_taken_back(clock: Clock, sketch: CountMinSketch) -> None:
    for hours in (2, 3, 24):
        old = sketch.enter("a name")
        clock.now += hours * HOUR
        sketch.enter("a name")
        sketch.take_back(old)
        assert sketch.count("a name") == 1
        sketch.forget()


def test_what_was_forgotten_is_not_taken_back_from_what_came_since(sketch: CountMinSketch) -> None:
    old = sketch.enter("a name")
    sketch.forget()
    sketch.enter("a name")
    sketch.take_back(old)
    assert sketch.count("a name") == 1


def test_a_day_later_all_is_overwritten_and_the_key_is_another(
    clock: Clock, sketch: CountMinSketch
) -> None:
    clock.now = 41 * DAY - 1
    for number in range(100):
        sketch.add(f"name {number}")
    before = sketch._bytes[:]
    clock.now = 41 * DAY
    assert sketch.count("name 1") == 0
    key = sketch._bytes[32:64]
    assert key != before[32:64]
    assert key.count(0) < 8
    assert not any(sketch._bytes[64:])
    assert any(before[64:])


def test_it_takes_the_memory_of_what_was_counted_in_the_last_two_hours(
    clock: Clock, sketch: CountMinSketch
) -> None:
    def pages() -> int:
        return os.fstat(sketch._file).st_blocks * 512 // PAGESIZE

    assert pages() == 0
    for number in range(20):
        sketch.add(f"name {number}")
    assert 1 + 2 * 20 < pages() <= 1 + 2 * 4 * 20  # in four places of each of the two hours
    clock.now += 2 * HOUR
    sketch.forget()
    sketch.add("a name")
    assert 1 < pages() <= 1 + 2 * 4


def test_nothing_in_it_says_a_name(sketch: CountMinSketch) -> None:
    sketch.add("sending 192.0.2.77/32")
    assert b"192.0.2" not in sketch._bytes[:]
    other = CountMinSketch(Clock())
    other.add("sending 192.0.2.77/32")
    assert other._bytes[64:] != sketch._bytes[64:]


def test_two_processes_of_eight_threads_count_exactly_in_two_sketches() -> None:
    assert play("together") == [20_000, 20_000]


def test_whoever_is_killed_with_the_lock_keeps_nobody_waiting() -> None:
    meanwhile, total, seconds = play("holder")
    assert (meanwhile, total) == (0, 1)
    assert seconds < 1


def test_whenever_somebody_is_killed_what_was_answered_is_counted() -> None:
    seen = play("at_any_point")
    for answered, total, seconds in seen:
        assert answered <= total <= answered + 1
        assert seconds < 1
    assert sum(answered > 0 for answered, _, _ in seen) >= 20


def test_whoever_is_killed_at_the_turn_of_an_hour_leaves_nothing_of_what_is_over() -> None:
    assert play("at_any_turn") == [0] * 80


def test_a_worker_that_is_forked_forgets_what_is_over_though_nobody_counts() -> None:
    assert play("fork_of_a_busy_parent") == 0
