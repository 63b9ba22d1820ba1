"""The indexes of tips, and which list each of them is for.

A sending writes into those of SENT and of what is unique, and into no other: each costs it time.
"""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from tips.models.turns import IS_CLOSED, IS_OPEN
from tips.models.vocabulary import SetAside

SENT = (
    # The queue's order, with all that a tab or a filter asks of an open tip.
    models.Index(
        fields=(
            *("urgency", "since", "id", "owner", "status", "set_aside", "restricted"),
            *("turn_until", "district", "language", "channel"),
        ),
        include=("types",),
        condition=IS_OPEN,
        name="tip_open",
    ),
    # What a search reads, also narrowed, and *looks like*.
    models.Index(fields=("-received_at", "id"), name="tip_newest"),
    *(
        models.Index(fields=(column, "-received_at", "id"), name=f"tip_newest_{column}")
        for column in ("district", "language")
    ),
    # With the order: of a digest PostgreSQL keeps no statistics, and would walk through all tips.
    models.Index(fields=("page_digest", "received_at"), name="tip_page"),
)
# What a tab's count is narrowed by, so that it is answered from the index alone.
NARROWED_BY = ("restricted", "district", "language", "channel")
# Tabs that may be nearly empty, and would be counted or listed through all that is open.
SMALL_TABS = (
    models.Index(
        fields=("owner", "urgency", "since", "id"),
        include=("turn_until", *NARROWED_BY),
        condition=IS_OPEN & Q(owner__isnull=False),
        name="tip_of_owner",
    ),
    models.Index(
        fields=("status", "urgency", "since", "id"),
        include=("turn_until", "owner", "types", *NARROWED_BY),
        condition=IS_OPEN & Q(turn_until__isnull=False),
        name="tip_waiting",
    ),
    models.Index(
        fields=("urgency", "since", "id"),
        include=("owner", "set_aside", *NARROWED_BY),
        condition=IS_OPEN & Q(set_aside__gt=SetAside.NO),
        name="tip_aside",
    ),
)
# Mine alone, in the order of a search; a sending has no owner, and writes nothing into it.
OWNED = (
    models.Index(
        fields=("owner", "-received_at", "id"),
        condition=Q(owner__isnull=False),
        name="tip_newest_owner",
    ),
)
# There will be many: one for each thing that the list is narrowed by.
CLOSED = (
    models.Index(fields=("-closed_on", "id"), condition=IS_CLOSED, name="tip_closed"),
    *(
        models.Index(
            fields=(column, "-closed_on", "id"), condition=IS_CLOSED, name=f"tip_closed_{column}"
        )
        for column in ("district", "language", "channel", "owner")
    ),
    # No order comes out of `owner IS NULL` on an index that begins with the owner.
    models.Index(
        fields=("-closed_on", "id"),
        condition=IS_CLOSED & Q(owner=None),
        name="tip_closed_nobodys",
    ),
    GinIndex(fields=("types",), condition=IS_CLOSED, name="tip_closed_types"),
)
TIP_INDEXES = (*SENT, *SMALL_TABS, *OWNED, *CLOSED)
