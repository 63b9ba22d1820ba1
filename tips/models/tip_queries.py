"""Which tips an officer may open, whose turn they are, and in which order they stand."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from tips.models.desk import Officer
from tips.models.recusal import Recusal
from tips.models.turns import IS_OPEN, order_columns, turn_columns

if TYPE_CHECKING:
    from tips.models.tip import Tip  # noqa: F401 - in the string below

# Of the columns that `in_queue_order` adds.
QUEUE_ORDER = ("rank", "since", "id")


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
        """Adds `turn`, a Turn, and `since`, when that turn began, as they are on this day."""
        rows: TipQuerySet = self.annotate(**turn_columns(today or timezone.localdate()))
        return rows

    def in_queue_order(self, now: datetime | None = None) -> "TipQuerySet":
        """Danger, late, under 18 or the person themselves, other; in each the longest wait first.

        Adds what `with_turn` adds, and `late`: its owner has not dealt with it for too long.
        """
        now = now or timezone.now()
        rows: TipQuerySet = self.with_turn(timezone.localdate(now))
        return rows.annotate(**order_columns(now)).order_by(*map(F, QUEUE_ORDER))
