"""What is said about a tip: messages, photos, notes, links to other tips."""

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils import timezone

from tips.models.desk import Officer
from tips.models.tip import Tip
from tips.models.vocabulary import Language


class MessageQuerySet(models.QuerySet["Message"]):
    """Messages of one tip, or some of them."""

    def newest_number(self) -> int:
        """The highest number among these; 0 where there is none."""
        return self.aggregate(newest=models.Max("number"))["newest"] or 0


class Message(models.Model):
    """One message of the conversation; without words where only photos came."""

    class Channel(models.TextChoices):
        """How the citizen's words came."""

        WEB = "web", "typed"
        PHONE = "phone", "said on the phone"

    id = models.UUIDField(primary_key=True, default=uuid4)
    tip = models.ForeignKey(Tip, models.PROTECT, related_name="messages")
    number = models.PositiveSmallIntegerField(db_comment="gives the order, which hours cannot")
    from_desk = models.BooleanField()
    channel = models.CharField(
        max_length=5, choices=Channel, default=Channel.WEB, db_comment="how a citizen's words came"
    )
    by = models.CharField(
        max_length=40, blank=True, db_comment="the officer's name; empty where a citizen typed it"
    )
    at = models.DateTimeField(
        default=timezone.now, db_comment="to the hour where a citizen wrote it"
    )
    content_digest = models.BinaryField(
        unique=True, null=True, db_comment="keyed hash of a citizen's sending"
    )
    sealed = models.BinaryField(null=True, db_comment="the words, for the desk")
    for_citizen = models.BinaryField(
        null=True, db_comment="a reply's words, for the code; null once the citizen removed them"
    )
    shown_at = models.DateTimeField(
        null=True, db_comment="the hour in which the code was first shown this reply"
    )

    objects: ClassVar = MessageQuerySet.as_manager()

    class Meta:
        """Numbers do not repeat within a tip; only replies have words for the citizen."""

        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=("tip", "number"), name="message_number_in_tip"),
            models.CheckConstraint(
                condition=Q(from_desk=True) | Q(for_citizen=None, shown_at=None),
                name="message_for_citizen_is_a_reply",
            ),
        )

    def __str__(self) -> str:
        return f"message of {self.tip_id}"


class Photo(models.Model):
    """One sealed picture: new pixels only, numbered within its tip."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    tip = models.ForeignKey(Tip, models.PROTECT, related_name="photos")
    message = models.ForeignKey(Message, models.PROTECT, related_name="photos")
    number = models.PositiveSmallIntegerField()
    locked_at = models.DateTimeField(
        null=True, db_comment="since when only supervisors are shown it"
    )
    sealed = models.BinaryField(db_comment="a JPEG of nothing but pixels")

    class Meta:
        """Numbers do not repeat within a tip."""

        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=("tip", "number"), name="photo_number_in_tip"),
        )

    def __str__(self) -> str:
        return f"photo {self.number} of {self.tip_id}"

    def is_shown_to(self, officer: Officer) -> bool:
        """Whether somebody who can open the tip is shown it: a locked one, a supervisor alone."""
        return self.locked_at is None or officer.opens_restricted_tips


class Note(models.Model):
    """An internal note: sealed to the desk alone."""

    class Kind(models.TextChoices):
        """What it is; a translation stands beside the words that it translates."""

        NOTE = "note", "note"
        TRANSLATION = "translation", "translation"

    id = models.UUIDField(primary_key=True, default=uuid4)
    tip = models.ForeignKey(Tip, models.PROTECT, related_name="notes")
    kind = models.CharField(max_length=11, choices=Kind, default=Kind.NOTE)
    language = models.CharField(
        max_length=5,
        choices=Language,
        blank=True,
        db_comment="into which a translation was made",
    )
    by = models.CharField(max_length=40)
    at = models.DateTimeField(default=timezone.now)
    sealed = models.BinaryField(db_comment="the words, for the desk")

    def __str__(self) -> str:
        return f"note on {self.tip_id}"


class TipLink(models.Model):
    """Two tips that belong together."""

    class Kind(models.TextChoices):
        """How the first stands to the other."""

        DUPLICATE = "duplicate", "duplicate of"
        NOT_SAME = "not_same", "not the same as"

    id = models.UUIDField(primary_key=True, default=uuid4)
    tip = models.ForeignKey(Tip, models.PROTECT, related_name="links")
    other = models.ForeignKey(Tip, models.PROTECT, related_name="linked_from")
    kind = models.CharField(max_length=10, choices=Kind)

    class Meta:
        """Two tips are linked once."""

        constraints = (
            models.UniqueConstraint(fields=("tip", "other", "kind"), name="linked_once"),
        )

    def __str__(self) -> str:
        return f"{self.tip_id} {self.kind} {self.other_id}"
