"""Whom to turn to, and when somebody is there."""

import re
from datetime import date, timedelta
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.db.models import F, Q

from campaign.loaded import Loaded
from campaign.models.items import Item


class Contact(Item):
    """A number or address to turn to. Its slug is its placeholder: {847}; its text is its label."""

    FAMILY = "contact"
    RELEASE_FIELDS: ClassVar[tuple[str, ...]] = (*Item.RELEASE_FIELDS, "number", "always")
    CONFIRMED_FOR = timedelta(days=90)

    number = models.CharField(max_length=120)
    always = models.BooleanField("answered day and night", default=False)
    confirmed_on = models.DateField(null=True, blank=True)
    out_of_order = models.BooleanField(default=False)
    instead = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    # A changed number waits here until a second person has called it.
    asked_number = models.CharField(max_length=120, blank=True, editable=False)
    asked_by = models.CharField(max_length=150, blank=True, editable=False)
    asked_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(out_of_order=False) | Q(instead__isnull=False),
                name="contact_out_of_order_names_another",
            ),
        ]

    def clean(self) -> None:
        """Refuses a number nobody can call and a stand-in that is the same contact."""
        if "@" in self.number:
            validate_email(self.number)
            if re.search(r"[%?&]", self.number):  # they would add to who is written to
                raise ValidationError({"number": "Write a telephone number or an e-mail address."})
        elif (
            not re.fullmatch(r"\+?[0-9 ()-]{3,24}", self.number)
            or len(re.sub(r"\D", "", self.number)) < 3
        ):
            raise ValidationError({"number": "Write a telephone number or an e-mail address."})
        if self.out_of_order:
            self._clean_stand_in()

    def _clean_stand_in(self) -> None:
        if self.instead is None or self.instead == self:
            raise ValidationError({"instead": "Name the contact that people should use meanwhile."})
        stand_in = self.stand_in
        if stand_in is None:
            raise ValidationError(
                {"instead": "That one is out of order too, and sends people here."}
            )
        if not stand_in.published:
            raise ValidationError(
                {"instead": "That one is unpublished: nobody would see a number."}
            )
        if "@" in stand_in.number and "@" not in self.number:
            raise ValidationError({"instead": "Nobody can call an e-mail address."})

    @property
    def stand_in(self) -> "Contact | None":
        """Who is called in its place: the first that is in order; None where all are in a ring."""
        seen, one = {self.pk}, self.instead
        while one is not None and one.pk not in seen:
            if not one.out_of_order:
                return one
            seen.add(one.pk)
            one = one.instead
        return None

    @property
    def href(self) -> str:
        """What a tap on the number does; a local number gets the island's prefix."""
        return address(self.number)

    @property
    def is_new(self) -> bool:
        """Whether nobody but who added it has ever called it: it cannot show yet."""
        return bool(self.asked_number) and self.asked_number == self.number

    def is_due(self, today: date) -> bool:
        """Whether somebody has to call it again to see that it works."""
        return self.confirmed_on is None or today - self.confirmed_on >= self.CONFIRMED_FOR


def address(number: str) -> str:
    """The tel: or mailto: address of a number as it is shown."""
    if "@" in number:
        return f"mailto:{number}"
    digits = re.sub(r"\D", "", number)
    prefix = "+" if number.startswith("+") else {7: "+1758", 10: "+1"}.get(len(digits), "")
    return f"tel:{prefix}{digits}"


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
        return self.DAYS[self.day]

    def clean(self) -> None:
        """Both times or none, in their order."""
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
        """It ends on the day it starts, or later."""
        if self.first_day and self.last_day and self.last_day < self.first_day:
            raise ValidationError({"last_day": "The last day cannot be before the first."})
