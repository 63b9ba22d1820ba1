"""What the made-up citizens say: the stories in words/, told each time a little differently."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from tips.demo.marks import AGAIN, Marks
from tips.public.forms import TipForm

HERE = Path(__file__).parent
# Of nineteen who tell a story, so many in each language.
LANGUAGES = ["en"] * 12 + ["es"] * 5 + ["fr"] * 2
ENGLISH_ONLY = ("made_up", "spam")
LEFT_OUT = ("when", "people_harmed", "people_responsible", "vehicles_phones_online", "may_share")
_ONE_OF = re.compile(r"\[([^\[\]]*)\]")
_BETWEEN_SENTENCES = re.compile(r"(?<=[.!?])[ \n]+")


@cache
def book(name: str) -> dict[str, Any]:
    """A file of words."""
    with (HERE / "words" / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


@cache
def scenarios() -> list[dict[str, Any]]:
    """The first round of scenarios, each as often as it happens."""
    with (HERE / "scenarios.toml").open("rb") as file:
        rows = tomllib.load(file)["scenario"]
    return [row for row in rows for _ in range(row.get("often", 1))]


@cache
def fewest_tips() -> int:
    """How many tips the first round makes: one a scenario, two where a copy is copied again."""
    return sum(2 if row.get("copied_again") else 1 for row in scenarios())


@cache
def everyday_scenarios() -> list[dict[str, Any]]:
    """Every later round: without what happens once."""
    return [row for row in scenarios() if not row.get("once")]


def pick_random(text: str, rng: Random) -> str:
    """The text with one of each [a|b]."""
    return _ONE_OF.sub(lambda found: rng.choice(found[1].split("|")), text).strip()


def shuffled(items: Sequence[Any], rng: Random) -> Iterator[Any]:
    """The items without end: all of them in some order, then all of them in another."""
    while True:
        yield from rng.sample(items, len(items))


@dataclass(frozen=True)
class ToldStory:
    """A story as somebody told it: the form's fields by name, and what belongs to it."""

    language: str
    story: dict[str, Any]
    answers: dict[str, Any]

    @property
    def is_urgent(self) -> bool:
        """Whether somebody is in danger now."""
        return bool(self.answers.get("danger_now") == "yes")

    @property
    def form(self) -> TipForm:
        """The report form, filled and sent as a browser does it.

        Raises ValueError when the form refuses it: then a story is wrong.
        """
        form = TipForm(QueryDict(urlencode(self.answers, doseq=True)))
        if not form.is_valid():
            raise ValueError(f"the form refuses a made-up story: {form.errors.as_json()}")
        return form

    def again(self, how: str, rng: Random) -> "ToldStory":
        """The same, sent a second time: with the code lost, or sent too early."""
        line = pick_random(book(self.language)["again"][how], rng)
        words = {"what_happened": f"{line}\n\n{self.answers['what_happened']}"}
        return replace(self, answers=self.answers | words)


class Teller:
    """Draws stories so that all are told about equally often, and no two alike.

    `marks_again` is how many of the plates and telephones stood in an earlier story.
    """

    def __init__(self, rng: Random, marks_again: float = AGAIN) -> None:
        self._rng = rng
        self._marks = Marks(rng, marks_again)
        self._languages = shuffled(LANGUAGES, rng)
        self._decks: dict[tuple[str, str, str], Iterator[Any]] = {}
        self._told: Counter[str] = Counter()

    def tell(self, kind: str, words: str = "", needs: str = "") -> ToldStory:
        """A story of this kind out of the file `words`, in English where others have none.

        `needs` is what a story must bring along: a photo, a translation, a channel's name.
        """
        name = words or ("en" if kind in ENGLISH_ONLY else next(self._languages))
        deck = (name, kind, needs)
        if deck not in self._decks:
            fitting = [s for s in book(name)[kind] if not needs or needs in (*s, s.get("channel"))]
            self._decks[deck] = shuffled(fitting, self._rng)
        story = next(self._decks[deck])
        answers = {
            name: self._marks.fill(pick_random(text, self._rng))
            for name, text in story.items()
            if name in TipForm.base_fields and isinstance(text, str)
        }
        language = story.get("language", "en" if name == "calls" else name)
        if kind == "spam":
            return ToldStory(language, story, answers | {"website": "spam"})
        return ToldStory(language, story, self._varied(language, story, answers, kind))

    def shared(self, first: ToldStory) -> ToldStory:
        """What the next person on that phone writes: another story in the same language."""
        return self.tell("story", first.language).again("shared", self._rng)

    def _varied(
        self, language: str, story: dict[str, Any], answers: dict[str, Any], kind: str
    ) -> dict[str, Any]:
        """With some of the signs, and without some of the answers, as people fill in forms."""
        rng, more = self._rng, book(language).get("more", book("en")["more"])
        signs = story.get("signs", [])
        answers["signs"] = rng.sample(signs, rng.randint(min(1, len(signs)), len(signs)))
        answers["district"] = rng.choice(story.get("districts", [""]))
        answers["answer_language"] = language
        if story.get("official"):
            answers["official_involved"] = "yes"
        if answers.get("danger_now") == "yes" and kind == "story" and rng.random() < 0.5:
            answers["danger_now"] = "unknown"
        self._told[story["what_happened"]] += 1
        again = kind == "story" and "details" in more and self._told[story["what_happened"]] > 1
        for name in LEFT_OUT:
            if rng.random() < (0.55 if again else 0.25):
                answers.pop(name, None)
        if again:
            answers["what_happened"] = self._told_otherwise(answers["what_happened"], more)
        if kind == "story" and "endings" in more and rng.random() < 0.35:
            answers["what_happened"] += f"\n\n{rng.choice(more['endings'])}"
        if story.get("contact") and rng.random() < 0.7:
            answers["contact_name"] = rng.choice(more["names"])
            answers["contact_details"] = self._marks.contact()
            answers["contact_safely"] = rng.choice(more["safely"])
        if "call_back" in story:
            answers["contact_details"] = self._marks.contact()
        return answers

    def _told_otherwise(self, text: str, more: dict[str, Any]) -> str:
        """As another person tells it: some of the sentences, and perhaps one of their own."""
        rng = self._rng
        first, *rest = _BETWEEN_SENTENCES.split(text.strip())
        kept = sorted(rng.sample(range(len(rest)), len(rest) * 2 // 5))
        own = rng.sample(more["details"], rng.randint(0, 1))
        if rng.random() < 0.3:
            own.append(self._marks.fill(rng.choice(more["seen"])))
        return " ".join([first, *(rest[place] for place in kept), *own])
