"""A wait for the database has an end, whatever the database does."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg2
import pytest
from django.core.signals import request_started
from django.db import connection
from psycopg2 import extensions

from slu_antitrafficking import database_deadline
from slu_antitrafficking.database_deadline import NoPlace, Places
from tests.database.acting import ask


@pytest.fixture(params=["public", "desk"])
def door(request: pytest.FixtureRequest) -> Iterator[str]:
    """A door of this name, as far as its waits go."""
    database_deadline.install(request.param)
    database_deadline.begin()
    yield request.param
    extensions.set_wait_callback(None)
    request_started.disconnect(dispatch_uid="database_deadline")
    database_deadline.places.say_slow(False)
    database_deadline.begin()


@pytest.fixture
def hole() -> Iterator[int]:
    """A port where everybody may come and nobody is answered."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def connect() -> extensions.connection:
    """A connection of its own to the tests' database."""
    return connection.Database.connect(**connection.get_connection_params())


def seconds(what: Callable[[], object]) -> float:
    began = time.monotonic()
    with pytest.raises(psycopg2.OperationalError, match="silent"):
        what()
    return time.monotonic() - began


def test_a_server_that_lets_in_and_says_nothing(door, hole):
    def knock() -> None:
        psycopg2.connect(host="127.0.0.1", port=hole, user="x", dbname="x")

    assert 2 <= seconds(knock) < 4
    assert seconds(knock) < 1  # of the same request
    assert database_deadline.places.is_slow
    database_deadline.begin()
    assert seconds(knock) >= 2


@pytest.mark.django_db
def test_a_long_question_is_the_desk_s_alone(door):
    line = connect()
    began = time.monotonic()
    with line.cursor() as cursor:
        if door == "desk":
            cursor.execute("SELECT pg_sleep(3.5)")
            assert time.monotonic() - began >= 3.5
            line.close()
        else:
            number = line.info.backend_pid
            assert seconds(lambda: cursor.execute("SELECT pg_sleep(30)")) < 4
            database_deadline.begin()
            # The server sleeps on, in a transaction that would keep deleted rows on the disk.
            ask("SELECT pg_terminate_backend(%s, 5000)", number)
    assert line.closed


@pytest.mark.django_db
def test_an_answer_says_that_the_database_is_not_slow_any_more(door):
    database_deadline.places.say_slow(True)
    line = connect()
    with line, line.cursor() as cursor:
        cursor.execute("SELECT 1")
    line.close()
    assert not database_deadline.places.is_slow


# Places


def test_so_many_are_let_in_and_the_next_once_one_is_out():
    places = Places(2)
    go, inside = threading.Event(), threading.Semaphore(0)

    def stay() -> None:
        with places.taken():
            inside.release()
            go.wait(10)

    with ThreadPoolExecutor(3) as threads:
        staying = [threads.submit(stay) for _ in range(2)]
        for _ in staying:
            assert inside.acquire(timeout=5)
        next_one = threads.submit(stay)
        assert not inside.acquire(timeout=0.2)
        go.set()
        for one in (*staying, next_one):
            one.result(5)


def test_nobody_waits_in_line_for_long_and_not_at_all_for_a_slow_one():
    places = Places(1)

    def try_it() -> float:
        began = time.monotonic()
        with pytest.raises(NoPlace), places.taken():
            pass
        return time.monotonic() - began

    with ThreadPoolExecutor(1) as threads, places.taken():
        assert 0.9 < threads.submit(try_it).result(5) < 3
        waiting = threads.submit(try_it)
        places.say_slow(True)
        assert waiting.result(5) < 0.9
        assert threads.submit(try_it).result(5) < 0.5
    with places.taken():  # free, it is there for who tries, slow or not
        pass
