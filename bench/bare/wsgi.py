"""A bare WSGI program: inserts the body, commits, and says so. One connection a thread."""

import os
import threading
from collections.abc import Callable, Iterable
from typing import Any
from uuid import uuid4

import psycopg2

_mine = threading.local()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """201 once the body is on disk."""
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    if not hasattr(_mine, "connection"):
        _mine.connection = psycopg2.connect(os.environ["DATABASE_URL"])
    with _mine.connection as connection, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO bare_tip (id, document) VALUES (%s, %s)",
            (str(uuid4()), psycopg2.Binary(body)),
        )
    answer = b"<!doctype html><title>Received</title><p>Received."
    headers = [("Content-Type", "text/html"), ("Content-Length", str(len(answer)))]
    start_response("200 OK", headers)
    return [answer]
