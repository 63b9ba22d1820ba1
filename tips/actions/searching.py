"""Search inside what is sealed: the newest tips are opened in memory, matched, and let go.

Nothing of it is kept but one event with the sealed terms and the number of hits. Whoever searched
can have the terms back from it for a day, to come back to the results.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import NamedTuple
from uuid import UUID, uuid4

from django.db.models import Q
from django.utils import timezone

from tips.crypto import active_key, associated_data, sealing
from tips.crypto.sealing import CannotOpen, Keyring
from tips.models import Event, Officer, Tip
from tips.search.opened import NEWEST_FIRST, older_than, open_newest
from tips.search.terms import Terms
from tips.search.words import texts

MOST_TIPS = 5_000  # of one search
MOST_HITS = 50
SECONDS = 0.9  # of one search
COUNTED = 20_000
WAIT = 3.0  # seconds, for another search to end
GIVEN_BACK_FOR = timedelta(days=1)
_ONE_AT_A_TIME = Lock()


class SearchBusy(Exception):
    """Another search was still running after WAIT seconds; nothing was opened."""


class Hit(NamedTuple):
    """A tip that has all the terms, and where they stand in it."""

    pk: UUID
    where: tuple[str, ...]


@dataclass
class Found:
    """What a search found in so many tips, of so many (at most COUNTED) that it was asked for.

    `last` is the tip where it stopped, if there are older ones that it did not look at; `event` is
    its line of the trail.
    """

    of: int
    event: UUID
    hits: list[Hit] = field(default_factory=list)
    searched: int = 0
    last: tuple[datetime, UUID] | None = None


def search(
    *,
    terms: Terms,
    typed: str,
    by: Officer,
    keys: Keyring,
    narrowed: Q | None = None,
    after: tuple[datetime, UUID] | None = None,
    asked: Mapping[str, str] | None = None,
    most_hits: int = 0,
) -> Found:
    """The newest tips that this officer may open and that have all the terms.

    Stops after MOST_TIPS, MOST_HITS (or `most_hits`) or SECONDS; goes on with what is older than
    `after`. `asked` is how the form was narrowed, and sealed with the terms. The event is committed
    before this returns. Before anything is opened, raises NoDeskKey where none is
    active to seal the terms to, and SearchBusy when another search runs for too long.
    """
    row, key = uuid4(), active_key.current().public
    document = {"text": typed} | ({"narrowed": dict(asked)} if asked else {})
    sealed = sealing.seal_json(document, [key], associated_data.of_reason(row))
    # In this order an index has them, and no more are counted than that.
    tips = Tip.objects.visible_to(by).filter(narrowed or Q()).order_by(*NEWEST_FIRST)
    found = Found(of=tips[:COUNTED].count(), event=row)
    older = tips.filter(older_than(after))
    with _alone(), closing(open_newest(older, most=MOST_TIPS + 1, keys=keys)) as opened:
        until, last = time.monotonic() + SECONDS, None
        for tip in opened:
            is_full = len(found.hits) >= (most_hits or MOST_HITS)
            stop = is_full or found.searched >= MOST_TIPS
            if last and (stop or time.monotonic() > until):
                found.last = (last.received_at, last.pk)
                break
            found.searched += 1
            last = tip
            if not terms.may_be_in(part.written for part in tip.parts):
                continue
            here = list(texts(tip))
            if terms.are_in(*(text for _, text in here)):
                where = dict.fromkeys(label for label, text in here if terms.any_in(text))
                found.hits.append(Hit(tip.pk, tuple(where)))
    Event.objects.record(
        Event.Verb.SEARCHED,
        by=by,
        id=row,
        count=len(found.hits),
        reason=sealed,
        reason_digest=sealing.digest("kts reason", sealed),
    )
    return found


def searched_for(*, event: UUID, by: Officer, keys: Keyring) -> tuple[str, dict[str, str]] | None:
    """What this officer typed for this search, and how it was narrowed.

    None for a search of somebody else's, of more than GIVEN_BACK_FOR ago, or that does not open.
    """
    since = timezone.now() - GIVEN_BACK_FOR
    mine = Event.objects.filter(pk=event, verb=Event.Verb.SEARCHED, by=by.username, at__gte=since)
    reason = mine.values_list("reason", flat=True).first()
    try:
        document = keys.open_json(reason, associated_data.of_reason(event)) if reason else {}
    except CannotOpen:
        return None
    text, narrowed = document.get("text"), document.get("narrowed", {})
    if not isinstance(text, str) or not isinstance(narrowed, dict):
        return None
    return text, {str(name): str(value) for name, value in narrowed.items()}


@contextmanager
def _alone() -> Iterator[None]:
    """While no other search of this process runs: two would only take turns at one processor."""
    if not _ONE_AT_A_TIME.acquire(timeout=WAIT):
        raise SearchBusy
    try:
        yield
    finally:
        _ONE_AT_A_TIME.release()
