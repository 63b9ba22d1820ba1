"""The numbers to call in a text, found by counting its digits and not by how they are written.

Whatever says a digit weighs one or more; years, amounts and sections of a law weigh less than they
have digits. Where five or more come together, a reader could put them together too.
"""

import re
from collections.abc import Iterator
from itertools import accumulate
from typing import NamedTuple

from campaign.spoken_numbers import ARTICLES, digits_said

DIGITS = 5  # a number to call or to text has at least as many
WINDOW = 80  # letters and digits; marks and spaces would be free to pad with

_YEAR = r"(?:19|20)\d\d"
_MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december"
    r"|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre"
    r"|janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre)"
)
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_DATE = (
    rf"{_DAY}(?:st|nd|rd|th|er)?(?:\sof|\sde)?\s{_MONTH}\b(?:(?:\sdel?)?,?\s{_YEAR})?"
    rf"|{_YEAR}[-/.](?:0?[1-9]|1[0-2])(?:[-/.]{_DAY})?"
    rf"|(?:{_DAY}[-/.])?(?:0?[1-9]|1[0-2])[-/.]{_YEAR}"
)
_YEARS = rf"{_YEAR}(?:\s?[-–/]\s?(?:{_YEAR}|\d\d))?"
_ALSO = r"(?:\(\w{1,3}\))*"  # 126(1)(a)
_AND = r"\s*(?:,\s*(?:and|or|y|o|et|ou)\b|,|[-–]|(?:and|or|to|y|o|a|al|et|ou|à|au)\b)\s*"
_SECTIONS = (
    r"(?:\b(?:sections?|sec|articles?|arts?|secci(?:ón|ones)|art[íi]culos?)\b\.?|§+)\s*"
    rf"(?P<list>\d+{_ALSO}(?:{_AND}\d+{_ALSO}){{0,20}})"
)
_CURRENCY = r"(?:[$€£]|\b(?:xcd|usd|ecd|eur|gbp))\s?"
_STARTS = r"(?<![\d+])(?<![\d+][ ,.\-/])"
_ENDS = r"(?!\d|[ ,.\-/]\d)"
_MENTION = re.compile(
    rf"(?P<sections>{_SECTIONS}{_ENDS})"
    rf"|{_STARTS}(?P<date>{_DATE}){_ENDS}"
    rf"|{_STARTS}(?P<years>{_YEARS}){_ENDS}"
    rf"|{_STARTS}(?P<time>(?:[01]?\d|2[0-3]):[03]0)(?!\d|:\d)"
    rf"|{_CURRENCY}(?P<money>[1-9]\d{{2,6}}){_ENDS}"
    rf"|{_STARTS}(?P<amount>[1-9]\d{{0,2}}(?P<mark>[ ,.])\d{{3}}(?:(?P=mark)\d{{3}})?)"
    rf"(?:[.,]00)?{_ENDS}"
    r"|(?P<aside>\((?:1[0-4]\d|150)\))"
    # Letters that pass for digits, in a word with a digit in it: l2O.
    r"|(?P<digits>(?<!\w)(?=[oil]*\d)[\doil]+(?!\w)|\d+)"
    r"|(?P<word>[^\W\d_]+)",
    re.IGNORECASE,
)
# The letters of a telephone's keys after digits: in capitals, or joined to them.
_ON_KEYS = re.compile(
    r"[\W_]*(?!(?:EC|US)\$|(?:XCD|USD|ECD|EUR|GBP)\b)[A-Z]{2,}(?:[\W_]{1,3}[A-Z]{2,})*\b"
    r"|[-._]?[A-Za-z]{3,}(?:[-._][A-Za-z]{2,})*"
)


class Mention(NamedTuple):
    """Something in a text that says digits."""

    start: int
    end: int
    weight: int
    kind: str


def numbers(text: str) -> list[str]:
    """The parts of the text in which five digits or more stand in one window, as they are there."""
    letters = [0, *accumulate(character.isalnum() for character in text)]
    mentions = [*_mentions(text)]
    spans: list[list[int]] = []
    first = 0
    for last, mention in enumerate(mentions):
        while letters[mention.end] - letters[mentions[first].end] > WINDOW:
            first += 1
        if not _is_number(mentions, first, last):
            continue
        start = _shortest(mentions, first, last)
        if spans and letters[mentions[start].start] <= letters[spans[-1][1]]:
            spans[-1] = [min(spans[-1][0], mentions[start].start), mention.end]
        else:
            spans.append([mentions[start].start, mention.end])
    return [text[start:end] for start, end in spans]


def _is_number(mentions: list[Mention], first: int, last: int) -> bool:
    return _weight_of(mentions[max(first, last - 40) : last + 1]) >= DIGITS


def _shortest(mentions: list[Mention], first: int, last: int) -> int:
    """The last place from which on it is still a number."""
    start = last
    while start > first and _weight_of(mentions[start : last + 1]) < DIGITS:
        start -= 1
    return start


def _weight_of(mentions: list[Mention]) -> int:
    """Years say two digits, however many: 2010, 2012, 2015."""
    has_years = any(mention.kind in ("date", "years") for mention in mentions)
    return sum(mention.weight for mention in mentions) + 2 * has_years


def _mentions(text: str) -> Iterator[Mention]:
    digits, start = 0, 0  # those that end here with no other word after them
    for mention in _without_articles(text, _MENTION.finditer(text)):
        if not mention.weight and mention.kind == "word":
            digits = 0
            continue
        yield mention
        start = start if digits else mention.start
        digits = digits + mention.weight if mention.kind in ("digits", "word") else 0
        if digits >= 3 and (keys := _ON_KEYS.match(text, mention.end)):
            weight = sum(letter.isalpha() for letter in keys[0])
            yield Mention(start, keys.end(), weight, "keys")


def _without_articles(text: str, matches: Iterator[re.Match[str]]) -> Iterator[Mention]:
    """What the matches mention; a word that says nothing, and an article beside one, weigh none."""
    mentions = [
        Mention(one.start(), one.end(), _weight(one), str(one.lastgroup)) for one in matches
    ]
    for place, mention in enumerate(mentions):
        neighbours = mentions[max(0, place - 1) : place] + mentions[place + 1 : place + 2]
        beside = any(one.weight or one.kind == "years" for one in neighbours)
        is_article = text[mention.start : mention.end].casefold() in ARTICLES
        yield mention._replace(weight=0) if is_article and not beside else mention


def _weight(match: re.Match[str]) -> int:
    """How many digits of a number to call it could hide."""
    kind = str(match.lastgroup)  # of the outermost groups, which are its alternatives
    if kind == "word":
        return digits_said(match[0])
    if kind == "sections":
        return _weight_of_sections(match["list"])
    if kind in ("money", "amount"):
        return _weight_of_amount(match[kind])
    if kind == "digits":
        return len(str(match[0]))
    return {"date": 1, "years": 0, "time": 2, "aside": 1}[kind]


def _weight_of_sections(text: str) -> int:
    """One of a section, two of a list of neighbours, all of what cannot be one: 758,456."""
    beside = len(re.sub(r"\D", "", "".join(re.findall(r"\(\w+\)", text))))
    sections = [int(part) for part in re.findall(r"\d+", re.sub(r"\(\w+\)", " ", text))]
    is_list = sections == sorted(set(sections)) and sections[-1] <= 150
    if is_list and sections[-1] - sections[0] <= 30:
        return beside + (2 if len(sections) > 1 else 1)
    return sum(character.isdigit() for character in text)


def _weight_of_amount(text: str) -> int:
    digits = re.sub(r"\D", "", text)
    if 2 * (len(digits) - len(digits.rstrip("0"))) >= len(digits):
        return 1
    return 4 if re.fullmatch(r"\d{1,3},\d{3}", text) else len(digits)
