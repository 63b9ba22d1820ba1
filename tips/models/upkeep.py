"""What housekeeping did last, and what it found wrong."""

from datetime import datetime
from enum import StrEnum

from django.db import models
from django.utils import timezone

# The row that says when the mail process last began a round.
HEARTBEAT = "Mail process"
# The row of what housekeeping does at the beginning of each hour.
HOURLY = "Hourly rewriting"
# The rows that say when a backup was last made, and when one was restored on the spot.
LAST_BACKUP, LAST_DRILL = "Last backup", "Monthly drill"


class SelfCheck(StrEnum):
    """The kinds of upkeep that find what somebody changed: red at once."""

    KEYS = "Keys of officers"
    ROLES = "Roles of the doors"
    RIGHTS = "Rights of the doors"
    CATALOG = "The superuser's part"
    PHOTOS = "Photos"
    RESTORED = "Restored store"
    BACKUP = "Backups"
    RECIPIENT = "Recipient of backups"


class Upkeep(models.Model):
    """One kind of upkeep: when it last went well, and since when it does not."""

    name = models.CharField(max_length=40, primary_key=True)
    done_at = models.DateTimeField(null=True, db_comment="when it last went well")
    mark = models.BigIntegerField(
        default=0, db_comment="own writes of the last run; of a table, what evened it out"
    )
    failed_since = models.DateTimeField(
        null=True, db_comment="since when it fails; null: it does not"
    )
    problem = models.CharField(
        max_length=200, blank=True, db_comment="the sentence for the start page; no content"
    )

    class Meta:
        """Written by housekeeping alone, read by the desk."""

        verbose_name_plural = "upkeep"

    def __str__(self) -> str:
        return self.name

    def went_well(self, at: datetime | None = None) -> None:
        """It is in order, as of when this run began."""
        self.done_at, self.failed_since, self.problem = at or timezone.now(), None, ""
        self.save()

    def went_wrong(self, problem: str) -> None:
        """It is not in order, since now or already for longer."""
        self.failed_since = self.failed_since or timezone.now()
        self.problem = problem[:200]
        self.save()


class DrillCanary(models.Model):
    """What the monthly drill looks for in the copy: there for as long as the drill lasts."""

    id = models.UUIDField(primary_key=True)
    lookup_id = models.BinaryField(db_comment="hash of the drill's code, as a tip's of a receipt's")
    sealed = models.BinaryField(db_comment="a known sentence, to the pair made from that code")

    class Meta:
        """Of the drill alone; no door reads it."""

        verbose_name_plural = "drill canaries"

    def __str__(self) -> str:
        return "canary"
