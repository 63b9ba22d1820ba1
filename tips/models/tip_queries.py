"""Which tips an officer may open, and whose turn they are."""

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils import timezone

from tips.models.desk import Officer
from tips.models.recusal import Recusal
from tips.models.turns import IS_OPEN, turn_on

if TYPE_CHECKING:
    from tips.models.tip import Tip  # noqa: F401 - in the string below


def may_be_opened_by(officer: Officer, of: str = "") -> Q:
    """What the officer may list and open; the one place that says it.

    Not a restricted tip, unless the role opens those, and none whose people they know. `of` leads
    from another row to its tip: "other__".
    """
    if not officer.opens_tips:
        return Q(**{f"{of}pk__in": ()})
    open_to_role = Q() if officer.opens_restricted_tips else Q(**{f"{of}restricted": False})
    # Not a join, which would take the rows out of an index's order.
    known = Recusal.objects.filter(officer=officer).values("tip")
    return open_to_role & ~Q(**{f"{of}pk__in": known})


class TipQuerySet(models.QuerySet["Tip"]):
    """Tips; the sealed words come along only where they are asked for."""

    def visible_to(self, officer: Officer) -> "TipQuerySet":
        """What the officer may list and open, by `may_be_opened_by`."""
        return self.filter(may_be_opened_by(officer))

    def open(self) -> "TipQuerySet":
        """Those that are not closed."""
        return self.filter(IS_OPEN)

    def without_blobs(self) -> "TipQuerySet":
        """For lists: the sealed document and the citizen's key are most of a row."""
        return self.defer("sealed", "citizen_key")

    def with_turn(self, today: date | None = None) -> "TipQuerySet":
        """Adds `turn`, a Turn, as it is on this day."""
        rows: TipQuerySet = self.annotate(turn=turn_on(today or timezone.localdate()))
        return rows
