"""What a desk page asks of the database, in an open session."""

import time
from http.cookies import SimpleCookie
from typing import Any

from django.db import connection
from django.test import Client


def main(cookie: str, *paths: str) -> list[tuple[int, float]]:
    """The number of statements of each page, session and officer included, and their ms."""
    client = Client(headers={"host": "127.0.0.1"})
    client.cookies = SimpleCookie(cookie)
    return [_count(client, path) for path in paths]


def _count(client: Client, path: str) -> tuple[int, float]:
    client.get(path)  # the second time nothing is asked that the process remembers
    took: list[float] = []

    def timed(execute: Any, *arguments: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(*arguments)
        finally:
            took.append(time.perf_counter() - began)

    with connection.execute_wrapper(timed):
        answer = client.get(path)
    assert answer.status_code in (200, 303), f"{path} answered {answer.status_code}"
    return len(took), sum(took) * 1000
