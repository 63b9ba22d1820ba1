"""What a process remembers for some seconds."""

import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue

import pytest
from django.db import OperationalError

from slu_antitrafficking import ttl_cache
from slu_antitrafficking.ttl_cache import TTLCache


def test_it_is_made_once_until_it_is_forgotten() -> None:
    made: list[str | None] = []
    cache: TTLCache[str] = TTLCache(3600)
    for _ in range(3):
        assert cache.get("en", lambda last: made.append(last) or "Hello") == "Hello"
    assert cache.get("fr", lambda last: "Bonjour") == "Bonjour"
    cache.forget()
    assert cache.get("en", lambda last: made.append(last) or "Good day") == "Good day"
    assert made == [None, None]


def test_it_is_made_anew_from_the_last_once_it_is_too_old() -> None:
    cache: TTLCache[int] = TTLCache(0)
    for number in (1, 2, 3):
        assert cache.get(None, lambda last: (last or 0) + 1) == number


def test_what_went_wrong_is_raised_and_tried_again() -> None:
    cache: TTLCache[str] = TTLCache(0)
    cache.set(None, "old")

    def fail(_: str | None) -> str:
        raise LookupError

    with pytest.raises(LookupError):
        cache.get(None, fail)
    assert cache.get(None, lambda last: f"{last} and new") == "old and new"


def test_while_one_makes_it_the_others_go_on_with_the_last() -> None:
    cache: TTLCache[str] = TTLCache(0)
    cache.set(None, "old")
    is_making, may_end = threading.Event(), threading.Event()
    answers: list[str] = []

    def slowly(_: str | None) -> str:
        is_making.set()
        assert may_end.wait(20)
        return "new"

    maker = threading.Thread(target=lambda: answers.append(cache.get(None, slowly)))
    maker.start()
    assert is_making.wait(20)
    assert cache.get(None, lambda _: "made by two") == "old"
    may_end.set()
    maker.join()
    assert answers == ["new"]


def test_before_there_was_any_the_others_wait_for_the_first() -> None:
    cache: TTLCache[str] = TTLCache(3600)
    is_making, may_end = threading.Event(), threading.Event()
    answers: list[str] = []

    def slowly(_: str | None) -> str:
        is_making.set()
        assert may_end.wait(20)
        return "first"

    def ask(make: object) -> threading.Thread:
        thread = threading.Thread(target=lambda: answers.append(cache.get(None, make)))
        thread.start()
        return thread

    maker = ask(slowly)
    assert is_making.wait(20)
    others = [ask(lambda _: "made by two") for _ in range(4)]
    may_end.set()
    for thread in (maker, *others):
        thread.join()
    assert answers == ["first"] * 5


# Apart


@pytest.fixture
def apart(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Renewals wait in line until they are told to run, as in a door's own thread."""
    jobs: SimpleQueue[Callable[[], None]] = SimpleQueue()
    monkeypatch.setattr(ttl_cache, "_jobs", jobs)
    monkeypatch.setattr(ttl_cache, "PATIENCE", 0)
    monkeypatch.setattr(ttl_cache, "FIRST_PATIENCE", 0)

    def run() -> None:
        jobs.get_nowait()()

    return run


def test_no_reader_makes_what_is_renewed_apart(apart: Callable[[], None]) -> None:
    cache: TTLCache[str] = TTLCache(0, apart=True)
    cache.set(None, "old")
    made = []
    for _ in range(3):
        assert cache.get(None, lambda last: made.append(last) or f"{last} and new") == "old"
    assert made == []
    apart()
    with pytest.raises(Empty):
        apart()  # three readers, one renewal
    assert made == ["old"]
    assert cache.get(None, lambda _: "next") == "old and new"


def test_without_any_value_yet_it_says_that_the_database_is_silent(
    apart: Callable[[], None],
) -> None:
    cache: TTLCache[str] = TTLCache(0, apart=True)
    with pytest.raises(OperationalError):
        cache.get(None, lambda _: "first")
    apart()
    assert cache.get(None, lambda _: "second") == "first"


def test_what_goes_wrong_apart_is_raised_to_who_waits_for_it(apart: Callable[[], None]) -> None:
    cache: TTLCache[str] = TTLCache(0, apart=True)

    class AtOnce(SimpleQueue[Callable[[], None]]):
        """A thread that is quick."""

        def put(self, job: Callable[[], None], *_: object, **__: object) -> None:
            job()

    def fail(_: str | None) -> str:
        raise LookupError

    cache.set(None, "old")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ttl_cache, "_jobs", AtOnce())
        with pytest.raises(LookupError):
            cache.get(None, fail)
        assert cache.get(None, lambda last: f"{last} and new") == "old and new"


def test_what_was_forgotten_meanwhile_is_not_kept(apart: Callable[[], None]) -> None:
    cache: TTLCache[str] = TTLCache(3600, apart=True)
    with pytest.raises(OperationalError):
        cache.get(None, lambda _: "read before")
    cache.forget()
    apart()
    with pytest.raises(OperationalError):
        cache.get(None, lambda _: "read after")
    apart()
    assert cache.get(None, lambda _: "never") == "read after"
