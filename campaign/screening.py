"""What in a text could lead its reader to a stranger: numbers, addresses and links.

It is over-careful on purpose: what it names is not refused, it only waits for a second person.
Out of its reach are numbers in words of other languages or misspelled, or spread over more than
eighty letters, capitals that stand before the digits (HELP-NOW at 758), names without a mark (our
page on that network), and what the page behind an allowed link says.
"""

import re
import unicodedata
from collections.abc import Container, Iterable, Iterator
from functools import lru_cache
from html import unescape

from campaign import counted_numbers, wording

# Where anybody can put a page: there the whole address counts, not the host alone.
SHARED_HOSTS = tuple(
    f".{host}"
    for host in (
        "api.whatsapp.com",
        "bit.ly",
        "chat.whatsapp.com",
        "docs.google.com",
        "drive.google.com",
        "facebook.com",
        "fb.me",
        "forms.gle",
        "instagram.com",
        "linktr.ee",
        "m.me",
        "medium.com",
        "online.flippingbook.com",
        "scribd.com",
        "sites.google.com",
        "t.me",
        "telegram.me",
        "tiktok.com",
        "tinyurl.com",
        "twitter.com",
        "wa.me",
        "x.com",
        "youtu.be",
        "youtube.com",
    )
)
# The one form of an address that every reader of addresses takes for the same host: no name before
# it, no port, no escape.
PLAIN_URL = re.compile(r"https://(?:www\.)?([a-z0-9-]+(?:\.[a-z0-9-]+)+)(?:[/?#].*)?")

# Stands for a number's placeholder in a text that is read. Among words that is one digit more: with
# four others, {847} 2345, a number of nobody's here. Right beside digits or another placeholder it
# makes such a number by itself: {847}{847}1.
PLACEHOLDER_MARK = "\ue000"
_APART_FROM_WORDS = r"(?:[^\w,;:.()]{0,12}|[.:])"
_NUMBERS_TOGETHER = re.compile(
    rf"(?:\d{_APART_FROM_WORDS})?{PLACEHOLDER_MARK}(?:{_APART_FROM_WORDS}[{PLACEHOLDER_MARK}\d])+"
    rf"|\d{_APART_FROM_WORDS}{PLACEHOLDER_MARK}"
)

# Where a host ends that anybody can have, and that a reader knows for one.
_ENDINGS = "com org net info biz lc edu gov mobi xyz website example"
# The same, and words besides: they count where a sentence could not have them.
_ENDINGS_AND_WORDS = (
    f"{_ENDINGS} int mil tel help app dev site online club live life world work jobs shop store"
    " link click one top vip pro today news center support care chat email cloud space page blog"
    " media social services agency"
)
_ANY = "|".join(_ENDINGS.split())
_ANY_OR_WORD = "|".join(_ENDINGS_AND_WORDS.split())
_APART = r"(?:_|[^\w.·,•。:]){0,12}"
_MARK = r"[.·,•。ꓸ․・‧:]"
_ADDRESS = re.compile(
    # A domain in whatever script, from its first label on.
    r"(?<![\w-])(?<![\w-]\.)(?:[\w-]+[.。])+(?:xn--[\w-]+|[^\W\d_]{2,})\b"
    # With another mark for its dot, any ending of a country; with a space beside it, a known one.
    rf"|(?<![\w-])[\w-]+[·,•。ꓸ․・‧](?:{_ANY_OR_WORD}|[a-z]{{2}})\b"
    rf"|(?<![\w-])[\w-]+{_APART}[.·•。ꓸ․・‧](?:{_ANY_OR_WORD})\b"
    rf"|(?<![\w-])[\w-]+{_APART}{_MARK}{_APART}(?:{_ANY})\b"
    # With its dot in a word.
    r"|(?<![\w-])[\w-]+[\W_]{1,12}dot[\W_]{1,12}\w+"
    rf"|(?<![\w-])[\w-]+{_APART}\b(?:punto|point)\b{_APART}(?:{_ANY_OR_WORD})\b"
    r"|(?<![\w-])[\w-]+\s*[\[({]\s*(?:punto|point|\.)\s*[\])}]\s*\w+"
    r"|\b(?:tel|sms|mailto|whatsapp|callto|skype|viber|tg|signal|facetime):\S"
    r"|[\[({]\s*(?:at|arroba)\s*[\])}]"
)

_SPELLED = re.compile(r"(?<!\w)(?:[^\W\d_][\W_]{1,12}){4,}[^\W\d_](?!\w)")
_ABBREVIATIONS = re.compile(r"\b(?:e\.\s?g|i\.\s?e|[ap]\.\s?m|u\.\s?s)\.")

# Texts that are remembered: what a page said before a change is read again with the next.
AS_BEFORE = 256
TEXTS_OF_THE_SITE = 1024

_SPACES = re.compile(r"\s+")
_LAST_LETTER = "\u017f"  # of Latin Extended-A: beyond it are letters that pass for digits (Ƽ, Ʒ, Ȣ)
_SIGNS = frozenset("‐‑–—‘’“”„«»‹›…¡¿·•°§€£©®\u00a0\u2009\u202f\u2007")


def strange_characters(text: str) -> list[str]:
    """What is neither a letter of the Latin script nor an ordinary sign, each once, with its code.

    Numbers and names of hosts are read in letters and signs that these lists know; with any others
    an eye could still read them.
    """
    whole = unicodedata.normalize("NFC", unescape(text))
    strange = dict.fromkeys(character for character in whole if not _is_ordinary(character))
    return [f"{character} (U+{ord(character):04X})" for character in strange]


def _is_ordinary(character: str) -> bool:
    if character.isascii():
        return character.isprintable() or character in "\t\n\r"
    if unicodedata.category(character) in ("Ll", "Lu"):
        return character <= _LAST_LETTER and unicodedata.name(character).startswith("LATIN")
    return character in _SIGNS or character in "ªº"


@lru_cache(AS_BEFORE)
def numbers(text: str) -> tuple[str, ...]:
    """What a reader could call or text: five digits or more, however they are written."""
    return tuple(counted_numbers.numbers(_normal(text)))


def addresses(text: str, known: Container[str]) -> list[str]:
    """What a reader could write to or open though it is no link, but for the `known` hosts."""
    names, hosts = _names_and_hosts(text)
    return [*names, *(host for host in hosts if host.removeprefix("www.") not in known)]


@lru_cache(AS_BEFORE)
def _names_and_hosts(text: str) -> tuple[list[str], list[str]]:
    plain = _normal(text).casefold()
    names = [word for word in plain.split() if "@" in word]
    names += [match[0] for match in _SPELLED.finditer(_ABBREVIATIONS.sub("--", plain))]
    return names, [match[0] for match in _ADDRESS.finditer(plain)]


def links(urls: Iterable[str], known: Container[str]) -> list[str]:
    """Of these addresses those whose target is not known."""
    return [url for url in urls if target(url) not in known]


def target(url: str) -> str:
    """What has to be known of an https address: its host, or all of it where many share the host.

    An address that is written in any way but the plainest is a target of its own.
    """
    match = PLAIN_URL.fullmatch(url.casefold())
    if match is None or f".{match[1]}".endswith(SHARED_HOSTS):
        return url.casefold().removeprefix("https://").removeprefix("www.")
    return match[1]


def links_of(body: str) -> Iterator[str]:
    """Where the links of a Markdown text to other sites lead."""
    for token in wording.tokens_of(body):
        href = str(token.attrGet("href") or "")
        if token.type == "link_open" and not href.startswith(("/", "#")):
            yield href


@lru_cache(TEXTS_OF_THE_SITE)
def visible(body: str) -> str:
    """A Markdown text as its reader sees it, without marks; PLACEHOLDER_MARK for a placeholder."""
    return "".join(_visible_parts(body))


def visible_line(line: str) -> str:
    """A line that is no Markdown as its reader sees it; PLACEHOLDER_MARK for a placeholder."""
    return wording.PLACEHOLDER.sub(PLACEHOLDER_MARK, line)


def _visible_parts(body: str) -> Iterator[str]:
    for token in wording.tokens_of(body):
        if token.type == "text":
            yield token.content
        elif token.type == "contact":
            yield PLACEHOLDER_MARK
        elif token.type == "ordered_list_open" and token.attrGet("start"):
            yield f"{token.attrGet('start')} "
        elif token.block or token.type in ("softbreak", "hardbreak"):
            yield "\n"


def _normal(text: str) -> str:
    """Without what cannot be seen, digits as 0 to 9, each letter, mark and space in one form; and
    digits for placeholders."""
    plain = unicodedata.normalize("NFKC", unescape(text)).translate(_PLAIN)
    if PLACEHOLDER_MARK in plain:
        plain = _NUMBERS_TOGETHER.sub(
            lambda found: found[0].replace(PLACEHOLDER_MARK, "847"), plain
        )
        plain = plain.replace(PLACEHOLDER_MARK, " 8 ")
    return _SPACES.sub(lambda spaces: "\n" if "\n" in spaces[0] else " ", plain)


class _PlainCharacters(dict[int, str]):
    """By code what a character is read as; found out once for each."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        value = unicodedata.numeric(character, -1)
        plain = str(int(value)) if value in range(10) else character
        self[code] = "" if unicodedata.category(character) in ("Cf", "Mn", "Me") else plain
        return self[code]


_PLAIN = _PlainCharacters()
