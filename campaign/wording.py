"""Editors' words: what a text may hold, and how it becomes HTML. Alone imports Markdown."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from html import unescape
from typing import Any, Protocol

from django.core.exceptions import ValidationError
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from slu_antitrafficking.retention_periods import FIGURES

PLACEHOLDER = re.compile(r"\{([a-z0-9-]+)\}")
# What looks like a telephone number: no second person has called it.
TELEPHONE = re.compile(r"(?<!\d)\d{3}\)?[ .-]\d{4}(?!\d)|(?<!\d)\d{7,}")
RAW_HTML = re.compile(r"<[a-zA-Z/!?]")
LAST_RESORT = "999"  # when a number named in a text has nothing in its place


class Number(Protocol):
    """What a placeholder needs to know of a contact."""

    @property
    def number(self) -> str:
        """As it is shown."""

    @property
    def href(self) -> str:
        """As it is called or written to."""


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
    parser = MarkdownIt("commonmark", {"html": html})
    parser.enable("table").disable(["code", "fence", "backticks", "autolink"])
    parser.inline.ruler.before("escape", "contact", _placeholder)
    parser.add_render_rule("contact", _render_contact)
    parser.add_render_rule("link_open", _render_link)
    parser.validateLink = link  # type: ignore[assignment,method-assign]
    return parser


_READER = _parser(html=False, link=is_our_kind_of_link).disable("image")
_CENSOR = _parser(html=True, link=lambda url: True)


@lru_cache(maxsize=1024)
def _body(text: str, contacts: tuple[tuple[str, Number], ...], prefix: str) -> SafeString:
    return SafeString(_READER.render(text, {"contacts": dict(contacts), "prefix": prefix}))


def body(text: str, contacts: Mapping[str, Number], prefix: str = "") -> SafeString:
    """A Markdown text as HTML: no raw HTML, no picture, numbers from the live contacts.

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


def digits_of(number: str) -> str:
    """A telephone number's digits without the island's prefix; empty for an e-mail address."""
    digits = "" if "@" in number else re.sub(r"\D", "", number)
    return digits[-7:]


def holds_number(text: str, number: str) -> bool:
    """Whether the text spells this number or address, however it is spaced or bracketed."""
    text = unicodedata.normalize("NFKC", text)
    text = "".join(str(unicodedata.digit(char, char)) for char in text)
    if "@" in number:
        return number.casefold() in text.casefold()
    digits = digits_of(number)
    if not digits:
        return False
    spaced = r"(?:[^\S\n]|[().‐‑–/-])*".join(digits)
    before = r"(?<!\d)(?<!\d[.,])" if len(digits) < 7 else ""
    return re.search(rf"{before}{spaced}(?![.,]?\d)", text) is not None


def check(title: str, summary: str, body: str, numbers: Mapping[str, str]) -> None:
    """Raises ValidationError, a sentence a rule, for what a text must not hold.

    `numbers` maps placeholder names to numbers.
    """
    whole = unescape("\n".join((title, summary, body)))
    names = {*numbers, *FIGURES}
    rest = PLACEHOLDER.sub(lambda match: "\n" if match[1] in names else match[0], whole)
    errors = [
        *_spelled_numbers(rest, numbers),
        *_braces(rest, numbers),
        *_html_in_plain_lines(title, summary),
        *_body_errors(body),
    ]
    if errors:
        raise ValidationError(errors)


def _spelled_numbers(text: str, numbers: Mapping[str, str]) -> Sequence[ValidationError]:
    named = [
        _error("number", f"Write {{{name}}} instead of {number}: numbers change.")
        for name, number in numbers.items()
        if holds_number(text, number)
    ]
    if not named and TELEPHONE.search(text):
        return [_error("number", "A telephone number stands in a text as a contact's {name}.")]
    return named


def _braces(text: str, numbers: Mapping[str, str]) -> Iterator[ValidationError]:
    if "{" in text or "}" in text:
        known = ", ".join(f"{{{name}}}" for name in (*numbers, *FIGURES))
        yield _error("placeholder", f"Between {{ and }} only these may stand: {known}.")


def _html_in_plain_lines(title: str, summary: str) -> Iterator[ValidationError]:
    if RAW_HTML.search(title) or RAW_HTML.search(summary):
        yield _error("html", "HTML is not allowed: a title and a summary are plain text.")


def _body_errors(body: str) -> Iterator[ValidationError]:
    tokens = list(_flat(_CENSOR.parse(body, {"contacts": {}})))
    for rule in _RULES:
        yield from rule(tokens)


def _no_html(tokens: Sequence[Token]) -> Iterator[ValidationError]:
    if any(token.type in ("html_block", "html_inline") for token in tokens):
        yield _error("html", "HTML is not allowed: use Markdown.")


def _no_picture(tokens: Sequence[Token]) -> Iterator[ValidationError]:
    if any(token.type == "image" for token in tokens):
        yield _error("picture", "A text holds no pictures.")


def _no_page_title(tokens: Sequence[Token]) -> Iterator[ValidationError]:
    if any(token.type == "heading_open" and token.tag == "h1" for token in tokens):
        yield _error("heading", "Begin a heading with ## or more: a page has one title.")


def _no_aligned_column(tokens: Sequence[Token]) -> Iterator[ValidationError]:
    if any(token.type in ("th_open", "td_open") and token.attrGet("style") for token in tokens):
        yield _error("table", "A table's columns are not aligned: write --- without colons.")


def _our_kind_of_link(tokens: Sequence[Token]) -> Iterator[ValidationError]:
    if not all(is_our_kind_of_link(_href(token)) for token in tokens if token.type == "link_open"):
        yield _error("link", "A link starts with https:// or, on this site, with / or #.")


def _no_second_link_text(tokens: Sequence[Token]) -> Iterator[ValidationError]:
    if any(token.type == "link_open" and token.attrGet("title") for token in tokens):
        yield _error("link_title", "A link has no second text: write it into the sentence.")


def _no_number_in_a_foreign_link(tokens: Sequence[Token]) -> Iterator[ValidationError]:
    href = ""
    for token in tokens:
        if token.type in ("link_open", "link_close"):
            href = _href(token)
        if token.type == "contact" and href.startswith("https:"):
            yield _error("link", "A number cannot be the words of a link to another site.")
            return


_RULES = (
    _no_html,
    _no_picture,
    _no_page_title,
    _no_aligned_column,
    _our_kind_of_link,
    _no_second_link_text,
    _no_number_in_a_foreign_link,
)


def _href(token: Token) -> str:
    """Where a link leads; empty at its end."""
    return str(token.attrGet("href") or "")


def _flat(tokens: Iterable[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _flat(token.children or ())


def _error(code: str, sentence: str) -> ValidationError:
    return ValidationError(sentence, code=code)
