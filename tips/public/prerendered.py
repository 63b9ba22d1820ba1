"""Pages that differ only in a few words: rendered once in some seconds, then only filled in."""

import re
import time
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.translation import get_language

KEPT = 10.0  # seconds, as long as the numbers on the page
# Private-use characters, which no template and no editor writes.
_MARK = re.compile("\ue000(\\w+)\ue001")
# By template, language, address and what is the same for many.
_frames: dict[tuple[Any, ...], tuple[float, str]] = {}


def mark(name: str) -> str:
    """Where `filled` will put the value of this name."""
    return f"\ue000{name}\ue001"


def filled(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    values: Mapping[str, str],
    **same: bool,
) -> str:
    """The template over marks and what is the `same` for many, with the values in their places.

    What is kept between two requests holds no value, so nobody's can be shown to another.
    """
    key = (template, get_language(), request.path, *same.items())
    made, frame = _frames.get(key, (0.0, ""))
    if not frame or time.monotonic() - made > KEPT:
        frame = render_to_string(template, {**context, **same}, request)
        _frames[key] = time.monotonic(), frame
    return _MARK.sub(lambda found: escape(values[found[1]]), frame)
