"""The citizen's side of the conversation, read with the code alone."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from slu_antitrafficking import database_deadline
from tips.crypto import associated_data, receipts
from tips.crypto.associated_data import AssociatedData
from tips.crypto.sealing import CannotOpen, Keyring


@dataclass(frozen=True)
class Entry:
    """One line: the citizen's own words are never shown again, only that and when they came."""

    kind: str  # tip | message | reply
    at: datetime  # to the hour, in Saint Lucia's time
    text: str | None  # of a reply: empty once the citizen removed it, None where it does not open
    photos: int
    read_at: datetime | None  # to the hour, when the desk first opened it
    number: int = 0


@dataclass(frozen=True)
class Stage:
    """Where the tip stands: no agency and no outcome."""

    name: str  # unread | read | works | passed | closed
    since: date | None  # in Saint Lucia; None while unread


@dataclass(frozen=True)
class Conversation:
    """What a code opens."""

    reference: str
    entries: tuple[Entry, ...]
    stage: Stage

    def reply(self, number: str) -> Entry | None:
        """The desk's answer of this number, as it came from a form; None where it is not there."""
        wanted = (one for one in self.entries if one.text and str(one.number) == number)
        return next(wanted, None)


def read(code: str) -> Conversation | None:
    """What this code (in its written form) opens, oldest first; None if nothing.

    Raises the database's errors.
    """
    lookup_id = [receipts.lookup_id(code)]
    with database_deadline.cursor() as cursor:
        cursor.execute("SELECT * FROM public.follow_up(p_lookup_id => %s)", lookup_id)
        rows = cursor.fetchall()
        if not rows:
            return None
        cursor.execute("SELECT * FROM public.tip_stage(p_lookup_id => %s)", lookup_id)
        stage = Stage(*cursor.fetchone())
    ring = Keyring.of(receipts.citizen_pair(code))
    entries = tuple(_entry(row[1:], ring) for row in rows)
    return Conversation(reference=rows[0][0] or "", entries=entries, stage=stage)


def _entry(
    row: tuple[int, bool, datetime, int, datetime | None, UUID | None, bytes | None], ring: Keyring
) -> Entry:
    number, from_desk, at, photos, read_at, message_id, for_citizen = row
    text: str | None = ""
    if for_citizen is not None and message_id is not None:
        text = _reply(for_citizen, associated_data.of_reply(message_id), ring)
    return Entry(
        kind="reply" if from_desk else "message" if number else "tip",
        at=timezone.localtime(at),
        text=text,
        photos=photos,
        read_at=timezone.localtime(read_at) if read_at else None,
        number=number,
    )


def _reply(blob: bytes, data: AssociatedData, ring: Keyring) -> str | None:
    """The words of a reply; None where it was damaged, or none of ours sealed it."""
    try:
        text = ring.open_json(blob, data).get("text")
    except CannotOpen:
        return None
    return text if isinstance(text, str) else None
