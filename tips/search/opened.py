"""Tips read one after the other, the newest first: fetched in one statement, opened, let go."""

import json
import struct
from collections.abc import Callable, Container, Generator, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from itertools import chain
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from psycopg2 import extensions

from tips.crypto import associated_data
from tips.crypto.associated_data import AssociatedData, Row
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
    """A tip with its parts, for a moment; those that do not open are missing.

    Its columns are as the database sends them: of thousands that are read few are asked for.
    """

    row: bytes
    arrived: bytes
    label: bytes | None
    ended: bytes
    parts: list[SearchedPart]

    @property
    def pk(self) -> UUID:
        """The id of its row."""
        return UUID(bytes=self.row)

    @property
    def received_at(self) -> datetime:
        """When it came, to the hour."""
        (microseconds,) = struct.unpack(">q", self.arrived)
        return _FIRST_MOMENT + timedelta(microseconds=microseconds)

    @property
    def reference(self) -> str:
        """Its reference; empty once it is erased."""
        return (self.label or b"").decode()

    @property
    def outcome(self) -> str:
        """How it ended; empty while it is open."""
        return self.ended.decode()


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
_BOUND_BY: dict[Kind, Callable[[Row], AssociatedData]] = {
    Kind.TIP: associated_data.of_tip,
    Kind.MESSAGE: associated_data.of_message,
    Kind.ANSWER: associated_data.of_message,
    Kind.NOTE: associated_data.of_note,
}
# As text, which is how rows usually come, a blob is twice as long and most of a search's time goes
# into reading it. In binary each value is the bytes that PostgreSQL documents for its type.
_CURSOR = "opened_tips"
_TYPES = (16, 20, 23, 25, 17, 1043, 1184, 2950)  # of pg_type: what the statement's columns may be
_KINDS = {struct.pack(">i", kind): kind for kind in Kind}
_FIRST_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)  # from which PostgreSQL counts


def open_newest(
    tips: "QuerySet[Tip]", *, most: int, keys: Keyring, kinds: Container[Kind] = tuple(Kind)
) -> Generator[SearchedTip, None, None]:
    """The newest of these tips, each with what was said in it; close it when you stop early.

    A line of the trail is the caller's: this shows nobody anything.
    """
    rows = tips.order_by(*NEWEST_FIRST).values_list(*_COLUMNS)[:most]
    inner, values = rows.query.sql_with_params()
    # Closed early, it leaves the transaction as it is left in the end: nothing failed.
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        statement = _STATEMENT.format(tips=inner)
        cursor.execute(f"DECLARE {_CURSOR} BINARY NO SCROLL CURSOR FOR {statement}", values)
        with suppress(GeneratorExit):
            yield from _grouped(_fetched(cursor.cursor), keys, kinds)
        with connection.wrap_database_errors:  # as psycopg2 ends a cursor of its own making
            cursor.cursor.execute(f"CLOSE {_CURSOR}")


def _fetched(cursor: Any) -> Iterator[list[tuple[bytes, ...]]]:
    """The rows of the cursor that was declared, so many at a time, each value as bytes."""
    cursor.string_types = dict.fromkeys(_TYPES, extensions.BYTES)
    while True:
        with connection.wrap_database_errors:
            cursor.execute(f"FETCH {ROWS_AT_A_TIME} FROM {_CURSOR}")
            rows = cursor.fetchall()
        if not rows:
            return
        yield rows


def _grouped(
    fetched: Iterator[list[tuple[bytes, ...]]], keys: Keyring, kinds: Container[Kind]
) -> Iterator[SearchedTip]:
    """The rows of each tip together, opened."""
    now: SearchedTip | None = None
    for kind_sent, row, sealed, arrived, label, ended in chain.from_iterable(fetched):
        kind = _KINDS[kind_sent]
        if kind is Kind.TIP:
            if now is not None:
                yield now
            now = SearchedTip(row, arrived, label, ended, [])
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


def _add(parts: list[SearchedPart], kind: Kind, row: bytes, sealed: bytes, keys: Keyring) -> None:
    """Opens one part. What does not open, or is no text, is passed over."""
    try:
        written = keys.open(sealed, _BOUND_BY[kind](row)).decode()
    except (CannotOpen, UnicodeDecodeError):
        return
    parts.append(SearchedPart(kind, written))
