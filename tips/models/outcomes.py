"""How a tip ends."""

from django.db import models


class Outcome(models.TextChoices):
    """How a closed tip ended."""

    PASSED_ON = "passed_on", "Passed on"
    HELPED = "helped", "Helped directly"
    ELSEWHERE = "elsewhere", "Not trafficking, passed elsewhere"
    NO_BASIS = "no_basis", "No basis found"
    NOT_ENOUGH = "not_enough", "Not enough to act on"
    DUPLICATE = "duplicate", "Duplicate"
    JUNK = "junk", "Junk"
    FALSE = "false", "Knowingly false"

    @property
    def asks_why(self) -> bool:
        """Whether closing so needs a reason in words; a duplicate names a tip instead."""
        said = (Outcome.PASSED_ON, Outcome.HELPED, Outcome.DUPLICATE)
        return self not in said

    @property
    def sends_nobody(self) -> bool:
        """Whether nobody looks into the tip any more, on the word of one officer."""
        return self in (Outcome.JUNK, Outcome.NO_BASIS, Outcome.NOT_ENOUGH)
