"""The trail."""

from typing import Any, ClassVar
from uuid import uuid4

from django.db import models
from django.utils import timezone


class Verb(models.TextChoices):
    """Everything that can happen; nothing else is ever written."""

    RECEIVED = "received", "received"
    MESSAGE = "message", "citizen wrote"
    OPENED = "opened", "opened"
    REFUSED = "refused", "refused to open"
    PHOTO = "photo", "photo shown"
    TAKEN = "taken", "taken"
    GIVEN = "given", "given to"
    WAITING = "waiting", "waits for an answer"
    REPLIED = "replied", "answered"
    NOTED = "noted", "note added"
    RAISED = "raised", "raised to urgent"
    LOWERED = "lowered", "lowered"
    LOOK_AGAIN = "look_again", "look again set"
    CLOSED = "closed", "closed"
    REOPENED = "reopened", "reopened"
    LOGGED_IN = "logged_in", "logged in"
    LOGGED_OUT = "logged_out", "signed out everywhere"
    LOCKED_OUT = "locked_out", "too many wrong digits"
    ACCOUNT_ADDED = "account_added", "account added"
    ACCESS_GIVEN = "access_given", "access given"
    SET_UP = "set_up", "access set up"
    PASSPHRASE_CHANGED = "passphrase_changed", "passphrase changed"
    ROLE_CHANGED = "role_changed", "role changed"
    DEACTIVATED = "deactivated", "deactivated"
    ACTIVATED = "activated", "activated again"
    FALSE_VOUCHER = "false_voucher", "a key nobody at the desk gave"
    KEY_MADE = "key_made", "desk key made"
    KEY_PROVEN = "key_proven", "desk key proven"
    KEY_ROTATED = "key_rotated", "desk key rotated"
    RECOVERED = "recovered", "recovered with the recovery key"
    DRILLED = "drilled", "recovery key tried"
    RECOVERY_KEPT = "recovery_kept", "recovery key typed back"
    CONTENT_CHANGED = "content_changed", "content changed"


class EventManager(models.Manager["Event"]):
    """Writes the trail."""

    def record(self, verb: str, *, tip: Any = None, by: Any = "", **more: Any) -> "Event":
        """One event, by an officer or in a word; of a tip it keeps id and reference."""
        if tip is not None:
            more |= {"tip_id": tip.pk, "reference": tip.reference or ""}
        return self.create(verb=verb, by=str(by), **more)


class Event(models.Model):
    """One row of the trail: append-only, without foreign keys and without a word of content."""

    Verb = Verb

    id = models.UUIDField(primary_key=True, default=uuid4)
    at = models.DateTimeField(default=timezone.now)
    verb = models.CharField(max_length=20, choices=Verb)
    # Names as plain text: they outlive the account and the tip.
    by = models.CharField(max_length=40, blank=True)
    about = models.CharField(max_length=40, blank=True)
    tip_id = models.UUIDField(null=True)
    reference = models.CharField(max_length=7, blank=True)
    # Photos of a message; the number of a photo; for an opening, the newest message then there.
    count = models.PositiveIntegerField(null=True)
    reason = models.BinaryField(null=True)

    objects: ClassVar[EventManager] = EventManager()

    class Meta:
        """Read by tip, or by day; no verb but the written ones."""

        constraints = (
            models.CheckConstraint(
                condition=models.Q(verb__in=Verb.values), name="event_verb_known"
            ),
        )

        indexes = (
            models.Index(fields=("tip_id", "at"), name="event_of_tip"),
            models.Index(fields=("verb", "-at"), name="event_by_verb"),
        )

    def __str__(self) -> str:
        return f"{self.verb} {self.reference}".strip()
