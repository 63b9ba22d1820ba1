"""What the public door's follow_up, remove_reply and codes_among show and do of one tip alone."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from tests.cast import Person, send, tip_of
from tests.database.acting import acting_as, ask
from tests.database.calling import add, call
from tests.database.two_tips import LONG_AGO, LOOKUP, OTHER_ID, number
from tips import actions
from tips.crypto import receipts
from tips.models import Event, Message, Tip


def conversation(lookup: bytes = LOOKUP) -> list[dict[str, object]]:
    with acting_as("public"), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM follow_up(%s)", [lookup])
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def reply(tip: Tip, sam: Person, text: str = "Are you safe?") -> int:
    """A reply to a tip whose code is no key of anybody's; its number."""
    receipt = actions.reply(tip=tip, by=sam.officer, text=text)
    assert receipt is None
    return Message.objects.filter(tip=tip).latest("number").number


def test_the_conversation_of_one_code_is_that_of_one_tip_in_order_and_hours(
    sam: Person, first: object
) -> None:
    receipt, other = send(), send(what_happened="Another.")
    tip, beside = tip_of(receipt), tip_of(other)
    reply(beside, sam, "For somebody else.")
    reply(tip, sam)
    lookup = receipts.lookup_id(receipt.code or "")
    photo = {"p_photo_ids": [OTHER_ID], "p_photos": [b"a"]}
    assert add(p_lookup_id=lookup, **number(1), **photo) == "received"
    rows = conversation(lookup)
    assert [row["number"] for row in rows] == [0, 1, 2]
    assert [row["photos"] for row in rows] == [0, 0, 1]
    assert {row["reference"] for row in rows} == {tip.reference}
    answered = Message.objects.get(tip=tip, from_desk=True).at
    hour = answered.replace(minute=0, second=0, microsecond=0)
    assert [row["at"] for row in rows] == [tip.received_at, hour, tip.received_at]
    assert [row["from_desk"] for row in rows] == [False, True, False]
    shown = Message.objects.exclude(shown_at=None)
    assert [message.tip_id for message in shown] == [tip.pk]
    assert shown.get().shown_at == tip.received_at


def test_a_reply_is_shown_since_the_first_time(sam: Person, first: object) -> None:
    receipt = send()
    tip, lookup = tip_of(receipt), receipts.lookup_id(receipt.code or "")
    reply(tip, sam)
    Message.objects.update(shown_at=LONG_AGO)
    conversation(lookup)
    assert Message.objects.get().shown_at == LONG_AGO
    Message.objects.update(for_citizen=None, shown_at=None)
    conversation(lookup)
    assert Message.objects.get().shown_at is None  # which it had nothing of to show


def test_what_was_opened_is_read_since_the_first_opening_that_showed_it(
    sam: Person, first: object
) -> None:
    receipt, other = send(), send(what_happened="Another.")
    tip, lookup = tip_of(receipt), receipts.lookup_id(receipt.code or "")
    reply(tip, sam)
    assert add(p_lookup_id=lookup, **number(1)) == "received"
    early, late = LONG_AGO - timedelta(days=2), LONG_AGO
    events = [(early, 1, tip), (late, 2, tip), (timezone.now(), 9, tip), (early, 9, tip_of(other))]
    for at, count, of in events:
        Event.objects.record("opened", tip=of, by=sam.officer, count=count, at=at)
    Event.objects.record("photo", tip=tip, by=sam.officer, count=9, at=early)
    read = [row["read_at"] for row in conversation(lookup)]

    def hour(at: object) -> object:
        return at.replace(minute=0, second=0, microsecond=0)  # type: ignore[attr-defined]

    assert read == [hour(early), None, hour(late)]


def test_a_citizen_removes_one_shown_reply_of_their_own(sam: Person, first: object) -> None:
    receipt, other = send(), send(what_happened="Another.")
    tip, lookup = tip_of(receipt), receipts.lookup_id(receipt.code or "")
    reply(tip_of(other), sam)
    conversation(receipts.lookup_id(other.code or ""))
    assert reply(tip, sam) == 1
    remove = {"p_lookup_id": lookup, "p_number": 1}
    assert call("public", "remove_reply", remove) == "False"  # not shown yet
    assert reply(tip, sam, "And now?") == 2
    conversation(lookup)
    assert call("public", "remove_reply", remove) == "True"
    assert call("public", "remove_reply", remove) == "False"
    left = Message.objects.exclude(for_citizen=None).order_by("tip_id", "number")
    assert {(message.tip_id, message.number) for message in left} == {
        (tip.pk, 2),
        (tip_of(other).pk, 1),
    }
    event = Event.objects.get(verb="reply_removed")
    assert (event.tip_id, event.count, event.at) == (tip.pk, 1, tip.received_at)


@pytest.mark.parametrize(("more", "found"), [(29_999, True), (30_000, False)])
def test_a_text_has_at_most_30_000_codes(tip: Tip, more: int, found: bool) -> None:
    ids = [LOOKUP] + [b"n"] * more
    with acting_as("public"):
        rows = ask("SELECT codes_among(%s::bytea[])", ids)
    assert [bytes(row[0]) for row in rows] == ([LOOKUP] if found else [])  # type: ignore[call-overload]
