"""Whose turn a tip is and since when: docs/decisions/0004-whose-turn.md."""

from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Case, Func, Q, Value, When
from django.db.models.functions import Coalesce

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
    """What was done last; whose turn that makes it, `turn_on` says."""

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

# Of a row of tips: it is closed, or not.
IS_CLOSED = Q(status="closed")
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
# The steps of the ladder of mails from which on supervisors are told.
SUPERVISORS_FROM_URGENT, SUPERVISORS_FROM = 4, 2


def _midnight(column: str) -> Func:
    """When that day begins in Saint Lucia; a plain cast would begin it in UTC."""
    template = f"(%(expressions)s::timestamp AT TIME ZONE '{settings.TIME_ZONE}')"
    return Func(column, template=template, output_field=models.DateTimeField())


# The clock of a tip's turn: the day until which it waits or waited, else since when it is
# somebody's turn. An open tip has one whatever happens: without it no list would show the tip.
SINCE = Coalesce(_midnight("turn_until"), "turn_since", "received_at")


def is_owners_turn(today: date) -> Q:
    """Of a row that is open and owned: it waits for nobody else, or not any more."""
    return Q(turn_until=None) | Q(turn_until__lte=today)


def waits_as(status: Status, today: date) -> Q:
    """Of a row that is open and owned: it waits for whomever this status says."""
    return Q(status=status, turn_until__gt=today)


def turn_on(today: date) -> Case:
    """What a row of tips is annotated with: whose turn it is on this day, a Turn."""
    return Case(
        When(status=Status.CLOSED, then=Value(Turn.CLOSED)),
        When(owner=None, then=Value(Turn.TO_TAKE)),
        When(waits_as(Status.ASKED, today), then=Value(Turn.CITIZEN)),
        When(waits_as(Status.REFERRED, today), then=Value(Turn.AGENCY)),
        When(waits_as(Status.PARKED, today), then=Value(Turn.PARKED)),
        default=Value(Turn.OWNER),
        output_field=models.CharField(),
    )
