"""Calls from which no tip comes: how many a day, and nothing else of them."""

from django.db import models


class CallWithoutTip(models.Model):
    """How many calls of one kind came on one day: no officer, no minute, no number."""

    class Kind(models.TextChoices):
        """Why no tip came from it."""

        SILENT = "silent", "Silent"
        HUNG_UP = "hung_up", "Hung up"
        WRONG_NUMBER = "wrong_number", "Wrong number"
        PRANK = "prank", "Prank"
        INFORMATION = "information", "Wanted information"
        ABUSE = "abuse", "Abuse"
        NO_ANSWER = "no_answer", "Nobody answered"
        TEST = "test", "Test"

    pk = models.CompositePrimaryKey("day", "kind")
    day = models.DateField(db_comment="in Saint Lucia")
    kind = models.CharField(max_length=12, choices=Kind)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        """Counted at the desk, one by one."""

        verbose_name_plural = "calls without a tip"
        constraints = (
            models.CheckConstraint(
                condition=models.Q(
                    kind__in=(
                        "silent",
                        "hung_up",
                        "wrong_number",
                        "prank",
                        "information",
                        "abuse",
                        "no_answer",
                        "test",
                    )
                ),
                name="call_without_tip_kind_known",
            ),
        )

    def __str__(self) -> str:
        return f"{self.count} {self.kind} on {self.day}"
