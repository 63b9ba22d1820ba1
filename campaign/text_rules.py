"""What a text of the site may hold; every save of a text asks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from html import unescape
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError

from campaign.wording import PLACEHOLDER, is_our_kind_of_link, tokens_of
from slu_antitrafficking.retention_periods import FIGURES

if TYPE_CHECKING:
    from markdown_it.token import Token

# What looks like a telephone number: no second person has called it.
TELEPHONE = re.compile(r"(?<!\d)\d{3}\)?[ .-]\d{4}(?!\d)|(?<!\d)\d{7,}")
RAW_HTML = re.compile(r"<[a-zA-Z/!?]")


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
    """Raises ValidationError for what a text must not hold, with a sentence a rule.

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
    tokens = tokens_of(body)
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


def _error(code: str, sentence: str) -> ValidationError:
    return ValidationError(sentence, code=code)
