"""Pairs of made-up tips: one sent again, told otherwise, or seen by somebody else."""

from dataclasses import dataclass
from random import Random
from typing import Any

from tips.demo.stories import Teller, ToldStory
from tips.search.likeness import Description, describe
from tips.search.words import TEXTS

Answers = dict[str, Any]
SHORT = ("help me please", "a girl is locked in the house next door", "no se que hacer", "call me")
SYNONYMS = {
    "house": "home",
    "girl": "young girl",
    "boss": "owner",
    "woman": "lady",
    "men": "guys",
    "police": "cops",
    "passport": "papers",
    "casa": "vivienda",
    "mujer": "señora",
}


@dataclass(frozen=True)
class Pair:
    """A tip, what came later about the same, and the two stories that they were made of."""

    first: Description
    later: Description
    stories: frozenset[str]


class Writer:
    """Writes such pairs, in the same words every time."""

    def __init__(self, seed: int) -> None:
        self._rng = Random(seed)
        self._teller = Teller(self._rng, marks_again=0)  # the same mark twice is no wrong find

    def tip(self) -> tuple[str, Answers]:
        """A story, and how somebody told it; more than half give a telephone or a plate."""
        told = self._teller.tell("story")
        answers = dict(told.answers)
        if self._rng.random() < 0.55:
            self._mention(answers, self._mark())
        return story_of(told), answers

    def short(self) -> Answers:
        """A few words, as many send them."""
        return {"what_happened": self._rng.choice(SHORT), "district": "castries"}

    def resent(self) -> Pair:
        """Sent again with a line before it, and a slip or two corrected."""
        told = self._teller.tell("story")
        stories = frozenset((story_of(told),))
        again = told.again("lost_code", self._rng).answers
        return Pair(described(told.answers), described(self._slips(dict(again), 2)), stories)

    def edited(self) -> Pair:
        """Told again: sentences left out and in another order, other words, slips, empty fields."""
        rng, (story, first) = self._rng, self.tip()
        later = dict(first)
        sentences = first["what_happened"].replace("\n", " ").split(". ")
        if len(sentences) > 3:
            sentences.pop(rng.randrange(len(sentences)))
        rng.shuffle(sentences)
        text = ". ".join(sentences)
        for word, other in SYNONYMS.items():
            text = text.replace(word, other)
        later["what_happened"] = text
        for name in TEXTS:
            if name != "what_happened" and rng.random() < 0.3:
                later.pop(name, None)
        return Pair(described(first), described(self._slips(later, 4)), frozenset((story,)))

    def witness(self) -> Pair:
        """Somebody else's words, with the same telephone or plate written in another way."""
        first, later, mark = self._teller.tell("story"), self._teller.tell("story"), self._mark()
        answers, others = dict(first.answers), dict(later.answers)
        self._mention(answers, mark)
        self._mention(others, self._written_otherwise(mark))
        stories = frozenset((story_of(first), story_of(later)))
        return Pair(described(answers), described(others), stories)

    def _mark(self) -> str:
        rng = self._rng
        if rng.random() < 0.5:
            return f"758 {rng.randrange(200, 800)} {rng.randrange(10_000):04}"
        return f"{rng.choice('PHTR')}{rng.choice('ABCDEF')} {rng.randrange(100, 10_000)}"

    def _written_otherwise(self, mark: str) -> str:
        if mark.startswith("758 "):
            area, local, last = mark.split()
            ways = ("+1({0}) {1}-{2}", "1-{0}-{1}-{2}", "{1}{2}", "{1}-{2}", "{0}{1}{2}")
            return self._rng.choice(ways).format(area, local, last)
        letters, digits = mark.split()
        ways = (letters + digits, f"{letters}-{digits}", f"{'.'.join(letters)}. {digits}")
        return self._rng.choice((*ways, mark.lower(), f"{letters.lower()}{digits}"))

    def _mention(self, answers: Answers, mark: str) -> None:
        said = self._rng.choice(("{} is what I saw", "Number {}.", "it was {}, I am sure"))
        before = answers.get("vehicles_phones_online", "")
        answers["vehicles_phones_online"] = f"{before} {said.format(mark)}".strip()

    def _slips(self, answers: Answers, number: int) -> Answers:
        """Two letters changed about, in so many places."""
        text = answers["what_happened"]
        for _ in range(number):
            at = self._rng.randrange(max(len(text) - 2, 1))
            text = text[:at] + text[at : at + 2][::-1] + text[at + 2 :]
        return answers | {"what_happened": text}


def story_of(told: ToldStory) -> str:
    """Which of the demonstration's stories it is: each is told many times, a little otherwise."""
    return str(told.story["what_happened"])


def described(answers: Answers) -> Description:
    """What is compared of it."""
    return describe(str(answers[name]) for name in TEXTS if answers.get(name))
