"""Tips: one sealed document each, and in clear what triage needs."""

from typing import ClassVar
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from tips.models.desk import Officer


class YesNo(models.TextChoices):
    """An answer that may also be unknown; empty where the question was left."""

    YES = "yes", "Yes"
    NO = "no", "No"
    UNKNOWN = "unknown", "Not known"


class TipQuerySet(models.QuerySet["Tip"]):
    """Tips; the sealed words come along only where they are asked for."""

    def visible_to(self, officer: Officer) -> "TipQuerySet":
        """What the officer may list and open."""
        if not officer.opens_tips:
            return self.none()
        return self if officer.is_supervisor else self.filter(restricted=False)

    def open(self) -> "TipQuerySet":
        """Not closed."""
        return self.exclude(status=Tip.Status.CLOSED)

    def in_queue_order(self) -> "TipQuerySet":
        """Danger, then under 18 or the person themselves, then oldest; likely spam last."""
        return self.order_by(*Tip.QUEUE_ORDER)


class Tip(models.Model):
    """A tip: one sealed document, and in clear only what triage needs."""

    class Channel(models.TextChoices):
        """How it came."""

        WEB = "web", "web"

    class Status(models.TextChoices):
        """Where it stands."""

        NEW = "new", "New"
        ACTIVE = "active", "Active"
        WAITING = "waiting", "Waiting"
        CLOSED = "closed", "Closed"

    class Outcome(models.TextChoices):
        """How it ended."""

        PASSED_ON = "passed_on", "Passed on"
        HELPED = "helped", "Helped directly"
        ELSEWHERE = "elsewhere", "Not trafficking, passed elsewhere"
        NO_BASIS = "no_basis", "No basis found"
        NOT_ENOUGH = "not_enough", "Not enough to act on"
        DUPLICATE = "duplicate", "Duplicate"
        JUNK = "junk", "Junk"
        FALSE = "false", "Knowingly false"

    class District(models.TextChoices):
        """The ten districts (ISO 3166-2:LC), and what lies outside them."""

        ANSE_LA_RAYE = "anse-la-raye", "Anse la Raye"
        CANARIES = "canaries", "Canaries"
        CASTRIES = "castries", "Castries"
        CHOISEUL = "choiseul", "Choiseul"
        DENNERY = "dennery", "Dennery"
        GROS_ISLET = "gros-islet", "Gros Islet"
        LABORIE = "laborie", "Laborie"
        MICOUD = "micoud", "Micoud"
        SOUFRIERE = "soufriere", "Soufrière"
        VIEUX_FORT = "vieux-fort", "Vieux Fort"
        AT_SEA = "at-sea", "At sea or on a boat"
        ELSEWHERE = "elsewhere", "Online or abroad"

    class Urgency(models.IntegerChoices):
        """The queue's first rule."""

        DANGER = 0, "Urgent"
        CHILD_OR_SELF = 1, "Under 18 or themselves"
        OTHER = 2, "Other"

    QUEUE_ORDER: ClassVar = ("set_aside", "urgency", "received_at", "id")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    # Null once erased: an empty one could stand only once.
    reference = models.CharField(max_length=7, null=True)  # noqa: DJ001
    received_at = models.DateTimeField()  # to the hour
    channel = models.CharField(max_length=10, choices=Channel)
    district = models.CharField(max_length=20, choices=District, blank=True)
    signs = ArrayField(models.CharField(max_length=60), default=list)
    types = ArrayField(models.CharField(max_length=60), default=list)
    danger = models.CharField(max_length=7, choices=YesNo, blank=True)
    under_18 = models.CharField(max_length=7, choices=YesNo, blank=True)
    for_self = models.BooleanField()
    language = models.CharField(max_length=5)
    urgency = models.PositiveSmallIntegerField(choices=Urgency)
    restricted = models.BooleanField()
    set_aside = models.BooleanField()
    status = models.CharField(max_length=7, choices=Status)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    owner = models.ForeignKey(
        Officer, models.PROTECT, null=True, related_name="tips", db_index=False
    )
    look_again = models.DateField(null=True)
    waiting_since = models.DateTimeField(null=True)  # to the minute, only until someone takes it
    lookup = models.BinaryField(unique=True, null=True)
    citizen_key = models.BinaryField(null=True)
    sent = models.BinaryField(unique=True, null=True)
    page = models.BinaryField(null=True)
    box = models.BinaryField(null=True)
    box_until = models.DateTimeField(null=True)
    sealed = models.BinaryField(null=True)

    objects: ClassVar = TipQuerySet.as_manager()

    class Meta:
        """The open queue has an index of its own, so that closed tips cost it nothing."""

        indexes = (
            models.Index(
                fields=("set_aside", "urgency", "received_at", "id"),
                condition=~Q(status="closed"),
                name="tip_open_queue",
            ),
            models.Index(
                fields=("owner", "status"), condition=~Q(status="closed"), name="tip_of_owner"
            ),
            models.Index(
                fields=("-received_at", "id"), condition=Q(status="closed"), name="tip_closed"
            ),
            models.Index(fields=("page",), name="tip_page"),
            models.Index(
                fields=("box_until",), condition=Q(box_until__isnull=False), name="tip_box_due"
            ),
        )
        constraints = (
            # Not unique=True, which would bring a second index, for LIKE.
            models.UniqueConstraint(fields=("reference",), name="tip_reference"),
            models.CheckConstraint(
                condition=Q(status__in=("new", "active", "waiting", "closed")),
                name="tip_status_known",
            ),
            models.CheckConstraint(
                condition=Q(status="closed", outcome__gt="")
                | (~Q(status="closed") & Q(outcome="")),
                name="tip_outcome_only_when_closed",
            ),
            models.CheckConstraint(
                condition=Q(box=None, box_until=None)
                | Q(box__isnull=False, box_until__isnull=False),
                name="tip_box_has_an_end",
            ),
        )

    def __str__(self) -> str:
        return self.reference or "erased tip"

    @property
    def state(self) -> str:
        """What a form on this tip was shown with; a verb refuses when it has changed since."""
        return f"{self.status}.{self.urgency}.{self.owner_id or ''}"

    @property
    def usual_urgency(self) -> int:
        """The urgency that a lowered tip goes back to."""
        child_or_self = self.under_18 == YesNo.YES or self.for_self
        return self.Urgency.CHILD_OR_SELF if child_or_self else self.Urgency.OTHER
