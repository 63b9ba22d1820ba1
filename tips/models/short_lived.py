"""What must leave the disk within the hour: small tables of its own, rewritten hourly."""

from django.db import models

from tips.models.tip import Tip


class EscrowedCode(models.Model):
    """A receipt code for half an hour, so that sending twice from one page shows it twice."""

    tip = models.OneToOneField(Tip, models.CASCADE, primary_key=True, related_name="escrow")
    box = models.BinaryField(db_comment="the code under a key of the page and of what was sent")
    box_until = models.DateTimeField(
        db_comment="half an hour after arrival; after a stop a full hour, the same for all"
    )

    class Meta:
        """Emptied by housekeeping, or at once when the code was typed back."""

        db_table = "tips_box"
        indexes = (models.Index(fields=("box_until",), name="box_due"),)

    def __str__(self) -> str:
        return f"escrowed code of {self.tip_id}"


class Alarm(models.Model):
    """A tip that somebody must look at; gone when somebody does."""

    tip = models.OneToOneField(Tip, models.CASCADE, primary_key=True, related_name="alarm")
    urgent = models.BooleanField()
    since = models.DateTimeField(
        db_comment="since when somebody waits: the minute; two hours later, the hour"
    )
    step = models.PositiveSmallIntegerField(
        default=0, db_comment="how many steps of the ladder are behind it"
    )
    due_at = models.DateTimeField(db_comment="when its next step is due; two hours later, the hour")

    class Meta:
        """In the order in which they are due."""

        db_table = "tips_alarm"
        indexes = (models.Index(fields=("due_at",), name="alarm_due"),)

    def __str__(self) -> str:
        return f"alarm of {self.tip_id}"
