"""What somebody can say of themselves on /get-help/ without writing: ticks and one button."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext

from campaign import offers
from campaign.entries import PhraseEntry

# The words of the button. Its slug comes along with every plea, so that one without a tick is one.
BUTTON = "need-help"
# Over the box for a place, in a Creole.
WHERE = "word-where"
# What a tick is sent as where the form of /report/ asks the same; all others are sent as `plea`.
ANSWERS = {"in-danger": ("danger_now", "yes"), "under-18": ("under_18", "yes")}
TICKS = (
    *("in-danger", "cannot-leave", "passport", "forced-work"),
    *("not-paid", "threatened", "owe-money", "under-18"),
)


@dataclass(frozen=True)
class Tick:
    """One phrase to tick: the field and the value that it is sent as."""

    slug: str
    name: str
    value: str
    title: str


@dataclass(frozen=True)
class Plea:
    """The form in one language."""

    language: str
    button: str
    where: str
    ticks: tuple[Tick, ...]


def pleas(language: str) -> Iterator[Plea]:
    """The form in the page's language, then in each Creole whose words a person has reviewed."""
    for code in (language, *offers.CREOLES):
        lines = {line.slug: line for line in offers.phrases(code)}
        if BUTTON in lines or code == language:
            title = lines[BUTTON].title if BUTTON in lines else gettext("I need help")
            where = gettext("Where are you? You can leave this empty.")
            if code != language:
                where = lines[WHERE].title if WHERE in lines else ""
            ticks = tuple(_tick(lines[slug]) for slug in TICKS if slug in lines)
            yield Plea(code, title, where, ticks)


def _tick(line: PhraseEntry) -> Tick:
    name, value = ANSWERS.get(line.slug, ("plea", line.slug))
    return Tick(line.slug, name, value, line.title)
