"""The public door's own gunicorn around a program that says its number, for test_recycling.py.

gunicorn -c python:tests.recycled tests.recycled; HOUR and SENDINGS make a life short, and whoever
is forked while the file GATE is away waits for it.
"""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from slu_antitrafficking import gunicorn_conf, recycling

recycling.HOUR = float(os.environ["HOUR"])
recycling.SENDINGS = int(os.environ["SENDINGS"])
globals().update({k: v for k, v in vars(gunicorn_conf).items() if k != "on_starting"})
graceful_timeout = 0  # nothing but the recycling's own grace is waited for


def post_fork(_server: Any, _worker: Any) -> None:
    """Only then it begins to serve."""
    gate = Path(os.environ["GATE"])
    while not gate.exists():
        gate.with_name("waits").touch()
        time.sleep(0.01)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterator[bytes]:
    """Says its number, reads to the end of what was sent, and says it once more."""
    start_response("200 OK", [("Content-Length", "20")])
    said = f"{os.getpid():10}".encode()
    yield said
    environ["wsgi.input"].read()
    yield said
