"""The citizen's side of the conversation, read with the code alone."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from slu_antitrafficking import database_deadline
from tips.crypto import associated_data, receipts
from tips.crypto.sealing import Keyring


@dataclass(frozen=True)
class Entry:
    """One line: the citizen's own words are never shown again, only that and when they came."""

    kind: str  # tip | message | reply
    at: datetime  # to the hour, in Saint Lucia's time
    text: str  # of a reply; empty once the citizen removed it
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

    Raises sealing.CannotOpen for a reply that was damaged, and the database's errors.
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
    text = ""
    if for_citizen is not None and message_id is not None:
        text = str(ring.open_json(for_citizen, associated_data.of_reply(message_id))["text"])
    return Entry(
        kind="reply" if from_desk else "message" if number else "tip",
        at=timezone.localtime(at),
        text=text,
        photos=photos,
        read_at=timezone.localtime(read_at) if read_at else None,
        number=number,
    )
