"""The weekly hours of the office, and the days on which it is closed."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from campaign.loaded import Loaded


class OpeningHours(Loaded):
    """The office hours of one weekday, Monday 0; no times: closed. All seven rows always exist."""

    RELEASE_FIELDS: ClassVar[tuple[str, ...]] = ("opens", "closes")
    DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

    day = models.PositiveSmallIntegerField(
        unique=True, choices=list(enumerate(DAYS)), editable=False
    )
    opens = models.TimeField(null=True, blank=True)
    closes = models.TimeField(null=True, blank=True)

    class Meta:
        ordering = ["day"]
        verbose_name_plural = "opening hours"
        constraints = [
            models.CheckConstraint(
                # Named one by one: to SQL a comparison with nothing is no refusal.
                condition=Q(opens__isnull=True, closes__isnull=True)
                | Q(opens__isnull=False, closes__isnull=False, opens__lt=F("closes")),
                name="hours_close_after_opening",
            ),
        ]

    def __str__(self) -> str:
        return "" if self.day is None else self.DAYS[self.day]

    def clean(self) -> None:
        """Raises ValidationError for one time without the other and for a wrong order."""
        if (self.opens is None) != (self.closes is None):
            missing = "opens" if self.opens is None else "closes"
            raise ValidationError({missing: "Write both times, or none: none means closed."})
        if self.opens and self.closes and self.closes <= self.opens:
            raise ValidationError({"closes": "It has to close after it opens."})


class Closure(models.Model):
    """Days on which the office stays closed, first and last included."""

    first_day = models.DateField()
    last_day = models.DateField()
    reason = models.CharField(max_length=120, blank=True, help_text="For the desk alone.")

    class Meta:
        ordering = ["first_day"]
        constraints = [
            models.CheckConstraint(
                condition=Q(first_day__lte=F("last_day")), name="closure_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_day} to {self.last_day}"

    def clean(self) -> None:
        """Raises ValidationError where it ends before it starts."""
        if self.first_day and self.last_day and self.last_day < self.first_day:
            raise ValidationError({"last_day": "The last day cannot be before the first."})
