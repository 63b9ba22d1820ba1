"""The log-in's throttle by itself."""

import threading

import pytest
from django.test import RequestFactory

from tips.access import throttle

FROM = RequestFactory()


def request(address: str = "192.0.2.1"):
    return FROM.get("/", REMOTE_ADDR=address)


def test_waits_grow_and_end_at_a_minute() -> None:
    key = throttle.name_key("kim", request())
    waits = []
    for _ in range(12):
        throttle.count_failure(key)
        waits.append(throttle.seconds_to_wait(key))
    assert waits == [0, 0, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60]
    throttle.forget(key)
    assert throttle.seconds_to_wait(key) == 0


def test_a_name_is_one_whatever_its_case_and_differs_by_network() -> None:
    assert throttle.name_key("Kim ", request()) == throttle.name_key("kim", request())
    assert throttle.name_key("kim", request()) != throttle.name_key("kim", request("192.0.2.2"))


def test_no_key_tells_whose_it_is_without_the_secret_of_the_process(monkeypatch) -> None:
    keys = [throttle.name_key("kim", request()), throttle.network_key(request())]
    monkeypatch.setattr(throttle, "_secret", bytes(32))
    again = [throttle.name_key("kim", request()), throttle.network_key(request())]
    assert len({*keys, *again}) == 4


def test_a_network_of_many_names_is_let_in_only_while_nobody_else_is_hashing() -> None:
    loud, quiet = (throttle.network_key(request(address)) for address in ("192.0.2.9", "192.0.2.1"))
    for _ in range(throttle.NOISY):
        assert not throttle.is_noisy(loud)
        throttle.count_failure(loud)
    assert throttle.is_noisy(loud)
    assert not throttle.is_noisy(quiet)
    with throttle.one_derivation(may_wait=False):
        pass
    with (
        throttle.one_derivation(),
        pytest.raises(throttle.Busy),
        throttle.one_derivation(may_wait=False),
    ):
        pass


def test_memory_is_bounded_and_holds_no_name() -> None:
    for n in range(throttle.MOST_KEPT):
        throttle._tries[n.to_bytes(4)] = throttle._Tries(1, 1e12)
    throttle.count_failure(throttle.name_key("kim", request()))
    assert len(throttle._tries) == throttle.MOST_KEPT
    assert not any(b"kim" in key for key in throttle._tries)


def test_one_hashes_two_wait_and_the_next_is_told() -> None:
    inside, release, done = threading.Event(), threading.Event(), []

    def hash_slowly() -> None:
        with throttle.one_derivation():
            inside.set()
            release.wait(5)
        done.append(1)

    threads = [threading.Thread(target=hash_slowly) for _ in range(1 + throttle.MAY_WAIT)]
    for thread in threads:
        thread.start()
    inside.wait(5)
    while throttle._slots._value:
        pass
    with pytest.raises(throttle.Busy), throttle.one_derivation():
        pass
    release.set()
    for thread in threads:
        thread.join(5)
    assert len(done) == 1 + throttle.MAY_WAIT


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Its one number is the time."""
    now = [1000.0]
    monkeypatch.setattr(throttle.time, "monotonic", lambda: now[0])
    return now


def test_a_wait_runs_out(clock: list[float]) -> None:
    key = throttle.name_key("kim", request())
    for _ in range(5):
        throttle.count_failure(key)
    assert throttle.seconds_to_wait(key) == 8
    clock[0] += 5.5
    assert throttle.seconds_to_wait(key) == 3
    clock[0] += 10
    assert throttle.seconds_to_wait(key) == 0


def test_after_an_hour_everything_is_forgotten(clock: list[float]) -> None:
    loud, other = throttle.network_key(request()), throttle.name_key("kim", request("192.0.2.7"))
    for _ in range(throttle.NOISY):
        throttle.count_failure(loud)
    clock[0] += 3599
    assert throttle.is_noisy(loud)
    clock[0] += 1
    assert not throttle.is_noisy(loud)
    throttle.count_failure(other)
    assert list(throttle._tries) == [other]


def test_the_oldest_name_makes_room_and_one_that_is_known_takes_none(clock: list[float]) -> None:
    for n in range(throttle.MOST_KEPT):
        throttle._tries[n.to_bytes(4)] = throttle._Tries(1, clock[0])
    throttle.count_failure((5).to_bytes(4))
    assert len(throttle._tries) == throttle.MOST_KEPT
    assert throttle._tries[(5).to_bytes(4)].failed == 2
    throttle.count_failure(b"new")
    assert (0).to_bytes(4) not in throttle._tries
    assert (1).to_bytes(4) in throttle._tries


def test_a_place_in_the_line_is_given_back_whatever_happens() -> None:
    for _ in range(2 + throttle.MAY_WAIT):
        with pytest.raises(ZeroDivisionError), throttle.one_derivation():
            raise ZeroDivisionError
        with (
            throttle.one_derivation(),
            pytest.raises(throttle.Busy),
            throttle.one_derivation(may_wait=False),
        ):
            pass
    with throttle.one_derivation():
        pass
