"""Tips: one sealed document each, and in clear what triage needs."""

from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property

from tips.models.desk import Officer
from tips.models.event import Event
from tips.models.outcomes import Outcome
from tips.models.tip_indexes import TIP_INDEXES
from tips.models.tip_queries import TipQuerySet
from tips.models.turns import (
    IS_OPEN,
    SINCE,
    WAITS,
    WHY,
    WHY_AGAIN,
    WRITTEN_TO,
    Cause,
    Status,
    Turn,
    Urgency,
)
from tips.models.vocabulary import Channel, District, Language, SetAside, YesNo

if TYPE_CHECKING:
    from tips.models.queue_order import Place

MAY_UNDO_FOR = timedelta(minutes=10)
# What came to the tip beside its own messages, and may have changed no column.
RINGS = (Event.Verb.COPY_MESSAGE, Event.Verb.PHOTO_LOCKED)


class Tip(models.Model):
    """A tip: one sealed document, and in clear only what triage needs."""

    Status = Status
    Cause = Cause
    Urgency = Urgency
    Outcome = Outcome

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    reference = models.CharField(  # noqa: DJ001 - an empty one could stand only once
        max_length=7, null=True, db_comment="random, said aloud on the phone; null once erased"
    )
    received_at = models.DateTimeField(db_comment="to the hour; to the month once erased")
    channel = models.CharField(max_length=10, choices=Channel)
    district = models.CharField(max_length=20, choices=District, blank=True)
    signs = ArrayField(
        models.CharField(max_length=60), default=list, db_comment="slugs of the ticked signs"
    )
    types = ArrayField(
        models.CharField(max_length=60), default=list, db_comment="slugs the signs point to"
    )
    danger = models.CharField(max_length=7, choices=YesNo, blank=True)
    under_18 = models.CharField(max_length=7, choices=YesNo, blank=True)
    for_self = models.BooleanField(db_comment="whether it happens to the sender")
    language = models.CharField(
        max_length=5, choices=Language, db_comment="in which the sender is answered"
    )
    urgency = models.PositiveSmallIntegerField(choices=Urgency)
    restricted = models.BooleanField(db_comment="only supervisors list and open it")
    set_aside = models.PositiveSmallIntegerField(
        choices=SetAside, default=SetAside.NO, db_comment="0 no, 1 looks like spam, 2 over a limit"
    )
    status = models.CharField(max_length=8, choices=Status, db_comment="what was done last")
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    owner = models.ForeignKey(
        Officer, models.PROTECT, null=True, related_name="tips", db_index=False
    )
    turn_since = models.DateTimeField(
        null=True, db_comment="since when it is somebody's turn; to the hour where a citizen wrote"
    )
    turn_until = models.DateField(
        null=True, db_comment="the day on which it is the owner's turn again"
    )
    turn_cause = models.CharField(
        max_length=8, choices=Cause, default=Cause.CAME, db_comment="why it is somebody's turn"
    )
    since = models.GeneratedField(
        expression=SINCE,
        output_field=models.DateTimeField(),
        db_persist=True,
        db_comment="the clock of its turn: turn_until's midnight, else turn_since",
    )
    closed_on = models.DateField(
        null=True, db_comment="newest first in the list; retention counts from this day"
    )
    hours_to_open = models.PositiveSmallIntegerField(
        null=True, db_comment="whole hours from arrival to the first opening; set once"
    )
    hours_to_take = models.PositiveSmallIntegerField(
        null=True, db_comment="whole hours from arrival to the first owner; set once"
    )
    hours_to_close = models.PositiveSmallIntegerField(
        null=True, db_comment="whole hours from arrival to the first closing; set once"
    )
    held_by = models.CharField(
        max_length=40,
        blank=True,
        db_comment="who wants it kept from erasure; nothing erases tips yet",
    )
    held_at = models.DateTimeField(null=True, db_comment="since when somebody wants it kept")
    lookup_id = models.BinaryField(
        unique=True, null=True, db_comment="hash of the receipt code, to find the tip by"
    )
    citizen_key = models.BinaryField(
        null=True, db_comment="public half of the pair made from the code, to seal answers to"
    )
    content_digest = models.BinaryField(
        unique=True, null=True, db_comment="keyed hash of what was sent; a repeat is found by it"
    )
    page_digest = models.BinaryField(
        null=True, db_comment="hash of the page's idempotency key; tells tips of one page"
    )
    sealed = models.BinaryField(null=True, db_comment="all answers as one JSON document")

    objects: ClassVar = TipQuerySet.as_manager()

    turn: str  # what `with_turn` adds
    late: bool  # what `queue_order.page` adds, and the next
    place: "Place"

    class Meta:
        """The database holds what has to go together."""

        indexes = TIP_INDEXES
        constraints = (
            # Not unique=True, which would bring a second index, for LIKE.
            models.UniqueConstraint(fields=("reference",), name="tip_reference"),
            models.CheckConstraint(
                condition=Q(status__in=("new", "active", "asked", "referred", "parked", "closed")),
                name="tip_status_known",
            ),
            models.CheckConstraint(
                condition=Q(
                    channel__in=("web", "phone", "office", "walk_in", "letter", "email", "drill")
                ),
                name="tip_channel_known",
            ),
            models.CheckConstraint(
                condition=Q(set_aside__in=(0, 1, 2)), name="tip_set_aside_known"
            ),
            models.CheckConstraint(
                condition=Q(status="closed", outcome__gt="", closed_on__isnull=False)
                | (IS_OPEN & Q(outcome="", closed_on=None)),
                name="tip_outcome_and_day_only_when_closed",
            ),
            models.CheckConstraint(
                condition=Q(status__in=("asked", "referred", "parked"), turn_until__isnull=False)
                | (~Q(status__in=("asked", "referred", "parked")) & Q(turn_until=None)),
                name="tip_day_only_while_it_waits",
            ),
            models.CheckConstraint(
                condition=Q(held_by="", held_at=None) | Q(held_by__gt="", held_at__isnull=False),
                name="tip_held_by_somebody_since",
            ),
        )

    def __str__(self) -> str:
        return self.reference or "erased tip"

    @property
    def is_open(self) -> bool:
        """Whether it is not closed."""
        return self.status != self.Status.CLOSED

    @property
    def waits_for_desk(self) -> bool:
        """Whether somebody outside waits for the desk; for a tip of `TipQuerySet.with_turn`."""
        return self.turn == Turn.TO_TAKE or self.turn_cause in WRITTEN_TO

    @property
    def why(self) -> str:
        """What makes it whose turn it is; for a tip of `TipQuerySet.with_turn`."""
        if self.turn == Turn.CLOSED:
            return str(self.get_outcome_display())
        if self.turn in WAITS:
            return f"{WAITS[Turn(self.turn)]} until {self.turn_until:%-d %b}"
        again = self.turn == Turn.OWNER and self.status in WHY_AGAIN
        return WHY_AGAIN[Status(self.status)] if again else WHY[Cause(self.turn_cause)]

    def is_visible_to(self, officer: Officer) -> bool:
        """Whether the officer may list and open it now; for many, `TipQuerySet.visible_to`."""
        return Tip.objects.visible_to(officer).filter(pk=self.pk).exists()

    def who_open(self, *, restricted: bool | None = None) -> models.QuerySet[Officer]:
        """Who can open it today, and so may be told of it; each once, by name.

        `restricted` asks who could if it were that, or not.
        """
        restricted = self.restricted if restricted is None else restricted
        return Officer.objects.who_open(restricted=restricted).exclude(recusals__tip=self)

    def why_not_closed_as(self, outcome: str, officer: Officer) -> str:
        """Why this officer may not close it so, as a sentence; empty where they may."""
        if officer.is_supervisor or not self.is_open:
            return ""
        chosen = Tip.Outcome(outcome)
        if chosen == Tip.Outcome.FALSE:
            return "Only a supervisor closes a tip as knowingly false."
        if not chosen.sends_nobody or self.owner_id == officer.pk:
            return ""
        reasons = {
            "it is urgent": self.urgency == Urgency.DANGER,
            "somebody is under 18": self.under_18 == YesNo.YES,
            "it came from the person themselves": self.for_self,
            "it is restricted": self.restricted,
            "a colleague has it": self.owner_id is not None,
        }
        for reason, holds in reasons.items():
            if holds:
                return f"Only whoever has the tip, or a supervisor, closes it so: {reason}."
        return ""

    @cached_property
    def newest_message(self) -> tuple[int, bool]:
        """The number of the newest message, 0 where there is none, and whether it is the desk's."""
        newest = self.messages.order_by("-number").values_list("number", "from_desk").first()
        return newest or (0, False)

    @cached_property
    def rings(self) -> int:
        """How often a copy of it was written to, or a photo of it locked."""
        return Event.objects.filter(tip_id=self.pk, verb__in=RINGS).count()

    @cached_property
    def last_decision(self) -> Event | None:
        """The newest decision that can be undone, if it is not older than ten minutes."""
        lately = timezone.now() - MAY_UNDO_FOR
        decisions = Event.objects.filter(tip_id=self.pk, at__gt=lately, before__isnull=False)
        return decisions.order_by("-at").first()

    def may_be_undone_by(self, officer: Officer) -> bool:
        """Whether the last decision is this officer's, and nothing was done to the tip since."""
        last = self.last_decision
        if last is None or last.before is None or last.by != officer.username:
            return False
        return bool(last.before["version"] == self.version_token)

    @property
    def version_token(self) -> str:
        """What a form on this tip was shown with; a verb refuses when it has changed since.

        As it was when this instance first looked. It covers the number of the newest message of
        either side, so that no two answers cross, and what rang.
        """
        return ".".join(self._version.values())

    def changed_since(self, token: str) -> set[str]:
        """The parts of the version that are not as in this token; none where it is no token."""
        then = token.split(".")
        if len(then) != len(self._version):
            return set()
        return {
            name for (name, now), was in zip(self._version.items(), then, strict=True) if now != was
        }

    @property
    def _version(self) -> dict[str, str]:
        return {
            "status": self.status,
            "urgency": str(self.urgency),
            "owner": str(self.owner_id or ""),
            "restricted": str(int(self.restricted)),
            "until": self.turn_until.isoformat() if self.turn_until else "",
            "rings": str(self.rings),
            "newest": str(self.newest_message[0]),
        }

    @property
    def usual_urgency(self) -> int:
        """The urgency that a lowered tip goes back to."""
        child_or_self = self.under_18 == YesNo.YES or self.for_self
        return self.Urgency.CHILD_OR_SELF if child_or_self else self.Urgency.OTHER
