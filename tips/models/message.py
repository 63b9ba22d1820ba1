"""What is said about a tip: messages, photos, notes, links to other tips."""

from uuid import uuid4

from django.db import models
from django.utils import timezone

from tips.models.tip import Tip


class Message(models.Model):
    """One sealed message of the dialogue; without words where only photos came."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    tip = models.ForeignKey(Tip, models.PROTECT, related_name="messages")
    number = models.PositiveSmallIntegerField()
    from_desk = models.BooleanField()
    by = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField(default=timezone.now)  # to the hour where a citizen wrote
    sent = models.BinaryField(unique=True, null=True)
    sealed = models.BinaryField(null=True)

    class Meta:
        """Numbers give the order, which the hours alone cannot."""

        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=("tip", "number"), name="message_number_in_tip"),
        )

    def __str__(self) -> str:
        return f"message of {self.tip_id}"


class Photo(models.Model):
    """One sealed picture: new pixels only, numbered within its tip."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    tip = models.ForeignKey(Tip, models.PROTECT, related_name="photos")
    message = models.ForeignKey(Message, models.PROTECT, related_name="photos")
    number = models.PositiveSmallIntegerField()
    sealed = models.BinaryField()

    class Meta:
        """Numbers do not repeat within a tip."""

        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=("tip", "number"), name="photo_number_in_tip"),
        )

    def __str__(self) -> str:
        return f"photo {self.number} of {self.tip_id}"


class Note(models.Model):
    """An internal note: sealed to the desk alone."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    tip = models.ForeignKey(Tip, models.PROTECT, related_name="notes")
    by = models.CharField(max_length=40)
    at = models.DateTimeField(default=timezone.now)
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return f"note on {self.tip_id}"


class TipLink(models.Model):
    """Two tips that belong together."""

    class Kind(models.TextChoices):
        """How."""

        DUPLICATE = "duplicate", "duplicate of"

    id = models.UUIDField(primary_key=True, default=uuid4)
    tip = models.ForeignKey(Tip, models.PROTECT, related_name="links")
    other = models.ForeignKey(Tip, models.PROTECT, related_name="linked_from")
    kind = models.CharField(max_length=10, choices=Kind)

    class Meta:
        """Linked once."""

        constraints = (
            models.UniqueConstraint(fields=("tip", "other", "kind"), name="linked_once"),
        )

    def __str__(self) -> str:
        return f"{self.tip_id} {self.kind} {self.other_id}"
