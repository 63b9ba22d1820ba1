"""In which order the queue lists tips, and how it is read page by page: by the last row shown.

Danger, late, under 18 or the person themselves, other; in each the longest wait first. What is late
changes with the time alone, so no column holds it: each rank is read as the pieces of one index
that it is made of.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from itertools import chain
from typing import Any, NamedTuple, Self
from uuid import UUID

from django.db import connection
from django.db.models import BooleanField, Count, PositiveSmallIntegerField, Q, QuerySet, Value
from django.db.models.expressions import RawSQL
from django.utils import timezone

from tips.models.tip import Tip
from tips.models.tip_queries import TipQuerySet
from tips.models.turns import IS_CLOSED, IS_OPEN, LATE_AFTER, Urgency
from tips.models.vocabulary import SetAside

COUNTED = 1_000  # of a tab; one more means: more than that
DANGER, LATE, CHILD_OR_SELF, OTHER = range(4)  # ranks
RANKS = {Urgency.CHILD_OR_SELF: CHILD_OR_SELF, Urgency.OTHER: OTHER}  # of what is not late
EPOCH = datetime.fromtimestamp(0, UTC)
MICROSECOND = timedelta(microseconds=1)
MOST_DIGITS = 17  # of microseconds: some thousand years
PLACE_LASTS = timedelta(hours=12)  # as long as a session


class Place(NamedTuple):
    """Where a tip stands in a list, as that was read at a moment: what comes next is behind it.

    `at` is what its rank is ordered by: the clock of its turn, or the day on which it was closed.
    """

    rank: int
    at: datetime
    pk: UUID
    as_of: datetime

    def __str__(self) -> str:
        at, as_of = (self.at - EPOCH) // MICROSECOND, (self.as_of - EPOCH) // MICROSECOND
        return f"{self.rank}.{at}.{self.pk.hex}.{as_of}"

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """The place that an address names; None where it names none, or one of yesterday."""
        try:
            rank, at, pk, as_of = text.split(".")
            place = cls(_number(rank), _moment(at), UUID(hex=pk), _moment(as_of))
        except ValueError:
            return None
        age = timezone.now() - place.as_of
        return place if place.rank <= OTHER and timedelta() <= age < PLACE_LASTS else None


class LateBefore(NamedTuple):
    """By urgency, the moment before which a turn must have begun for its tip to be late."""

    untaken: Mapping[int, datetime]
    owned: Mapping[int, datetime]

    def is_late(self, tip: Tip) -> bool:
        """Whether the tip is; never one that waits for somebody else, whose clock runs later."""
        if tip.owner_id is not None:
            return tip.is_open and tip.since < self.owned[tip.urgency]
        stands_apart = tip.set_aside != SetAside.NO and tip.urgency != Urgency.DANGER
        return tip.is_open and not stands_apart and tip.since < self.untaken[tip.urgency]


class Part(NamedTuple):
    """Open tips, and before which moments they are late, by urgency; without those none is."""

    rows: Q
    late_before: Mapping[int, datetime] | None = None


class _Stream(NamedTuple):
    """Open tips of one rank that an index has in their order."""

    rank: int
    rows: Q

    def behind(self, place: Place | None) -> Q | None:
        """Those that come after the place; None where the whole stream comes before it."""
        if place is None or self.rank > place.rank:
            return self.rows
        if self.rank < place.rank:
            return None
        return self.rows & Q(since__gte=place.at) & (Q(since__gt=place.at) | Q(id__gt=place.pk))


def owned_late_before(now: datetime) -> dict[int, datetime]:
    """Of owned tips: it is their owner's turn for longer than LATE_AFTER."""
    return {urgency: now - limit for urgency, limit in LATE_AFTER.items()}


def page(
    tips: TipQuerySet,
    parts: Iterable[Part],
    late: LateBefore,
    *,
    as_of: datetime,
    most: int,
    after: Place | None = None,
) -> list[Tip]:
    """The first of these tips behind `after`, or from the beginning, in the order of the queue.

    Each gets `late` and `place`. Without parts, closed ones: the newest closing day first.
    """
    inner = _open_ids(tips, parts, most, after) if parts else _closed_ids(tips, most, after)
    sql, values = inner.query.sql_with_params()
    # One statement, so that a tip which changes meanwhile is here as it was listed.
    here = f'"tips_tip"."id" IN (SELECT page.id FROM ({sql}) AS page)'
    found = list(tips.filter(RawSQL(here, values, BooleanField())))
    for tip in found:
        tip.late = late.is_late(tip)
        tip.place = _place(tip, as_of)
    return sorted(found, key=_position)


def capped_counts(tips: TipQuerySet, many: Mapping[str, Q]) -> dict[str, int]:
    """How many of the tips each of these are, at most COUNTED + 1, in one statement."""
    selects: list[str] = []
    values: list[Any] = []
    for rows in many.values():
        capped = tips.filter(rows).order_by().values_list(Value(1))[: COUNTED + 1]
        inner, given = capped.query.sql_with_params()
        selects.append(f"(SELECT count(*) FROM ({inner}) AS counted)")
        values += given
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(selects)}", values)
        return dict(zip(many, cursor.fetchone(), strict=True))


def counts_at_once(tips: TipQuerySet, many: Mapping[str, Q]) -> dict[str, int]:
    """The same of open tips, by reading all of them once."""
    totals = {name: Count("pk", filter=rows) for name, rows in many.items()}
    found = tips.filter(IS_OPEN).aggregate(**totals)
    return {name: min(count, COUNTED + 1) for name, count in found.items()}


def _open_ids(
    tips: TipQuerySet, parts: Iterable[Part], most: int, after: Place | None
) -> QuerySet[Tip, Any]:
    pieces = [
        tips.filter(rows)
        .order_by("since", "id")
        .annotate(rank=Value(stream.rank, PositiveSmallIntegerField()))
        .values_list("rank", "since", "id")[:most]
        for stream in chain.from_iterable(map(_streams, parts))
        if (rows := stream.behind(after)) is not None
    ]
    if len(pieces) == 1:
        return pieces[0]
    return pieces[0].union(*pieces[1:], all=True).order_by("rank", "since", "id")[:most]


def _closed_ids(tips: TipQuerySet, most: int, after: Place | None) -> QuerySet[Tip, Any]:
    rows = tips.filter(IS_CLOSED)
    if after is not None:
        day = after.at.date()
        rows = rows.filter(Q(closed_on__lte=day) & (Q(closed_on__lt=day) | Q(id__gt=after.pk)))
    return rows.order_by("-closed_on", "id").values_list("closed_on", "id")[:most]


def _place(tip: Tip, as_of: datetime) -> Place:
    if tip.closed_on:
        return Place(OTHER, datetime.combine(tip.closed_on, time(), UTC), tip.pk, as_of)
    is_late = tip.late and tip.urgency != Urgency.DANGER
    rank = LATE if is_late else RANKS.get(Urgency(tip.urgency), DANGER)
    return Place(rank, tip.since, tip.pk, as_of)


def _position(tip: Tip) -> tuple[int, timedelta, UUID]:
    """The order of the list, rising."""
    at = tip.place.at - EPOCH
    return tip.place.rank, -at if tip.closed_on else at, tip.pk


def _streams(part: Part) -> Iterator[_Stream]:
    """Each with its urgency and with a limit on the clock, as `tip_open` has them."""
    yield _Stream(DANGER, part.rows & Q(urgency=Urgency.DANGER))
    for urgency, rank in RANKS.items():
        rows = part.rows & Q(urgency=urgency)
        if part.late_before is None:
            yield _Stream(rank, rows)
        else:
            limit = part.late_before[urgency]
            yield _Stream(LATE, rows & Q(since__lt=limit))
            yield _Stream(rank, rows & Q(since__gte=limit))


def _moment(text: str) -> datetime:
    return EPOCH + _number(text) * MICROSECOND


def _number(text: str) -> int:
    """Raises ValueError for anything but a few plain digits."""
    if not (text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS):
        raise ValueError
    return int(text)
