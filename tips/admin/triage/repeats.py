"""What an answer repeats of its tip: names, numbers, plates, places that could give a sender away.

It finds what is written again, however it is spaced or accented; it is a question to the officer,
and no proof that nothing else is told.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from django.utils.text import get_text_list

from slu_antitrafficking.refusal import Refused
from tips import actions
from tips.crypto.sealing import Keyring
from tips.models import Tip
from tips.models.vocabulary import District

PEOPLE = ("people_harmed", "people_responsible", "contact_name")
PLACE = "place"
SHORTEST_NUMBER = 4  # digits; those that everybody calls in danger have three
LOCAL_NUMBER = 7  # digits without the island's prefix
SHORTEST_NAME = 3  # letters
NUMBER = re.compile(r"\d(?:[ ().‐‑–/-]{0,2}\d)+")
PLATE = re.compile(r"\b([^\W\d_]{1,3})[ .‐‑–-]?(\d{1,5})\b")
RUN = re.compile(r"\S+")
ACCOUNT = re.compile(r"\S*@\S*\w")
WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
YEAR = re.compile(r"(?:19|20)\d\d")
SENTENCE_START = re.compile(r"(?:^|[.!?:;\n])\W*$")


class Repeats(Refused):
    """The answer repeats something of the tip; it can be sent all the same."""


class Found(NamedTuple):
    """Something that could give a sender away: where it stands, how, and what is compared."""

    at: int
    shown: str
    key: str


def refuse(tip: Tip, answer: str, keys: Keyring) -> None:
    """Raises Repeats where these words for the citizen repeat something of the tip."""
    said = repeated(actions.words_of(tip=tip, keys=keys), answer, map(str, District.labels))
    if said:
        stands, it = ("stand", "them") if len(said) > 1 else ("stands", "it")
        raise Repeats(
            f"Your answer says {get_text_list(said, 'and')}, which {stands} in the tip. Somebody"
            f" else may read the answer. Nothing was sent: take {it} out, or send all the same."
        )


def repeated(document: Mapping[str, Any], answer: str, known: Iterable[str] = ()) -> list[str]:
    """What stands in the tip and in the answer, as the answer writes it, in its order; each once.

    `document` is the tip's, by the form's fields. `known` are words that stand on the site for
    everybody, like the districts' names.
    """
    texts = {name: text for name, text in document.items() if isinstance(text, str)}
    public = {_plain(word) for text in known for word in WORD.findall(text)}
    found = [
        *_same(_numbers(answer), {n.key for t in texts.values() for n in _numbers(t)}),
        *_same(
            _plates(answer),
            {p.key for t in texts.values() for p in _plates(t) if p.shown[0].isupper()},
        ),
        *_same(_accounts(answer), {a.key for t in texts.values() for a in _accounts(t)}),
        *_names(answer, texts, public),
    ]
    shown: dict[str, str] = {}
    end = 0
    for one in sorted(found, key=lambda one: (one.at, -len(one.shown))):
        if one.at >= end:  # a plate's digits are no number of their own
            end = one.at + len(one.shown)
            shown.setdefault(_plain(one.shown), one.shown)
    return list(shown.values())


def _same(found: Iterable[Found], keys: set[str]) -> Iterator[Found]:
    return (one for one in found if one.key in keys)


def _numbers(text: str) -> Iterator[Found]:
    """By their last seven digits: with or without the prefix it is the same telephone."""
    for match in NUMBER.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        if len(digits) >= SHORTEST_NUMBER and not YEAR.fullmatch(digits):
            yield Found(match.start(), match[0], digits[-LOCAL_NUMBER:])


def _plates(text: str) -> Iterator[Found]:
    for match in PLATE.finditer(text):
        yield Found(match.start(), match[0], f"{_plain(match[1])}{match[2]}")


def _accounts(text: str) -> Iterator[Found]:
    for run in RUN.finditer(text):
        # Looked for from its first letter alone: from each, a long run would cost its square.
        if match := ACCOUNT.match(run[0]):
            yield Found(run.start(), match[0], _plain(match[0]))


def _names(answer: str, texts: Mapping[str, str], public: set[str]) -> Iterator[Found]:
    """Capitalised words of people and of the place.

    A word that begins a sentence in the tip may be no name: it counts where the answer writes it
    with a capital inside a sentence.
    """
    certain: set[str] = set()
    perhaps: set[str] = set()
    for name in (*PEOPLE, PLACE):
        text = texts.get(name, "")
        for match in _capitalised(text):
            is_name = name == "contact_name" or not _begins_a_sentence(text, match)
            (certain if is_name else perhaps).add(_plain(match[0]))
    for match in WORD.finditer(answer):
        word = _plain(match[0])
        inside = match[0][0].isupper() and not _begins_a_sentence(answer, match)
        if word not in public and (word in certain or (word in perhaps and inside)):
            yield Found(match.start(), match[0], word)


def _capitalised(text: str) -> Iterator[re.Match[str]]:
    words = WORD.finditer(text)
    return (one for one in words if one[0][0].isupper() and len(one[0]) >= SHORTEST_NAME)


def _begins_a_sentence(text: str, word: re.Match[str]) -> bool:
    return SENTENCE_START.search(text[max(0, word.start() - 10) : word.start()]) is not None


def _plain(text: str) -> str:
    """Without case and accents, each kind of apostrophe the same."""
    apart = unicodedata.normalize("NFKD", text.replace("’", "'")).casefold()
    return "".join(char for char in apart if not unicodedata.combining(char))
