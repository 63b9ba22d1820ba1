"""What has to leave as mail, one row a mail and recipient; and the digits of the morning mail."""

from collections.abc import Iterable
from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils import timezone


class MailManager(models.Manager["Mail"]):
    """The outbox: what is written into it leaves by the mail process."""

    def post(self, kind: str, recipients: Iterable[str], body: str) -> None:
        """One mail to each, due now; it counts with the transaction in which it is written."""
        now = timezone.now()
        mails = [
            Mail(kind=kind, recipient=recipient, body=body, made_at=now, due_at=now)
            for recipient in recipients
        ]
        self.bulk_create(mails)


class Mail(models.Model):
    """A mail to one recipient, from the moment it is due; without a word of any tip."""

    class Kind(models.TextChoices):
        """What it is about. Those of tips have two subjects, urgent or not."""

        URGENT = "urgent", "urgent alarm"
        WAITING = "waiting", "something waits"
        MORNING = "morning", "morning mail"
        TEST = "test", "test alarm"
        RED_LINE = "red_line", "something is wrong"
        ACCESS = "access", "access given"
        ADDRESS = "address", "address changed"
        NUMBER = "number", "number to confirm"
        CHANGE = "change", "change to confirm"

    # Those of waiting tips, which are written anew as long as somebody waits.
    ALARMS = (Kind.URGENT, Kind.WAITING, Kind.MORNING, Kind.TEST)
    ALARM_LINE = ""  # the recipient that is no address but ALARM_URL

    id = models.UUIDField(
        primary_key=True, default=uuid4, db_comment="random; its Message-ID, in every repeat too"
    )
    kind = models.CharField(max_length=8, choices=Kind)
    recipient = models.CharField(
        max_length=254, blank=True, db_comment="an e-mail address; empty: ALARM_URL"
    )
    body = models.TextField(blank=True, db_comment="empty once it was delivered")
    made_at = models.DateTimeField(
        db_comment="when it was written; the hour alone within the hour after delivery"
    )
    due_at = models.DateTimeField(db_comment="when it is tried next; later the hour alone")
    tries = models.PositiveIntegerField(default=0)
    failed = models.CharField(
        max_length=60, blank=True, db_comment="class of the exception of the last try"
    )
    sent_at = models.DateTimeField(
        null=True, db_comment="when a server took it; within the hour the hour alone"
    )
    test = models.UUIDField(null=True, db_comment="the event of the test alarm that it belongs to")

    objects: ClassVar[MailManager] = MailManager()

    class Meta:
        """The owner's; the desk adds to it and reads all but the bodies."""

        indexes = (models.Index(fields=("due_at",), condition=Q(sent_at=None), name="mail_due"),)
        constraints = (
            models.UniqueConstraint(
                fields=("test", "recipient"),
                condition=Q(test__isnull=False),
                name="mail_of_test_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} to {self.recipient or 'ALARM_URL'}"


class MorningDigits(models.Model):
    """Four digits that stand in a day's morning mail alone: who types them has read it."""

    day = models.DateField(primary_key=True, db_comment="in Saint Lucia")
    digits = models.CharField(max_length=4)

    class Meta:
        """Written by the mail process, read by the desk."""

        verbose_name_plural = "morning digits"

    def __str__(self) -> str:
        return f"digits of {self.day}"
