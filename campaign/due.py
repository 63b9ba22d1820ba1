"""What somebody has to look at: numbers after 90 days, facts after a year, points left open."""

from dataclasses import dataclass
from datetime import date, timedelta

from campaign.models import Contact, Item, PendingChange

CHECKED_FOR = timedelta(days=365)


@dataclass(frozen=True)
class Due:
    """What is due on one day, the longest overdue first in each list."""

    waiting: list[PendingChange]
    out_of_order: list[Contact]
    to_call: list[Contact]
    to_check: list[Item]
    unsettled: list[Item]


def on(today: date) -> Due:
    """Everything that is due on this day."""
    contacts = Contact.objects.select_related("instead").prefetch_related("texts")
    rows = sorted(contacts, key=lambda one: one.confirmed_on or date.min)
    old = Item.objects.filter(published=True, checked_on__lte=today - CHECKED_FOR)
    return Due(
        waiting=list(PendingChange.objects.prefetch_related("item__texts")),
        out_of_order=[one for one in rows if one.out_of_order],
        to_call=[one for one in rows if one.published and one.is_due(today)],
        unsettled=list(
            Item.objects.exclude(open_points="")
            .prefetch_related("texts")
            .order_by("family", "slug")
        ),
        to_check=list(old.prefetch_related("texts").order_by("checked_on", "family", "slug")),
    )
