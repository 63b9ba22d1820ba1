"""Tips read one after the other, the newest first: fetched in one statement, opened, let go."""

import json
from collections.abc import Callable, Container, Generator, Iterator
from contextlib import suppress
from datetime import datetime
from enum import IntEnum
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from tips.crypto import associated_data
from tips.crypto.associated_data import AssociatedData
from tips.crypto.sealing import CannotOpen, Keyring
from tips.models import Tip

NEWEST_FIRST = ("-received_at", "id")  # as the index has them
ROWS_AT_A_TIME = 100  # more would only fill memory and caches


class Kind(IntEnum):
    """What a sealed part of a tip is."""

    TIP = 0
    MESSAGE = 1
    ANSWER = 2
    NOTE = 3


class SearchedPart(NamedTuple):
    """One sealed part of a tip, in clear: a document as JSON."""

    kind: Kind
    written: str

    @property
    def document(self) -> dict[str, Any]:
        """What it says; nothing where it is no document."""
        try:
            document = json.loads(self.written)
        except (ValueError, RecursionError):
            return {}
        return document if isinstance(document, dict) else {}


class SearchedTip(NamedTuple):
    """A tip with its parts, for a moment; those that do not open are missing."""

    pk: UUID
    reference: str
    received_at: datetime
    outcome: str  # empty while it is open
    parts: list[SearchedPart]


# Not joined and sorted: row by row, so that whoever stops early has read no more than that. A tip's
# own row comes first of its rows, and has its clear columns alone.
_STATEMENT = """
SELECT part.kind, part.id, part.sealed, part.received_at, part.reference, part.outcome
FROM ({tips}) AS newest (id, received_at, reference, outcome, sealed)
CROSS JOIN LATERAL (
  SELECT 0, newest.id, newest.sealed, newest.received_at, newest.reference, newest.outcome
  UNION ALL SELECT CASE WHEN m.from_desk THEN 2 ELSE 1 END, m.id, m.sealed, NULL, NULL, NULL
    FROM tips_message m WHERE m.tip_id = newest.id AND m.sealed IS NOT NULL
  UNION ALL SELECT 3, n.id, n.sealed, NULL, NULL, NULL
    FROM tips_note n WHERE n.tip_id = newest.id
  ORDER BY 1
) AS part (kind, id, sealed, received_at, reference, outcome)
ORDER BY newest.received_at DESC, newest.id
"""
_COLUMNS = ("id", "received_at", "reference", "outcome", "sealed")
_BOUND_BY: dict[int, Callable[[UUID], AssociatedData]] = {
    Kind.TIP: associated_data.of_tip,
    Kind.MESSAGE: associated_data.of_message,
    Kind.ANSWER: associated_data.of_message,
    Kind.NOTE: associated_data.of_note,
}


def open_newest(
    tips: "QuerySet[Tip]", *, most: int, keys: Keyring, kinds: Container[Kind] = tuple(Kind)
) -> Generator[SearchedTip, None, None]:
    """The newest of these tips, each with what was said in it; close it when you stop early.

    A line of the trail is the caller's: this shows nobody anything.
    """
    rows = tips.order_by(*NEWEST_FIRST).values_list(*_COLUMNS)[:most]
    inner, values = rows.query.sql_with_params()
    # Closed early, it leaves the transaction as it is left in the end: nothing failed.
    whole = transaction.atomic(savepoint=False)
    with whole, connection.chunked_cursor() as cursor, suppress(GeneratorExit):
        cursor.execute(_STATEMENT.format(tips=inner), values)
        yield from _grouped(cursor, keys, kinds)


def _grouped(cursor: Any, keys: Keyring, kinds: Container[Kind]) -> Iterator[SearchedTip]:
    """The rows of each tip together, opened."""
    now: SearchedTip | None = None
    while fetched := cursor.fetchmany(ROWS_AT_A_TIME):
        for kind, row, sealed, received_at, reference, outcome in fetched:
            if kind == Kind.TIP:
                if now is not None:
                    yield now
                now = SearchedTip(row, reference or "", received_at, outcome, [])
            if now is not None and sealed is not None and kind in kinds:
                _add(now.parts, kind, row, sealed, keys)
    if now is not None:
        yield now


def older_than(last: tuple[datetime, UUID] | None) -> Q:
    """What comes behind this one in that order; without one, everything."""
    if last is None:
        return Q()
    at, pk = last
    return Q(received_at__lte=at) & (Q(received_at__lt=at) | Q(id__gt=pk))


def _add(
    parts: list[SearchedPart], kind: int, row: UUID, sealed: memoryview, keys: Keyring
) -> None:
    """Opens one part. What does not open, or is no text, is passed over."""
    try:
        written = keys.open(sealed, _BOUND_BY[kind](row)).decode()
    except (CannotOpen, UnicodeDecodeError):
        return
    parts.append(SearchedPart(Kind(kind), written))
