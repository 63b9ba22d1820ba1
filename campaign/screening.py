"""What in a text could lead its reader to a stranger: numbers, addresses and links.

It is over-careful on purpose: what it names is not refused, it only waits for a second person.
Out of its reach are numbers in words of a Creole, digits between letters (4x7x7), names without a
mark (our page on that network), and what the page behind an allowed link says.
"""

import re
import unicodedata
from collections.abc import Container, Iterable, Iterator
from html import unescape

from campaign import wording

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
DIGITS = 5  # a number to call or to text has at least as many

# A placeholder beside four digits more: {847} 2345 reads as a number of nobody's here.
PLACEHOLDER_DIGIT = " 8 "

# As people say a number, digit by digit, in the three languages of the pages.
SPOKEN = {
    word: str(digit)
    for digit, words in enumerate(
        (
            "zero oh nought cero zéro",
            "one uno une",
            "two dos deux",
            "three tres trois",
            "four cuatro quatre",
            "five cinco cinq",
            "six seis",
            "seven siete sept",
            "eight ocho huit",
            "nine nueve neuf",
        )
    )
    for word in words.split()
}
_SPOKEN = re.compile(rf"\b(?:{'|'.join(SPOKEN)})\b")
_REPEATED = re.compile(r"\b(?:double|doble|triple)\b")
# Letters that pass for digits, in a word with a digit in it: l2O.
_NEARLY_DIGITS = re.compile(r"(?<!\w)(?=[oil]*\d)[\doil]+(?!\w)")
_LIKE_DIGITS = str.maketrans("oil", "011")
_RUN = re.compile(r"\d(?:[\W_]*\d)*")
_ON_KEYS = re.compile(r"\b\d{3}[-. ][A-Z]{3,}")  # 1-800-HELP: the letters of a telephone's keys

_ADDRESS = re.compile(
    # A domain in whatever script, from its first label on.
    r"(?<![\w-])(?<![\w-]\.)(?:[\w-]+[.。])+(?:xn--[\w-]+|[^\W\d_]{2,})\b"
    # The same with its dot in brackets, in a word, or apart.
    r"|(?<![\w-])[\w-]+\s*[\[({]\s*(?:dot|punto|point|\.)\s*[\])}]\s*\w+"
    r"|(?<![\w-])[\w-]+\s+(?:dot|punto|point|\.)\s+(?:com|example|info|lc|net|org)\b"
    r"|\b(?:tel|sms|mailto|whatsapp|callto|skype|viber|tg|signal|facetime):\S"
    r"|[\[({]\s*(?:at|arroba)\s*[\])}]"
)


def numbers(text: str) -> list[str]:
    """What a reader could call or text: five digits or more, however they are written."""
    plain = _normal(text)
    on_keys = [match[0] for match in _ON_KEYS.finditer(plain)]
    digits = _SPOKEN.sub(lambda word: SPOKEN[word[0]], _REPEATED.sub(" ", plain.casefold()))
    digits = _NEARLY_DIGITS.sub(lambda word: word[0].translate(_LIKE_DIGITS), digits)
    runs = (match for match in _RUN.finditer(digits) if _count(match[0]) >= DIGITS)
    return on_keys + [match[0] for match in runs if not _is_harmless(match)]


def addresses(text: str, known: Container[str]) -> list[str]:
    """What a reader could write to or open though it is no link, but for the `known` hosts."""
    plain = _normal(text).casefold()
    names = [word for word in plain.split() if "@" in word]
    return names + [
        match[0] for match in _ADDRESS.finditer(plain) if match[0].removeprefix("www.") not in known
    ]


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


def visible(body: str) -> str:
    """A Markdown text as its reader sees it, without marks; a number's placeholder is one digit."""
    return "".join(_visible_parts(body))


def visible_line(line: str) -> str:
    """The same of a plain line."""
    return wording.PLACEHOLDER.sub(PLACEHOLDER_DIGIT, line)


def _visible_parts(body: str) -> Iterator[str]:
    for token in wording.tokens_of(body):
        if token.type == "text":
            yield token.content
        elif token.type == "contact":
            yield PLACEHOLDER_DIGIT
        elif token.type == "ordered_list_open" and token.attrGet("start"):
            yield f"{token.attrGet('start')} "
        elif token.block or token.type in ("softbreak", "hardbreak"):
            yield "\n"


def _normal(text: str) -> str:
    """Without what cannot be seen, every digit as 0 to 9, every letter and mark in one form."""
    return "".join(map(_plain_character, unicodedata.normalize("NFKC", unescape(text))))


def _plain_character(character: str) -> str:
    if unicodedata.category(character) in ("Cf", "Mn", "Me"):
        return ""
    value = unicodedata.numeric(character, -1)
    return str(int(value)) if value in range(10) else character


def _count(text: str) -> int:
    return sum(character.isdigit() for character in text)


_MONEY_BEFORE = re.compile(r"(?:[$€£]|\b(?:xcd|usd|ecd|eur|gbp))\s?$")
_MONEY_AFTER = re.compile(r"\s?(?:[$€£]|(?:xcd|usd|ecd|eur|gbp|dollars?|dólares|euros?)\b)")
_SUM = re.compile(r"\d{1,6}|\d{1,3}(?:[ ,.]\d{3}){1,2}(?:[.,]\d\d)?")
_SECTIONS_BEFORE = re.compile(
    r"(?:\b(?:sections?|sec|articles?|arts?|secci(?:ón|ones)|art[íi]culos?)\b\.?|§)\s*$"
)
_SECTIONS = re.compile(r"\d{1,3}(?:[,()][\s,()]{0,3}\d{1,3}){0,11}|\d{1,3}[-–]\d{1,3}")
_BESIDE_A_SECTION = re.compile(r"\d{1,3}\)?\s*\(\d{1,3}")  # under 16 (127)
_YEAR = r"(?:19|20)\d\d"
_DAY_OR_YEARS = re.compile(
    rf"{_YEAR}(?:\s?[-–/]\s?(?:{_YEAR}|\d\d))?"
    rf"|{_YEAR}[-/.](?:0?[1-9]|1[0-2])(?:[-/.](?:0?[1-9]|[12]\d|3[01]))?"
    rf"|(?:0?[1-9]|[12]\d|3[01])[-/.](?:0?[1-9]|1[0-2])[-/.]{_YEAR}"
)
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:(?:,\d{3})+|([ .])\d{3}(?:\1\d{3})*)")
_APART = re.compile(r"(?<=\d)(?:[,;.:]\s+|\s*[()\n]\s*)(?=\d)")


def _is_harmless(run: re.Match[str]) -> bool:
    """Whether the digits are years or days, money, a round or short amount, sections of a law."""
    text, before = run[0], run.string[max(0, run.start() - 20) : run.start()]
    parts = _APART.split(text)
    if _MONEY_BEFORE.search(before) and _SUM.fullmatch(parts[0]):
        parts = parts[1:]
    if parts and _MONEY_AFTER.match(run.string, run.end()) and _SUM.fullmatch(parts[-1]):
        parts = parts[:-1]
    if _SECTIONS_BEFORE.search(before):
        return _SECTIONS.fullmatch(text) is not None
    if before.rstrip().endswith("+"):
        return False
    if _BESIDE_A_SECTION.fullmatch(text) or _is_short_list(text):
        return True
    return all(map(_is_day_or_amount, parts)) or _is_year_and_little(text)


def _is_short_list(text: str) -> bool:
    """21, 23, 25: in ascending order, and too short for a telephone number."""
    parts = [int(part) for part in text.split(", ") if re.fullmatch(r"\d{1,2}", part)]
    return len(parts) == text.count(",") + 1 and parts == sorted(set(parts)) and _count(text) <= 6


def _is_year_and_little(text: str) -> bool:
    """2010. 15 people; 7/2010: six digits at most, of which four are a year."""
    parts = re.findall(r"\d+", text)
    years = [part for part in parts if re.fullmatch(_YEAR, part)]
    return len(years) == 1 and len(parts) > 1 and _count(text) <= 6


def _is_day_or_amount(part: str) -> bool:
    if _DAY_OR_YEARS.fullmatch(part):
        return True
    if not _THOUSANDS.fullmatch(part):
        return False
    digits = re.sub(r"\D", "", part)
    is_round = 2 * (len(digits) - len(digits.rstrip("0"))) >= len(digits)
    return is_round or re.fullmatch(r"\d{1,3},\d{3}", part) is not None
