"""The numbers and addresses to turn to."""

import re
from datetime import date, timedelta
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.db.models import Q

from campaign.models.items import Item


class Contact(Item):
    """A number or address to turn to. Its slug is its placeholder: {847}; its text is its label."""

    FAMILY = "contact"
    RELEASE_FIELDS: ClassVar[tuple[str, ...]] = (*Item.RELEASE_FIELDS, "number", "always")
    PAGE_FIELDS: ClassVar[tuple[str, ...]] = ("confirmed_on", "out_of_order", "instead")
    CONFIRMED_FOR = timedelta(days=90)

    number = models.CharField(max_length=120)
    always = models.BooleanField("answered day and night", default=False)
    confirmed_on = models.DateField(null=True, blank=True)
    out_of_order = models.BooleanField(default=False)
    instead = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(out_of_order=False) | Q(instead__isnull=False),
                name="contact_out_of_order_names_another",
            ),
        ]

    def clean(self) -> None:
        """Raises ValidationError for a number nobody can call and for a stand-in that is none."""
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
        if not (stand_in.published and self.instead.published):
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
        return href_of(self.number)

    def is_due(self, today: date) -> bool:
        """Whether somebody has to call it again to see that it works."""
        return self.confirmed_on is None or today - self.confirmed_on >= self.CONFIRMED_FOR


def href_of(number: str) -> str:
    """The tel: or mailto: address of a number as it is shown."""
    if "@" in number:
        return f"mailto:{number}"
    digits = re.sub(r"\D", "", number)
    prefix = "+" if number.startswith("+") else {7: "+1758", 10: "+1"}.get(len(digits), "")
    return f"tel:{prefix}{digits}"
