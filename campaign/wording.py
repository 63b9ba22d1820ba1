"""Turns editors' words into HTML, with the live numbers in the place of their names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Protocol

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from slu_antitrafficking.retention_periods import FIGURES

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

PLACEHOLDER = re.compile(r"\{([a-z0-9-]+)\}")
LAST_RESORT = "999"  # when a number named in a text has nothing in its place


class Number(Protocol):
    """What a placeholder needs to know of a contact."""

    @property
    def number(self) -> str:
        """The number as it is shown."""

    @property
    def href(self) -> str:
        """The tel: or mailto: address of the number."""


def is_our_kind_of_link(url: str) -> bool:
    """Our own pages by path or anchor, other sites by https alone."""
    return url.startswith(("https://", "#")) or (url.startswith("/") and not url.startswith("//"))


def linked(contact: Number | None) -> str:
    """The number as a link that calls or writes, escaped."""
    if contact is None:
        return f'<a href="tel:{LAST_RESORT}">{LAST_RESORT}</a>'
    return f'<a href="{escape(contact.href)}">{escape(contact.number)}</a>'


def _placeholder(state: StateInline, silent: bool) -> bool:
    match = PLACEHOLDER.match(state.src, state.pos, state.posMax)
    if not match:
        return False
    if not silent:
        token = state.push("contact", "", 0)
        token.content = match[1]
        token.meta = {"in_link": state.linkLevel > 0}
    state.pos = match.end()
    return True


def _render_contact(
    _: Any, tokens: list[Token], index: int, options: Any, env: dict[str, Any]
) -> str:
    name = tokens[index].content
    if name in FIGURES:
        return FIGURES[name]
    contact = env["contacts"].get(name)
    if tokens[index].meta["in_link"]:
        return escape(contact.number if contact else LAST_RESORT)
    return linked(contact)


def _render_link(renderer: Any, tokens: list[Token], index: int, options: Any, env: Any) -> str:
    href = str(tokens[index].attrGet("href"))
    if href.startswith("/"):
        tokens[index].attrSet("href", f"{env.get('prefix', '')}{href}")
    return str(renderer.renderToken(tokens, index, options, env))


def _parser(*, html: bool, link: Callable[[str], bool]) -> MarkdownIt:
    from markdown_it import MarkdownIt  # an eighth of a command's start, and most show no text

    parser = MarkdownIt("commonmark", {"html": html})
    parser.enable("table").disable(["code", "fence", "backticks", "autolink"])
    parser.inline.ruler.before("escape", "contact", _placeholder)
    parser.add_render_rule("contact", _render_contact)
    parser.add_render_rule("link_open", _render_link)
    parser.add_render_rule("em_open", lambda *_: '<i lang="en">')
    parser.add_render_rule("em_close", lambda *_: "</i>")
    parser.validateLink = link  # type: ignore[assignment,method-assign]
    return parser


@cache
def _reader() -> MarkdownIt:
    return _parser(html=False, link=is_our_kind_of_link).disable("image")


@cache
def _everything() -> MarkdownIt:
    return _parser(html=True, link=lambda url: True)


@lru_cache(maxsize=1024)
def _body(text: str, contacts: tuple[tuple[str, Number], ...], prefix: str) -> SafeString:
    return SafeString(_reader().render(text, {"contacts": dict(contacts), "prefix": prefix}))


def body(text: str, contacts: Mapping[str, Number], prefix: str = "") -> SafeString:
    """A Markdown text as HTML: no raw HTML, no picture, numbers from the live contacts.

    What stands between single stars is English, whatever the rest is.

    `prefix` goes before every address of ours, so that a link stays in the reader's language.
    """
    return _body(text, tuple(contacts.items()), prefix)


def spelled(text: str, contacts: Mapping[str, Number]) -> str:
    """A plain line with its numbers as plain digits."""

    def digits(match: re.Match[str]) -> str:
        contact = contacts.get(match[1])
        return FIGURES.get(match[1]) or (contact.number if contact else LAST_RESORT)

    return PLACEHOLDER.sub(digits, text)


def line(text: str, contacts: Mapping[str, Number]) -> SafeString:
    """A plain line as HTML, its numbers as links."""

    def link(match: re.Match[str]) -> str:
        return FIGURES.get(match[1]) or linked(contacts.get(match[1]))

    return mark_safe(PLACEHOLDER.sub(link, escape(text)))


def tokens_of(text: str) -> list[Token]:
    """All that Markdown reads in a text, one after the other, what no reader is shown included."""
    return list(_flat(_everything().parse(text, {"contacts": {}})))


def _flat(tokens: Iterable[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _flat(token.children or ())
