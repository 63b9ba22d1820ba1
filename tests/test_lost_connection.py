"""A connection that the database server ended while nobody asked anything."""

from collections.abc import Iterator

import pytest
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper


@pytest.fixture
def kept(db: None) -> Iterator[BaseDatabaseWrapper]:
    """A thread's connection between two requests."""
    kept = connections["default"].copy()
    kept.ensure_connection()
    yield kept
    kept.close()


def pid_of(asked: BaseDatabaseWrapper) -> int:
    """Of the server's process behind it, as the next request finds it."""
    asked.close_if_unusable_or_obsolete()  # as Django does when a request begins
    with asked.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def test_the_next_request_has_a_new_one(kept: BaseDatabaseWrapper) -> None:
    before = pid_of(kept)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [before])
        assert cursor.fetchone() == (True,)
    assert pid_of(kept) != before


def test_one_that_lives_is_kept(kept: BaseDatabaseWrapper) -> None:
    assert pid_of(kept) == pid_of(kept)


def test_one_that_failed_in_between_is_replaced(kept: BaseDatabaseWrapper) -> None:
    before = pid_of(kept)
    kept.connection.close()
    assert pid_of(kept) != before
