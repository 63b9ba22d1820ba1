"""Counts what a desk page asks of the database, in an open session."""

from http.cookies import SimpleCookie

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext


def main(cookie: str, *paths: str) -> list[int]:
    """The number of queries of each page, session and officer included."""
    client = Client(headers={"host": "127.0.0.1"})
    client.cookies = SimpleCookie(cookie)
    return [_count(client, path) for path in paths]


def _count(client: Client, path: str) -> int:
    client.get(path)  # the second time nothing is asked that the process remembers
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(path)
    assert answer.status_code in (200, 303), f"{path} answered {answer.status_code}"
    return len(asked)
