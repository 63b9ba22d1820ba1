"""Whose turn a tip is and since when: docs/decisions/0004-whose-turn.md."""

from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When

from tips.models.vocabulary import SetAside


class Turn(models.TextChoices):
    """Whose turn a tip is. Every open tip is exactly one person's."""

    TO_TAKE = "to_take", "To take"
    OWNER = "owner", "Its owner's"
    CITIZEN = "citizen", "The citizen's"
    AGENCY = "agency", "An agency's"
    PARKED = "parked", "Parked"
    CLOSED = "closed", "Nobody's: closed"


class Status(models.TextChoices):
    """What was done last; whose turn that makes it, `turn_columns` says."""

    NEW = "new", "New"
    ACTIVE = "active", "Active"
    ASKED = "asked", "Waiting"
    REFERRED = "referred", "Referred"
    PARKED = "parked", "Parked"
    CLOSED = "closed", "Closed"


class Cause(models.TextChoices):
    """Why it is somebody's turn since `turn_since`."""

    CAME = "came", "came"
    TAKEN = "taken", "taken"
    GIVEN = "given", "given"
    RETURNED = "returned", "given back"
    WROTE = "wrote", "the citizen wrote"
    COPY = "copy", "a copy was written to"
    ANSWERED = "answered", "answered"
    ASKED = "asked", "asked the citizen"
    PARKED = "parked", "parked"
    REOPENED = "reopened", "opened again"


class Urgency(models.IntegerChoices):
    """The queue's first rule."""

    DANGER = 0, "Urgent"
    CHILD_OR_SELF = 1, "Under 18 or themselves"
    OTHER = 2, "Other"


# Somebody outside wrote, and nobody has dealt with it.
WRITTEN_TO = (Cause.WROTE, Cause.COPY)
# Why it is somebody's turn, in few words; and why again, once the day came until which it waited.
WHY = {
    Cause.CAME: "New",
    Cause.TAKEN: "Taken",
    Cause.GIVEN: "Given",
    Cause.RETURNED: "Given back",
    Cause.WROTE: "Citizen wrote",
    Cause.COPY: "A copy was written to",
    Cause.ANSWERED: "Answered",
    Cause.ASKED: "Asked",
    Cause.PARKED: "Look again",
    Cause.REOPENED: "Opened again",
}
WHY_AGAIN = {
    Status.ASKED: "Citizen silent",
    Status.REFERRED: "Agency late",
    Status.PARKED: "Look again",
}
WAITS = {Turn.CITIZEN: "Asked", Turn.AGENCY: "Referred", Turn.PARKED: "Parked"}

# Of a row of tips: it is not closed.
IS_OPEN = ~Q(status="closed")
# It stands apart and not among the others: nobody took it from there.
STANDS_APART = Q(set_aside__gt=SetAside.NO, owner=None)
# It stands among the others; in danger it does whatever else it is.
IS_LISTED = ~STANDS_APART | Q(urgency=Urgency.DANGER)
# How long it may be its owner's turn, by urgency.
LATE_AFTER = {
    Urgency.DANGER: timedelta(days=1),
    Urgency.CHILD_OR_SELF: timedelta(days=3),
    Urgency.OTHER: timedelta(days=14),
}
# The steps of the ladder of mails from which on supervisors are told, and of a tip's alarm that it
# has come so far.
SUPERVISORS_FROM_URGENT, SUPERVISORS_FROM = 4, 2
SUPERVISORS_TOLD = Q(alarm__urgent=True, alarm__step__gte=SUPERVISORS_FROM_URGENT) | Q(
    alarm__urgent=False, alarm__step__gte=SUPERVISORS_FROM
)


def turn_columns(today: date) -> dict[str, Any]:
    """What a row of tips is annotated with: `turn`, a Turn, and `since`, when that turn began."""
    waits = Q(turn_until__gt=today)
    turn = Case(
        When(status=Status.CLOSED, then=Value(Turn.CLOSED)),
        When(owner=None, then=Value(Turn.TO_TAKE)),
        When(waits & Q(status=Status.ASKED), then=Value(Turn.CITIZEN)),
        When(waits & Q(status=Status.REFERRED), then=Value(Turn.AGENCY)),
        When(waits & Q(status=Status.PARKED), then=Value(Turn.PARKED)),
        default=Value(Turn.OWNER),
        output_field=models.CharField(),
    )
    # Once its day has come, the owner's turn began on that day.
    since = Case(
        When(turn_until__lte=today, then=_midnight("turn_until")),
        default=F("turn_since"),
    )
    return {"turn": turn, "since": since}


def order_columns(now: datetime) -> dict[str, Any]:
    """What rows with the columns of `turn_columns` are annotated with, to be put in order.

    `late`: it is its owner's turn for longer than LATE_AFTER, or nobody took it until supervisors
    were told. `rank`: danger, then what is late, then under 18 or the person themselves, then the
    rest.
    """
    too_long = Q()
    for urgency, limit in LATE_AFTER.items():
        too_long |= Q(urgency=urgency, since__lt=now - limit)
    late = Case(
        When(Q(turn=Turn.OWNER) & too_long, then=Value(True)),
        When(Q(turn=Turn.TO_TAKE) & SUPERVISORS_TOLD, then=Value(True)),
        default=Value(False),
        output_field=models.BooleanField(),
    )
    rank = Case(
        When(urgency=Urgency.DANGER, then=Value(0)),
        When(late=True, then=Value(1)),
        When(urgency=Urgency.CHILD_OR_SELF, then=Value(2)),
        default=Value(3),
        output_field=models.PositiveSmallIntegerField(),
    )
    return {"late": late, "rank": rank}


def _midnight(column: str) -> Func:
    """When that day begins in Saint Lucia; a plain cast would begin it in UTC."""
    template = f"(%(expressions)s::timestamp AT TIME ZONE '{settings.TIME_ZONE}')"
    return Func(column, template=template, output_field=models.DateTimeField())
