"""Pages that differ only in a few words: rendered once in some seconds, then only filled in."""

import re
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.translation import get_language

from slu_antitrafficking.ttl_cache import TTLCache

# Private-use characters, which no template and no editor writes.
_PLACEHOLDER = re.compile("\ue000(\\w+)\ue001")
# By template, language, address and what is the same for many.
_fragments: TTLCache[str] = TTLCache(10.0)  # seconds, as long as the numbers on the page


def placeholder(name: str) -> str:
    """Where `render` will put the value of this name."""
    return f"\ue000{name}\ue001"


def render(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    values: Mapping[str, str],
    **same: bool,
) -> str:
    """The template over placeholders and what is the `same` for many, with the values put in.

    What is kept between two requests holds no value, so nobody's can be shown to another.
    """
    key = (template, get_language(), request.path, *same.items())
    fragment = _fragments.get(
        key, lambda _: render_to_string(template, {**context, **same}, request)
    )
    return _PLACEHOLDER.sub(lambda found: escape(values[found[1]]), fragment)
