"""The citizen's side of the dialogue, read with the code alone."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils import timezone

from tips.crypto import associated_data, receipts, sealing


@dataclass(frozen=True)
class Entry:
    """One line: the citizen's own words are never shown again, only that and when they came."""

    kind: str  # tip | message | reply
    at: datetime  # to the hour, in Saint Lucia's time
    text: str  # of a reply
    photos: int
    read_at: datetime | None  # to the hour, when the desk first opened it


@dataclass(frozen=True)
class Dialogue:
    """What a code opens."""

    reference: str
    entries: tuple[Entry, ...]


def read(code: str) -> Dialogue | None:
    """What this code (in its written form) opens, oldest first; None if nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM public.follow_up(%s)", [receipts.look_up_id(code)])
        rows = cursor.fetchall()
    if not rows:
        return None
    secret = receipts.citizen_pair(code).secret
    entries = tuple(_entry(row[1:], secret) for row in rows)
    return Dialogue(reference=rows[0][0] or "", entries=entries)


def _entry(
    row: tuple[int, bool, datetime, int, datetime | None, UUID | None, bytes | None], secret: bytes
) -> Entry:
    number, from_desk, at, photos, read_at, message_id, sealed = row
    text = ""
    if sealed is not None and message_id is not None:
        text = str(
            sealing.open_json(sealed, [secret], associated_data.of_message(message_id))["text"]
        )
    return Entry(
        kind="reply" if from_desk else "message" if number else "tip",
        at=timezone.localtime(at),
        text=text,
        photos=photos,
        read_at=timezone.localtime(read_at) if read_at else None,
    )
