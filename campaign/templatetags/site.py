"""Tags of the public pages: icons, editors' words, days and hours."""

import re
from collections.abc import Mapping
from datetime import time
from typing import Any

from django import template
from django.template import Context
from django.utils.dates import WEEKDAYS
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from campaign import offers, wording
from campaign.icons import SYMBOLS

register = template.Library()


@register.simple_tag(takes_context=True)
def icon(context: Context, name: str, more: str = "") -> SafeString:
    """An icon by name; `{% sprite %}` at the end of the page brings what was used."""
    if name not in SYMBOLS:
        return SafeString()
    _icons(context).add(name)
    classes = f"i {more}".strip()
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="#i-{}"/></svg>', classes, name
    )


@register.simple_tag(takes_context=True)
def sprite(context: Context) -> SafeString:
    """The symbols of the icons this page used, and no others."""
    symbols = "".join(SYMBOLS[name] for name in sorted(_icons(context)))
    return mark_safe(f'<svg class="sprite" aria-hidden="true">{symbols}</svg>')


@register.simple_tag(takes_context=True)
def body(context: Context, text: Any, lists: str = "") -> SafeString:
    """The Markdown of a text, with the live numbers; `lists` names the class of its lists."""
    html = wording.body(text.body, _contacts(context)) if text else SafeString()
    if lists:
        for tag in ("<ul>", "<ol>"):
            html = mark_safe(html.replace(tag, f'{tag[:-1]} class="{lists}">'))
    return html


@register.simple_tag(takes_context=True)
def words(context: Context, line: str) -> SafeString:
    """A plain line of an editor, its numbers as links."""
    return wording.line(line, _contacts(context))


@register.simple_tag
def number(contact: offers.Contact | None) -> SafeString:
    """A contact as a link; nothing when there is none."""
    return mark_safe(wording.linked(contact)) if contact else SafeString()


@register.filter
def sentences(title: str) -> SafeString:
    """Each sentence in a span of its own, so that the poster breaks between them."""
    parts = re.findall(r"[^.!?]+[.!?…]*\s*", title)
    return format_html_join(" ", "<span>{}</span>", ((part.strip(),) for part in parts))


@register.filter
def clock(moment: time) -> str:
    """8:00 am"""
    return offers.time_text(moment)


@register.filter
def days(span: tuple[int, int, object]) -> str:
    """Monday to Friday; Saturday, Sunday; Monday."""
    first, last = str(WEEKDAYS[span[0]]), str(WEEKDAYS[span[1]])
    if span[0] == span[1]:
        return first
    if span[1] - span[0] == 1:
        return f"{first}, {last}"
    return gettext("%(first)s to %(last)s") % {"first": first, "last": last}


def _icons(context: Context) -> set[str]:
    icons = context.get("icons")
    return icons if isinstance(icons, set) else set()


def _contacts(context: Context) -> Mapping[str, offers.Contact]:
    contacts: Mapping[str, offers.Contact] = context["contacts"]
    return contacts
