"""Statements that wait for a lock no longer than a sender may wait behind them."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from django.db import OperationalError, connection

LOCK_LIMIT = "2s"
TRIES = 3


def execute(statement: str, values: Mapping[str, Any] | None = None) -> int:
    """Runs it; how many rows it wrote. Raises OperationalError when the last try waits in vain."""

    def act(cursor: Any) -> int:
        cursor.execute(statement, values)
        return int(cursor.rowcount)

    return retry(act)


def retry(act: Callable[[Any], int]) -> int:
    """What `act` gives, which is called with a cursor that has the limit, TRIES times at most.

    Raises OperationalError when the last try waits in vain.
    """
    for _ in range(TRIES - 1):
        with suppress(OperationalError):  # somebody is at the table
            return _once(act)
    return _once(act)


def _once(act: Callable[[Any], int]) -> int:
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = '{LOCK_LIMIT}'")
            return act(cursor)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")
