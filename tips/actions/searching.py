"""Search inside what is sealed: the newest tips are opened in memory, matched, and let go.

Nothing of it is kept but one event with the sealed terms and the number of hits.
"""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from uuid import UUID, uuid4

from django.db.models import Q

from tips.crypto import active_key, associated_data, sealing
from tips.crypto.sealing import Keyring
from tips.models import Event, Officer, Tip
from tips.search.opened import NEWEST_FIRST, older_than, open_newest
from tips.search.terms import Terms
from tips.search.words import texts

MOST_TIPS = 5_000  # of one search
MOST_HITS = 50
SECONDS = 0.9  # of one search
COUNTED = 20_000
WAIT = 3.0  # seconds, for another search to end
_ONE_AT_A_TIME = Lock()


class SearchBusy(Exception):
    """Another search was still running after WAIT seconds; nothing was opened."""


@dataclass(frozen=True)
class Hit:
    """A tip that has all the terms, and where they stand in it."""

    pk: UUID
    where: tuple[str, ...]


@dataclass
class Found:
    """What a search found in so many tips, of so many (at most COUNTED) that it was asked for.

    `last` is the tip where it stopped, if there are older ones that it did not look at.
    """

    of: int
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
) -> Found:
    """The newest tips that this officer may open and that have all the terms.

    Stops after MOST_TIPS, MOST_HITS or SECONDS; goes on with what is older than `after`. The event
    is committed before this returns. Before anything is opened, raises NoDeskKey where none is
    active to seal the terms to, and SearchBusy when another search runs for too long.
    """
    row, key = uuid4(), active_key.current().public
    sealed = sealing.seal_json({"text": typed}, [key], associated_data.of_reason(row))
    # In this order an index has them, and no more are counted than that.
    tips = Tip.objects.visible_to(by).filter(narrowed or Q()).order_by(*NEWEST_FIRST)
    found = Found(of=tips[:COUNTED].count())
    older = tips.filter(older_than(after))
    with _alone(), closing(open_newest(older, most=MOST_TIPS + 1, keys=keys)) as opened:
        until = time.monotonic() + SECONDS
        for tip in opened:
            stop = found.searched >= MOST_TIPS or len(found.hits) >= MOST_HITS
            if stop or (found.searched and time.monotonic() > until):
                break
            found.searched += 1
            found.last = (tip.received_at, tip.pk)
            if not terms.may_be_in(part.written for part in tip.parts):
                continue
            here = list(texts(tip))
            if terms.are_in("\n".join(text for _, text in here)):
                where = dict.fromkeys(label for label, text in here if terms.any_in(text))
                found.hits.append(Hit(tip.pk, tuple(where)))
        else:
            found.last = None
    Event.objects.record(
        Event.Verb.SEARCHED,
        by=by,
        id=row,
        count=len(found.hits),
        reason=sealed,
        reason_digest=sealing.digest("kts reason", sealed),
    )
    return found


@contextmanager
def _alone() -> Iterator[None]:
    """While no other search of this process runs: two would only take turns at one processor."""
    if not _ONE_AT_A_TIME.acquire(timeout=WAIT):
        raise SearchBusy
    try:
        yield
    finally:
        _ONE_AT_A_TIME.release()
