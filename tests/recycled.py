"""The public door's own gunicorn around a program that says its number, for test_recycling.py.

gunicorn -c python:tests.recycled tests.recycled; HOUR and SENDINGS make a life short.
"""

import os
from collections.abc import Callable, Iterator
from typing import Any

from slu_antitrafficking import gunicorn_conf, recycling

recycling.HOUR = float(os.environ["HOUR"])
recycling.SENDINGS = int(os.environ["SENDINGS"])
globals().update({k: v for k, v in vars(gunicorn_conf).items() if k != "on_starting"})
graceful_timeout = 0  # nothing but the recycling's own grace is waited for


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterator[bytes]:
    """Says its number, reads to the end of what was sent, and says it once more."""
    start_response("200 OK", [("Content-Length", "20")])
    said = f"{os.getpid():10}".encode()
    yield said
    environ["wsgi.input"].read()
    yield said
