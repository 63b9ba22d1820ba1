"""What is asked of the trail: a tip, a person, a kind of act, some days; and how it is read."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone

from tips.models import Event, Officer, Tip, references
from tips.models.event import DONE_TO_SOMEBODY

V = Event.Verb
LATELY = timedelta(days=28)  # where no day is named, and no tip
# Events that a page counts, and a print: so a page takes as long however long the trail is.
COUNTED, PRINTED = 500, 5_000
FIRST_YEAR = 2000  # before it no event is, and midnight stays a moment that every column holds
CHANGES = (
    *(V.CALL_COMPLETED, V.TAKEN, V.GIVEN, V.WAITING, V.REPLIED, V.NOTED, V.RAISED, V.LOWERED),
    *(V.PARKED, V.CLOSED, V.REOPENED, V.RESTRICTED, V.UNRESTRICTED, V.RECUSED, V.READMITTED),
    *(V.HELD, V.RELEASED, V.PHOTO_LOCKED, V.PHOTO_UNLOCKED, V.CONTENT_CHANGED, V.UNDONE),
    *(V.UNLINKED, V.NOT_SAME, V.MAYBE_SAME, V.TRANSCRIBED),
)
REFUSALS = (V.REFUSED, V.WRONG_WORDS, V.LOCKED_OUT)
PRINTS = (V.TRAIL_PRINTED, V.TRAIL_EXPORTED)
# By the value of `what`: how it is called, and its verbs; none: all of them.
KINDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "": ("Everything", ()),
    "openings": ("Openings and photos", (V.OPENED, V.PHOTO)),
    "changes": ("Changes", CHANGES),
    "refusals": ("Refusals and wrong words", REFUSALS),
    "prints": ("Prints and tables", PRINTS),
    "searches": ("Searches", (V.SEARCHED,)),
    "watched": (
        "Refused, searched, shown, printed",
        (*REFUSALS, V.SEARCHED, V.PHOTO, V.CODE_SHOWN, *PRINTS),
    ),
    "access": (
        "Access and keys",
        (
            *(V.LOGGED_IN, V.SIGNED_OUT, V.WRONG_WORDS, V.LOCKED_OUT, V.ACCOUNT_ADDED),
            *(V.ACCESS_GIVEN, V.SET_UP, V.PASSPHRASE_CHANGED, V.ROLE_CHANGED, V.EMAIL_CHANGED),
            *(V.LANGUAGES_CHANGED, V.DEACTIVATED, V.ACTIVATED, V.FALSE_PAIR, V.KEY_MADE),
            *(V.KEY_ROTATED, V.FALSE_DESK_KEY, V.RECOVERED, V.DRILLED, V.SHEETS_CONFIRMED),
            *(V.SHEETS_REPLACED, V.SELF_CHECK, V.RESTORED, V.RESTORE_TRIED),
        ),
    ),
}


@dataclass(frozen=True)
class Question:
    """What was asked; `tip` is None where the reference is nobody's, or none was given."""

    reference: str = ""
    tip: UUID | None = None
    who: str = ""
    what: str = ""
    first: date | None = None
    last: date | None = None
    outside: bool = False
    not_theirs: bool = False
    problem: str = ""
    names: list[str] = field(default_factory=list)

    @property
    def verbs(self) -> tuple[str, ...]:
        """The verbs that are asked for; none: all of them."""
        return KINDS[self.what][1]

    @property
    def is_of_marked(self) -> bool:
        """Whether only events with a mark are asked for, which no column holds."""
        return self.outside or self.not_theirs

    @property
    def fields(self) -> dict[str, str]:
        """The question as the form's fields, without those that are empty."""
        values = {
            "reference": self.reference,
            "who": self.who,
            "what": self.what,
            "from": self.first.isoformat() if self.first else "",
            "to": self.last.isoformat() if self.last else "",
            "outside": "1" if self.outside else "",
            "not_theirs": "1" if self.not_theirs else "",
        }
        return {name: value for name, value in values.items() if value}

    def address(self, **other: str) -> str:
        """The query string of this question, or of a neighbouring one."""
        return urlencode(self.fields | other)

    def events(self, most: int, after: "Event | None" = None) -> list[Event]:
        """The newest events that it is about, those after this one; so many at most."""
        if self.problem:
            return []
        rows = Event.objects.defer("reason", "reason_digest", "pair_digest", "once", "before")
        rows = rows.filter(self._days(), self._asked(after))
        if not self.who:
            return list(rows.order_by("-at", "id")[:most])
        by_them = rows.filter(by=self.who).order_by("-at", "id")[:most]
        to_them = rows.filter(about=self.who, verb__in=DONE_TO_SOMEBODY).exclude(by=self.who)
        both = [*by_them, *to_them.order_by("-at", "id")[:most]]
        both.sort(key=lambda event: event.id)
        return sorted(both, key=lambda event: event.at, reverse=True)[:most]

    def _asked(self, after: "Event | None") -> Q:
        rows = Q(tip_id=self.tip) if self.reference else Q()
        if self.verbs:
            rows &= Q(verb__in=self.verbs)
        if after is not None:
            rows &= Q(at__lte=after.at) & (Q(at__lt=after.at) | Q(id__gt=after.id))
        return rows

    def _days(self) -> Q:
        rows = Q()
        if self.first:
            rows &= Q(at__gte=_midnight(self.first))
        if self.last:
            rows &= Q(at__lt=_midnight(self.last + timedelta(days=1)))
        return rows


def asked(typed: QueryDict) -> Question:
    """The question in an address or a form; what it does not know counts as not typed."""
    names = list(Officer.objects.order_by("username").values_list("username", flat=True))
    who, what = typed.get("who", ""), typed.get("what", "")
    first, last = _day(typed.get("from", "")), _day(typed.get("to", ""))
    known: dict[str, Any] = {
        "who": who if who in names else "",
        "what": what if what in KINDS else "",
        "outside": typed.get("outside") == "1",
        "not_theirs": typed.get("not_theirs") == "1",
        "names": names,
        "last": last,
    }
    words = typed.get("reference", "").strip()
    if not words:
        lately = (last or timezone.localdate()) - LATELY
        return Question(first=first or lately, problem=_days_problem(first, last), **known)
    reference = references.parse(words)
    if not reference:
        problem = "A reference looks like KD-4821: two letters and four digits."
        return Question(reference=words, first=first, problem=problem, **known)
    tip = Tip.objects.filter(reference=reference).values_list("pk", flat=True).first()
    problem = _days_problem(first, last) if tip else f"There is no tip {reference}."
    return Question(reference=reference, tip=tip, first=first, problem=problem, **known)


def cursor(typed: QueryDict) -> Event | None:
    """The last event of the page before, as its link names it: its moment and its id."""
    moment, _, row = typed.get("after", "").partition("/")
    try:
        at, pk = datetime.fromisoformat(moment), UUID(row)
    except ValueError:
        return None
    in_time = at.tzinfo is not None and FIRST_YEAR <= at.year < date.max.year
    return Event(at=at, id=pk) if in_time else None


def _days_problem(first: date | None, last: date | None) -> str:
    return "The first day is after the last." if first and last and first > last else ""


def _day(typed: str) -> date | None:
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year < date.max.year else None


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
