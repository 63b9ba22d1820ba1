"""A gunicorn of slow_clients.py that loses its patience sooner, with one thread: its configuration
and what it serves."""

import time
from collections.abc import Callable, Iterable
from typing import Any

from slu_antitrafficking import slow_clients

PATIENCE, SLOWEST, LONG = 1, 1_000, 4  # seconds, bytes a second, seconds
LARGE = 20_000_000  # bytes; more than the system keeps for a client

workers, threads = 1, 1
worker_class = "slu_antitrafficking.slow_clients.ImpatientWorker"
control_socket_disable = True


def post_worker_init(_worker: Any) -> None:
    """From now on it has no more."""
    slow_clients.PATIENCE, slow_clients.SLOWEST = PATIENCE, SLOWEST


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """How many bytes of the body came; at /long after a while, at /large many bytes."""
    came = str(len(environ["wsgi.input"].read())).encode()
    if environ["PATH_INFO"] == "/long":
        time.sleep(LONG)
    if environ["PATH_INFO"] == "/large":
        came = bytes(LARGE)
    start_response("200 OK", [("Content-Length", str(len(came)))])
    return [came]
