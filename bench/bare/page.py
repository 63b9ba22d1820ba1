"""A bare WSGI program: says the same page, headers and all, to everybody."""

import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

BODY = Path(os.environ["PAGE"]).read_bytes()
HEADERS = [(name, value) for name, value in json.loads(os.environ["HEADERS"])]


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """200 with the page, whatever is asked."""
    start_response("200 OK", HEADERS)
    return [BODY]
