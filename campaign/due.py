"""What somebody has to look at: numbers after 90 days, facts after a year, points left open."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib.postgres.aggregates import JSONBAgg
from django.db.models import Count, Min, Q
from django.db.models.functions import JSONObject

from campaign.models import Contact, Item, PendingChange

CHECKED_FOR = timedelta(days=365)


@dataclass(frozen=True)
class Due:
    """What is due on one day, the longest overdue first in each list."""

    waiting: list[PendingChange]
    to_call: list[Contact]
    to_check: list[Item]
    unsettled: list[Item]


def on(today: date) -> Due:
    """Everything that is due on this day."""
    contacts = Contact.objects.prefetch_related("texts")
    rows = sorted(contacts, key=lambda one: one.confirmed_on or date.min)
    old = Item.objects.filter(_is_old(today))
    return Due(
        waiting=list(PendingChange.objects.prefetch_related("item__texts")),
        to_call=[one for one in rows if one.published and one.is_due(today)],
        unsettled=list(
            Item.objects.exclude(open_points="")
            .prefetch_related("texts")
            .order_by("family", "slug")
        ),
        to_check=list(old.prefetch_related("texts").order_by("checked_on", "family", "slug")),
    )


def counts(today: date) -> dict[str, Any]:
    """How much of each is due on this day, and since when a change waits; in one statement.

    `out_of_order` has each dead number with the one that shows instead, and the key of its row.
    """
    called = Q(contact__confirmed_on__gt=today - Contact.CONFIRMED_FOR)
    dead = Q(contact__out_of_order=True)
    number = JSONObject(
        pk="contact__pk", number="contact__number", instead="contact__instead__number"
    )
    return Item.objects.aggregate(
        waiting=Count("pending"),
        waiting_since=Min("pending__asked_at"),
        to_call=Count("contact", filter=Q(published=True) & ~called),
        to_check=Count("pk", filter=_is_old(today)),
        unsettled=Count("pk", filter=~Q(open_points="")),
        out_of_order=JSONBAgg(number, filter=dead, default=[]),
    )


def _is_old(today: date) -> Q:
    return Q(published=True, checked_on__lte=today - CHECKED_FOR)
