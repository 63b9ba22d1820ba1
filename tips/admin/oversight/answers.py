"""What the trail answers: a sentence, a table a person or a tip, and each event in words."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.template.defaultfilters import pluralize
from django.utils import timezone

from campaign import offers
from tips.admin.oversight.questions import PRINTED, Question
from tips.admin.oversight.sentences import NOBODYS_NAMES, Line, line_of
from tips.models import Event
from tips.templatetags.desk import minute

V = Event.Verb
LINES_A_PAGE = 100
ROWS_AT_MOST = 25


@dataclass
class Row:
    """What one person did, or what was done with one tip."""

    name: str
    opened: int = 0
    photos: int = 0
    refused: int = 0
    other: int = 0
    outside: int = 0
    not_theirs: int = 0
    first: datetime | None = None
    last: datetime | None = None
    owned: str = ""

    @property
    def weight(self) -> tuple[int, int, int]:
        """What comes first in the table, in a rising order."""
        everything = self.opened + self.photos + self.refused + self.other
        return (-self.not_theirs, -self.outside, -everything)

    def count(self, line: Line) -> None:
        """Adds an event; they come newest first."""
        columns = {V.OPENED: "opened", V.PHOTO: "photos", V.REFUSED: "refused"}
        column = columns.get(Event.Verb(line.event.verb), "other")
        setattr(self, column, getattr(self, column) + 1)
        self.outside += line.outside
        self.not_theirs += line.not_theirs
        self.first, self.last = line.event.at, self.last or line.event.at


@dataclass(frozen=True)
class Answer:
    """All that a page, a print or a table shows."""

    question: Question
    sentences: list[str]
    rows: list[Row]
    by_tip: bool
    lines: list[Line]
    rest: str  # what is not shown, in a sentence; empty where nothing is left
    older: str  # the cursor of the next page; empty where there is none
    is_first: bool  # page: it alone counts
    more_rows: int = field(default=0)


def answer(question: Question, after: Event | None, *, most: int, counted: int) -> Answer:
    """The lines after the cursor, at most so many; on the first page what is counted above them.

    Counted, or looked through for what is marked, are so many events.
    """
    is_first = after is None
    limit = counted if is_first or question.is_of_marked else most + 1
    read = question.events(limit, after)
    lines = _lines(question, read)
    by_tip = bool(question.who) and not question.reference
    rows, sentences = [], []
    if is_first and not question.problem:
        rows = _rows(lines, by_tip, _owned_since(question) if question.tip else {})
        sentences = _sentences(question, lines, read, all_counted=len(read) < counted)
    is_cut = len(lines) > most
    last = lines[most - 1].event if is_cut else read[-1] if len(read) == limit else None
    return Answer(
        question=question,
        sentences=sentences,
        rows=rows[:ROWS_AT_MOST],
        by_tip=by_tip,
        lines=lines[:most],
        rest=f"Older ones, before {minute(last.at)}, are on the next page." if last else "",
        older=f"{last.at.isoformat()}/{last.id}" if last else "",
        is_first=is_first,
        more_rows=max(0, len(rows) - ROWS_AT_MOST),
    )


def _lines(question: Question, events: Sequence[Event]) -> list[Line]:
    """The events in words, those alone that are marked where only those are asked for."""
    owners = _owners({event.tip_id for event in events if event.tip_id and event.by})
    is_open = offers.hours().is_open
    lines = (line_of(event, owners, is_open) for event in events)
    return [
        line
        for line in lines
        if (line.outside or not question.outside) and (line.not_theirs or not question.not_theirs)
    ]


def _owners(tips: set[UUID]) -> set[tuple[UUID, str]]:
    """Whose each of these tips has ever been: by taking it, or because it was given to them."""
    acts = Event.objects.filter(tip_id__in=tips, verb__in=(V.TAKEN, V.GIVEN))
    rows = acts.values_list("tip_id", "verb", "by", "about")
    return {(tip, by if verb == V.TAKEN else about) for tip, verb, by, about in rows if tip}


def _owned_since(question: Question) -> dict[str, datetime]:
    """By name, since when the tip was first theirs."""
    acts = Event.objects.filter(tip_id=question.tip, verb__in=(V.TAKEN, V.GIVEN)).order_by("-at")
    rows = acts.values_list("verb", "by", "about", "at")
    return {by if verb == V.TAKEN else about: at for verb, by, about, at in rows}


def _rows(lines: Iterable[Line], by_tip: bool, owned: dict[str, datetime]) -> list[Row]:
    """One row a person, or a tip: what is marked first, then the busiest."""
    rows: dict[str, Row] = {}
    for line in lines:
        name = line.event.reference if by_tip else line.who or line.event.about
        if name and (by_tip or line.who not in NOBODYS_NAMES or line.event.about):
            rows.setdefault(name, Row(name)).count(line)
    for name, row in rows.items():
        if owned or not by_tip:
            row.owned = f"from {minute(owned[name])}" if name in owned else "never"
    return sorted(rows.values(), key=lambda row: (*row.weight, row.name))


def _sentences(
    question: Question, lines: Sequence[Line], read: Sequence[Event], all_counted: bool
) -> list[str]:
    said = [_first_sentence(question, lines)]
    found = Counter(line.event.verb for line in lines)
    for verb, words in (
        (V.PHOTO, "Photos were shown {}."),
        (V.REFUSED, "Opening was refused {}."),
        (V.WRONG_WORDS, "Wrong words were typed at a log-in in {}."),
        (V.LOCKED_OUT, "Right words met too many wrong digits {}."),
        (V.TRAIL_PRINTED, "The trail was printed {}."),
        (V.TRAIL_EXPORTED, "The trail was saved as a table {}."),
    ):
        if found[verb] or verb in question.verbs:
            unit = "hour" if verb == V.WRONG_WORDS else "time"
            said.append(words.format(f"{found[verb]} {unit}{pluralize(found[verb])}"))
    if not all_counted:
        more = f", or print it: a print counts {PRINTED:,}" if len(read) < PRINTED else ""
        said.append(
            f"Counted are the newest {len(read):,} events, back to {minute(read[-1].at)}."
            f" Narrow the days to count others{more}."
        )
    return said


def _first_sentence(question: Question, lines: Sequence[Line]) -> str:
    """Who opened it, what they opened, or how much was done, with what is marked of it."""
    opened = [line for line in lines if line.event.verb == V.OPENED]
    if question.verbs and V.OPENED not in question.verbs:
        people = len({line.who for line in lines if line.who not in NOBODYS_NAMES})
        return f"{_many(len(lines), 'event')} by {_people(people)}."
    times = _many(len(opened), "time")
    marked = (
        f", {sum(line.outside for line in opened)} outside office hours,"
        f" {sum(line.not_theirs for line in opened)} not theirs"
    )
    if question.reference and not question.who:
        return f"{_people(len({line.who for line in opened}))} opened it, {times}{marked}."
    tips = _many(len({line.event.tip_id for line in opened}), "tip")
    who = question.who or _people(len({line.who for line in opened}))
    return f"{who} opened {question.reference or tips}, {times}{marked}."


def _many(n: int, word: str) -> str:
    return f"{n:,} {word}{pluralize(n)}"


def _people(n: int) -> str:
    return "Nobody" if n == 0 else "1 person" if n == 1 else f"{n} people"


def days(question: Question) -> str:
    """The days that are asked about: "1 to 28 Nov 2026", "since it came"."""
    last = question.last or timezone.localdate()
    if question.first is None:
        return f"from the first to {last:%-d %b %Y}" if question.last else "from the first on"
    return f"{question.first:%-d %b %Y} to {last:%-d %b %Y}"
