"""Pages that differ only in a few words: rendered once in some seconds, then only filled in."""

import re
from collections.abc import Mapping
from html import escape
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import get_language

from slu_antitrafficking.ttl_cache import TTLCache

# Private-use characters, which no template and no editor writes.
_PLACEHOLDER = re.compile("\ue000(\\w+)\ue001")
# By template, language, address and what is the same for many: text and names in turn.
_fragments: TTLCache[list[str]] = TTLCache(10.0)  # seconds, as long as the numbers on the page


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
    fragments = _fragments.get(
        key,
        lambda _: _PLACEHOLDER.split(render_to_string(template, {**context, **same}, request)),
    )
    escaped = {name: escape(value) for name, value in values.items()}
    page = list(fragments)
    page[1::2] = [escaped[name] for name in page[1::2]]
    return "".join(page)
