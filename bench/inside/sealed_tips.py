"""5,000 sealed tips with their conversations and notes, and the one who may read them."""

from datetime import timedelta
from random import Random
from uuid import UUID, uuid4

from django.utils import timezone

from bench.inside import officers
from tips.crypto import active_key, associated_data, sealing
from tips.demo.stories import Teller, pick_random
from tips.models import Message, Note, Tip

TIPS, SEED = 5_000, 11
MESSAGES, NOTES = 0.61, 1.0  # of a tip, on average


def main() -> tuple[str, str]:
    """Name and words of the supervisor whom they are sealed for, as for everybody at the desk."""
    ((name, words, _totp),) = officers.main("1")
    _fill()
    return name, words


def _fill() -> None:
    """Tips of the last three years in the demonstration's words, with what follows upon them."""
    rng = Random(SEED)
    teller, key = Teller(rng), active_key.current().public
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    tips: list[Tip] = []
    messages: list[Message] = []
    notes: list[Note] = []
    for number in range(TIPS):
        told = teller.tell("story")
        row, urgent = uuid4(), told.is_urgent
        tips.append(
            Tip(
                id=row,
                reference=f"{'BCDFG'[number // 1000 % 5]}B-{number % 10_000:04}",
                received_at=now - timedelta(hours=5 * number),
                channel="web",
                district=told.answers["district"],
                for_self=False,
                language=told.language,
                urgency=0 if urgent else 2,
                restricted=number % 50 == 0,
                status="active",
                turn_since=now,
                sealed=sealing.seal_json(told.form.tip, [key], associated_data.of_tip(row)),
            )
        )
        if rng.random() < MESSAGES and "answer" in told.story:
            messages.append(_message(row, pick_random(told.story["answer"], rng), key))
        if rng.random() < NOTES and "note" in told.story:
            notes.append(_note(row, pick_random(told.story["note"], rng), key))
    Tip.objects.bulk_create(tips, batch_size=500)
    Message.objects.bulk_create(messages, batch_size=500)
    Note.objects.bulk_create(notes, batch_size=500)


def _message(tip: UUID, text: str, key: bytes) -> Message:
    row = uuid4()
    sealed = sealing.seal_json({"text": text}, [key], associated_data.of_message(row))
    return Message(id=row, tip_id=tip, number=1, from_desk=False, sealed=sealed)


def _note(tip: UUID, text: str, key: bytes) -> Note:
    row = uuid4()
    sealed = sealing.seal_json({"text": text}, [key], associated_data.of_note(row))
    return Note(id=row, tip_id=tip, by="supervisor", sealed=sealed)
