"""Which other tips are like one, and the word of an officer that two are not the same."""

import time
from contextlib import closing
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from slu_antitrafficking.refusal import Refused
from tips.actions.change import NO_STAMP, Stamp, lock, once_digest
from tips.actions.closing import other_tip
from tips.actions.opening import OpenedTip
from tips.crypto.sealing import Keyring
from tips.models import IS_LISTED, IS_OPEN, Event, Officer, Tip, TipLink
from tips.search import likeness
from tips.search.likeness import Description
from tips.search.opened import Kind, SearchedTip, open_newest
from tips.search.words import document_texts, texts_of

MOST_TIPS = 500
CLOSED_WITHIN = timedelta(days=90)
SECONDS = 0.4
SHOWN = 5
_COMPARED = (Kind.TIP, Kind.MESSAGE)


class LikeTip(NamedTuple):
    """Another tip, and why it may be the same; `outcome` is empty while it is open."""

    pk: UUID
    reference: str
    outcome: str
    reasons: tuple[str, ...]


class LooksLike(NamedTuple):
    """The tips that are like one, the likeliest first, of so many that were compared.

    `more` is how many are not listed; `stopped` says that there was no time for all.
    """

    tips: tuple[LikeTip, ...]
    more: int
    compared: int
    stopped: bool

    @property
    def best(self) -> LikeTip | None:
        """The likeliest of them, where there is one."""
        return self.tips[0] if self.tips else None


def looks_like(*, tip: Tip, opened: OpenedTip, by: Officer, keys: Keyring) -> LooksLike:
    """Tips like this one, opened, among the newest MOST_TIPS that are open or were closed lately.

    Only those that the officer may open; not those that a link names, of whichever kind. Shows no
    word of them, so it is no event; stops after SECONDS.
    """
    until = time.monotonic() + SECONDS
    own = likeness.describe(
        (text for _, text in document_texts(opened.fields or {})),
        (line.text or "" for line in opened.messages if not line.from_desk),
    )
    lately = timezone.localdate() - CLOSED_WITHIN
    others = (
        Tip.objects.visible_to(by)
        .filter(IS_OPEN & IS_LISTED | Q(closed_on__gte=lately))
        .exclude(pk=tip.pk)
    )
    pile: list[tuple[SearchedTip, Description]] = []
    stopped = False
    with closing(open_newest(others, most=MOST_TIPS, keys=keys, kinds=_COMPARED)) as newest:
        for other in newest:
            if stopped := time.monotonic() > until:
                break
            pile.append((other._replace(parts=[]), _described(other)))
    found = [
        LikeTip(other.pk, other.reference, other.outcome, reasons)
        for other, reasons, _ in likeness.alike(own, pile)
        if other.pk not in opened.linked
    ]
    return LooksLike(tuple(found[:SHOWN]), max(len(found) - SHOWN, 0), len(pile), stopped)


@transaction.atomic
def not_same(*, tip: Tip, by: Officer, other: str, stamp: Stamp = NO_STAMP) -> None:
    """Remembers that the tip of this reference is another matter; it is not offered again.

    Raises Refused where there is no such tip that the officer may open, AlreadyDone when this very
    press was carried out before.
    """
    # It contradicts nothing, so it may be said of whatever the tip has become.
    lock(tip, stamp._replace(seen=""))
    found = other_tip(tip, by, other, "Say which tip it is not")
    if not _told_apart(tip, found).exists():
        TipLink.objects.create(tip=tip, other=found, kind=TipLink.Kind.NOT_SAME)
    Event.objects.record(
        Event.Verb.NOT_SAME, tip=tip, by=by, about=found.reference, once=once_digest(stamp)
    )


@transaction.atomic
def maybe_same(*, tip: Tip, by: Officer, other: str, stamp: Stamp = NO_STAMP) -> None:
    """Takes back that the tip of this reference is another matter, whoever said so.

    Raises Refused where nobody said it of a tip that the officer may open, AlreadyDone when this
    very press was carried out before.
    """
    lock(tip, stamp._replace(seen=""))
    found = other_tip(tip, by, other, "Say which tip it may be the same as")
    if not _told_apart(tip, found).delete()[0]:
        raise Refused(f"{found} is not told apart from this one.")
    Event.objects.record(
        Event.Verb.MAYBE_SAME, tip=tip, by=by, about=found.reference, once=once_digest(stamp)
    )


def _told_apart(tip: Tip, other: Tip) -> "QuerySet[TipLink]":
    """The link that says that they are not the same, from whichever side it was said."""
    pair = Q(tip=tip, other=other) | Q(tip=other, other=tip)
    return TipLink.objects.filter(pair, kind=TipLink.Kind.NOT_SAME)


def _described(tip: SearchedTip) -> Description:
    """Words of what was sent first; marks of all that the citizen said, and nobody else."""
    first = texts_of(tip, Kind.TIP)
    return likeness.describe(first, texts_of(tip, Kind.MESSAGE))
