"""What somebody looks for: words, "quoted words", numbers and plates; each has to be found."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from tips.search.folding import bare, fold
from tips.search.marks import LOCAL_DIGITS

NUMBER_FROM = 5  # letters and digits; what is shorter is looked for as it stands

_QUOTED = re.compile(r'"([^"]*)"?')
# Seven to eleven digits that only spaces and marks divide: one telephone number.
_PHONE = re.compile(r"(?<![a-z0-9])\+?\(?\d(?:[\s().+-]*\d){6,10}(?![a-z0-9])")
# One or two letters and two to four digits: perhaps a plate.
_PLATE = re.compile(r"(?<![a-z0-9.])([a-z])[\s.-]*([a-z])?[\s.-]*(\d{2,4})(?![a-z0-9])")
_AROUND = ".,;:!?'()[]{}<>-"


@dataclass(frozen=True)
class Term:
    """One thing to find, folded: as it stands, or without all but letters and digits.

    `parts`: of what may be a plate or two words, what is as good, if all of it is there.
    """

    text: str
    is_number: bool = False
    parts: tuple[str, ...] = ()

    @cached_property
    def phrase(self) -> re.Pattern[str] | None:
        """Of several words, whatever divides them: Vieux-Fort is Vieux Fort, a line's end too."""
        words = self.text.split()
        return re.compile(r"[\s-]+".join(map(re.escape, words))) if len(words) > 1 else None

    def is_in(self, *folded: str) -> bool:
        """Whether one of the folded texts has it; its parts may be in several."""
        if self.parts and all(any(part in one for one in folded) for part in self.parts):
            return True
        return any(self._stands_in(one) for one in folded)

    def _stands_in(self, folded: str) -> bool:
        if self.is_number:
            return self.text in bare(folded)
        return bool(self.phrase.search(folded)) if self.phrase else self.text in folded


@dataclass(frozen=True)
class Terms:
    """All that has to be found, somewhere in a tip; what costs least to look for comes first."""

    terms: tuple[Term, ...]

    def __bool__(self) -> bool:
        return bool(self.terms)

    def are_in(self, *texts: str) -> bool:
        """Whether each of them is in one of the texts."""
        folded = [fold(text) for text in texts]
        return all(term.is_in(*folded) for term in self.terms)

    def may_be_in(self, written: Iterable[str]) -> bool:
        """Whether each of them may be in these JSON documents; no is certain, and costs little."""
        raw = "\n".join(written)
        if "\\" in raw:
            raw = raw.replace("\\n", " ").replace('\\"', '"')
        return "\\" in raw or self.are_in(raw)

    def any_in(self, text: str) -> bool:
        """Whether one of them is in the text."""
        folded = fold(text)
        return any(term.is_in(folded) for term in self.terms)


def parse(typed: str) -> Terms:
    """The terms of what was typed; none where there is nothing to look for."""
    folded = fold(typed)
    found = [_as_term(words) for words in _QUOTED.findall(folded)]
    rest, phones = _taken(_PHONE, _phone, _QUOTED.sub(" ", folded))
    rest, plates = _taken(_PLATE, _plate, rest)
    found += phones + plates
    found += [_as_term(word) for word in rest.split()]
    different = dict.fromkeys(term for term in found if term.text)
    return Terms(tuple(sorted(different, key=lambda term: (term.is_number, " " in term.text))))


def _taken(
    pattern: re.Pattern[str], made: Callable[[re.Match[str]], Term], text: str
) -> tuple[str, list[Term]]:
    """The text without what a term was made of, and the terms."""
    found = [made(match) for match in pattern.finditer(text)]
    return pattern.sub(" ", text), found


def _phone(match: re.Match[str]) -> Term:
    return _as_term(match[0])


def _plate(match: re.Match[str]) -> Term:
    letters, digits = match[1] + (match[2] or ""), match[3]
    # Typed in two words it may be two: "at 2000".
    parts = () if letters + digits in match[0] else (letters, digits)
    return Term(letters + digits, is_number=True, parts=parts)


def _as_term(words: str) -> Term:
    whole = bare(words)
    if len(whole) >= NUMBER_FROM and any(map(str.isdecimal, whole)):
        if whole.isdecimal() and len(whole) in (10, 11):
            whole = whole[-LOCAL_DIGITS:]
        return Term(whole, is_number=True)
    return Term(" ".join(words.strip(_AROUND).replace("-", " ").split()))
