"""What the functions of the public door do to one tip, and to no other.

receive_tip and store_tip under it, receive_message, receipt_kept, follow_up, remove_reply,
codes_among, desk_key_is_active.
"""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from tests.cast import Person, send, tip_of
from tests.database.acting import acting_as, ask
from tests.database.calling import CASTS, GOOD, active_kid, add, call, receive
from tips import actions
from tips.crypto import receipts
from tips.models import Alarm, EscrowedCode, Event, Message, Photo, Tip

OTHER_ID = "6f0e0b4e-4a3b-4c3e-9d57-0a4c3a2b1c0f"
LOOKUP, OTHER_LOOKUP = bytes(32), b"o" * 32


@pytest.fixture
def tip(first: object) -> Tip:
    """A tip with an older neighbour."""
    assert receive(p_id=OTHER_ID, p_lookup_id=OTHER_LOOKUP, p_content_digest=b"o" * 32) == (
        "received"
    )
    assert receive(p_danger="") == "received"
    return Tip.objects.get(pk=GOOD["p_id"])


@pytest.fixture
def neighbour(tip: Tip) -> Iterator[None]:
    """Everything about the other tip is the same afterwards."""

    def all_of_it() -> list[object]:
        of = {"tip_id": OTHER_ID}
        rows = (model.objects.filter(**of).values() for model in (Message, Alarm, EscrowedCode))
        events = Event.objects.filter(tip_id=OTHER_ID).values()
        return [Tip.objects.values().get(pk=OTHER_ID), [list(each) for each in rows], list(events)]

    asked = {"status": "asked", "turn_cause": "asked", "turn_until": date(2099, 1, 1)}
    Tip.objects.filter(pk=OTHER_ID).update(set_aside=2, **asked)
    before = all_of_it()
    yield
    assert all_of_it() == before


def number(n: int) -> dict[str, object]:
    """A message of its own, by its number."""
    return {"p_id": f"{OTHER_ID[:-2]}{n:02x}", "p_content_digest": bytes([n]) * 32}


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


def test_a_tip_is_stored_column_by_column(first: object) -> None:
    answers = {"p_danger": "no", "p_under_18": "yes", "p_for_self": True, "p_restricted": True}
    digests = {"p_content_digest": b"c" * 32, "p_page_digest": b"p" * 32, "p_lookup_id": b"l" * 32}
    assert receive(**answers, **digests, p_types=["labour"], p_set_aside=1) == "received"
    tip = Tip.objects.get()
    assert (tip.danger, tip.under_18, tip.for_self, tip.restricted) == ("no", "yes", True, True)
    assert (tip.signs, tip.types, tip.set_aside) == (["papers-held"], ["labour"], 1)
    assert (tip.channel, tip.district, tip.language) == ("web", "castries", "en")
    digests = {"content_digest": b"c", "page_digest": b"p", "lookup_id": b"l"}
    for column, letter in digests.items():
        assert bytes(getattr(tip, column)) == letter * 32
    hour = tip.received_at
    assert (hour.minute, hour.second, hour.microsecond) == (0, 0, 0)
    event = Event.objects.get(verb="received")
    assert (event.at, event.by, event.tip_id, event.reference) == (hour, "", tip.pk, tip.reference)


def test_a_box_stands_for_half_an_hour(tip: Tip) -> None:
    ((minutes,),) = ask(
        "SELECT extract(epoch FROM box_until - now())::int / 60 FROM tips_box WHERE tip_id = %s",
        tip.pk,
    )
    assert minutes == 30


def test_a_box_that_is_over_is_empty(tip: Tip) -> None:
    repeat = GOOD | {"p_kid": active_kid()}
    boxes = []
    for _ in range(2):
        with acting_as("public"):
            named = ", ".join(f"{name} => %s{CASTS.get(name, '')}" for name in repeat)
            ((outcome, box),) = ask(
                f"SELECT outcome, box FROM receive_tip({named})", *repeat.values()
            )
        boxes.append((outcome, box is not None))
        EscrowedCode.objects.update(box_until=LONG_AGO)
    assert boxes == [("repeated", True), ("repeated", False)]


def test_two_tips_of_one_page_are_two(tip: Tip) -> None:
    assert receive() == "repeated"
    third = {"p_id": f"{OTHER_ID[:-2]}aa", "p_lookup_id": b"t" * 32}
    assert receive(**third, p_content_digest=b"t" * 32) == "received"
    assert Tip.objects.count() == 3


def test_a_reference_that_is_taken_is_drawn_again(tip: Tip) -> None:
    """uuids in the place of chance: the first reference drawn is that of an earlier tip."""
    ((dice,),) = ask("SELECT '00000000-0000-4000-8000-000000000000'::uuid")
    with connection.cursor() as cursor:
        cursor.execute("CREATE SEQUENCE draws; GRANT ALL ON SEQUENCE draws TO PUBLIC")
        cursor.execute("ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO PUBLIC")
        cursor.execute(
            "CREATE FUNCTION public.drawn() RETURNS uuid LANGUAGE sql AS $$"
            " SELECT CASE WHEN nextval('public.draws') < 4 THEN %s::uuid"
            " ELSE pg_catalog.gen_random_uuid() END $$",
            [dice],
        )
        cursor.execute("SELECT pg_get_functiondef('public.store_tip'::regproc)")
        (whole,) = cursor.fetchone()
        cursor.execute(whole.replace("uuid_send(gen_random_uuid())", "uuid_send(public.drawn())"))
    for letter in (b"1", b"2"):
        ids = {"p_id": f"{OTHER_ID[:-2]}a{letter.decode()}", "p_lookup_id": letter * 32}
        assert receive(**ids, p_content_digest=letter * 32) == "received"
    assert Tip.objects.filter(reference="BB-0000").count() == 1


@pytest.mark.usefixtures("neighbour")
def test_messages_count_on_within_their_tip_and_hour(tip: Tip) -> None:
    photos = {"p_photo_ids": [f"{OTHER_ID[:-2]}b{n}" for n in range(2)], "p_photos": [b"a", b"b"]}
    assert add(**number(1), **photos) == "received"
    more = {"p_photo_ids": [f"{OTHER_ID[:-2]}c0"], "p_photos": [b"c"]}
    assert add(**number(2), **more) == "received"
    assert [message.number for message in tip.messages.all()] == [1, 2]
    pictures = [(photo.number, bytes(photo.sealed)) for photo in tip.photos.all()]
    assert pictures == [(1, b"a"), (2, b"b"), (3, b"c")]
    assert all(message.at == tip.received_at for message in tip.messages.all())
    events = Event.objects.filter(verb="message").order_by("count")
    assert [(event.count, event.at) for event in events] == [
        (1, tip.received_at),
        (2, tip.received_at),
    ]


def test_numbers_of_one_tip_do_not_come_from_another(tip: Tip) -> None:
    photo = {"p_photo_ids": [f"{OTHER_ID[:-2]}b0"], "p_photos": [b"a"]}
    assert add(p_lookup_id=OTHER_LOOKUP, **number(1), **photo) == "received"
    photo = {"p_photo_ids": [f"{OTHER_ID[:-2]}b1"], "p_photos": [b"a"]}
    assert add(**number(2), **photo) == "received"
    assert (tip.messages.get().number, tip.photos.get().number) == (1, 1)


def test_only_what_a_citizen_wrote_to_this_tip_in_this_hour_counts(tip: Tip) -> None:
    hour = tip.received_at

    def written(n: int, to: Tip, at: object, from_desk: bool) -> None:
        Message.objects.bulk_create(
            Message(tip=to, number=n + m, from_desk=from_desk, at=at, sealed=b"x")
            for m in range(30)
        )

    written(1, tip, hour - timedelta(hours=1), from_desk=False)
    written(40, tip, hour, from_desk=True)
    written(1, Tip.objects.get(pk=OTHER_ID), hour, from_desk=False)
    written(80, tip, hour, from_desk=False)
    for n in range(20):
        assert add(**number(n)) == "received"
    assert add(**number(99)) == "too_many"


def test_a_message_that_came_already_is_told_so(tip: Tip) -> None:
    assert add(**number(1)) == "received"
    assert add(**number(1)) == "repeated"
    assert tip.messages.count() == 1


def stands(tip: Tip, **columns: object) -> None:
    Tip.objects.filter(pk=tip.pk).update(**columns)


LONG_AGO = timezone.now() - timedelta(days=3)


@pytest.mark.usefixtures("neighbour")
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"status": "new"}, ("new", "came", LONG_AGO)),
        ({"status": "active", "owner": True}, ("active", "wrote", None)),
        (
            {"status": "active", "owner": True, "turn_cause": "wrote"},
            ("active", "wrote", LONG_AGO),
        ),
        ({"status": "active", "turn_cause": "returned"}, ("active", "returned", LONG_AGO)),
        (
            {"status": "asked", "owner": True, "turn_until": date(2099, 1, 1)},
            ("active", "wrote", None),
        ),
        (
            {"status": "closed", "outcome": "helped", "closed_on": date(2026, 1, 1)},
            ("active", "wrote", None),
        ),
    ],
    ids=["new", "owned", "answered already", "nobody's", "asked", "closed"],
)
def test_whose_turn_it_is_after_a_message_and_since_when(
    tip: Tip, sam: Person, before: dict[str, object], after: tuple[str, str, object]
) -> None:
    columns = before | ({"owner": sam.officer} if "owner" in before else {})
    stands(tip, turn_since=LONG_AGO, **columns)
    assert add(**number(1)) == "received"
    now = Tip.objects.get(pk=tip.pk)
    status, cause, since = after
    assert (now.status, now.turn_cause, now.turn_since) == (status, cause, since or tip.received_at)
    assert (now.outcome, now.closed_on, now.turn_until) == ("", None, None)


@pytest.mark.parametrize(("before", "after"), [(2, 0), (1, 1), (0, 0)])
def test_a_message_or_the_code_typed_back_lifts_what_a_flood_set_aside(
    tip: Tip, before: int, after: int
) -> None:
    Tip.objects.update(set_aside=before)
    assert add(**number(1)) == "received"
    assert Tip.objects.get(pk=tip.pk).set_aside == after
    Tip.objects.update(set_aside=before)
    assert call("public", "receipt_kept", {"p_lookup_id": LOOKUP}) == "True"
    assert Tip.objects.get(pk=tip.pk).set_aside == after
    assert Tip.objects.get(pk=OTHER_ID).set_aside == before


@pytest.mark.usefixtures("neighbour")
def test_a_code_typed_back_empties_its_own_box(tip: Tip) -> None:
    assert call("public", "receipt_kept", {"p_lookup_id": LOOKUP}) == "True"
    assert not EscrowedCode.objects.filter(tip=tip).exists()


@pytest.mark.parametrize("danger", ["yes", ""])
def test_a_message_to_an_urgent_tip_alarms_again(first: object, danger: str) -> None:
    assert receive(p_danger=danger) == "received"
    assert add(**number(1)) == "received"  # while the first alarm rings
    Alarm.objects.all().delete()
    assert add(**number(2)) == "received"
    assert Alarm.objects.filter(urgent=True).exists() == (danger == "yes")


@pytest.mark.usefixtures("neighbour")
def test_the_danger_tick_makes_the_tip_urgent_and_its_alarm_start_again(tip: Tip) -> None:
    stands(tip, urgency=2)
    Alarm.objects.filter(tip=tip).update(urgent=False, step=3, due_at=LONG_AGO, since=LONG_AGO)
    assert add(**number(1)) == "received"
    alarm = Alarm.objects.get(tip=tip)
    assert (Tip.objects.get(pk=tip.pk).urgency, alarm.urgent, alarm.step) == (2, False, 3)
    assert add(**number(2), p_danger=True) == "received"
    alarm = Alarm.objects.get(tip=tip)
    assert (Tip.objects.get(pk=tip.pk).urgency, alarm.urgent, alarm.step) == (0, True, 0)
    assert alarm.since == alarm.due_at > LONG_AGO
    assert (alarm.due_at.second, alarm.due_at.microsecond) == (0, 0)
    about = Event.objects.filter(verb="message").values_list("about", flat=True)
    assert sorted(about) == ["", "danger"]


def test_danger_where_the_alarm_is_urgent_already_is_told_at_once_and_from_the_same_step(
    tip: Tip,
) -> None:
    stands(tip, urgency=0)
    later = timezone.now() + timedelta(minutes=40)
    Alarm.objects.filter(tip=tip).update(urgent=True, step=3, since=LONG_AGO, due_at=later)
    assert add(**number(1)) == "received"
    assert Alarm.objects.get(tip=tip).due_at == later
    assert add(**number(2), p_danger=True) == "received"
    alarm = Alarm.objects.get(tip=tip)
    assert (alarm.urgent, alarm.step, alarm.since) == (True, 3, LONG_AGO)
    assert LONG_AGO < alarm.due_at < timezone.now()


def test_of_fifty_in_an_hour_none_keeps_a_tip_from_becoming_urgent(tip: Tip) -> None:
    for n in range(50):
        assert add(**number(n)) == "received"
    assert add(**number(50)) == "too_many"
    assert add(**number(51), p_danger=True) == "received"
    assert add(**number(52), p_danger=True) == "too_many"


@pytest.mark.parametrize("urgent", [True, False])
def test_a_message_to_an_urgent_tip_begins_an_alarm_anew_that_was_not_urgent(
    first: object, urgent: bool
) -> None:
    assert receive(p_danger="yes") == "received"
    yesterday = timezone.now() - timedelta(days=1)
    Alarm.objects.update(urgent=urgent, since=yesterday, due_at=yesterday, step=7)
    assert add(**number(1)) == "received"
    alarm = Alarm.objects.get()
    assert alarm.urgent
    goes_on = (alarm.step, alarm.since, alarm.due_at) == (7, yesterday, yesterday)
    assert goes_on == urgent
    assert urgent or (alarm.step, alarm.since) == (0, alarm.due_at)
    assert (alarm.since.second, alarm.since.microsecond) == (0, 0) or urgent


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
    assert all(row["at"] == tip.received_at for row in rows)
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


@pytest.mark.parametrize("state", ["not activated", "retired", "another's"])
def test_nothing_is_sealed_to_a_key_that_is_not_the_active_one(first: object, state: str) -> None:
    kid, key = active_kid(), "UPDATE tips_deskkey SET {} RETURNING 1"
    if state == "not activated":
        ask(key.format("activated_at = NULL"))
    elif state == "retired":
        ask(key.format("retired_at = now()"))
    else:
        kid = b"nokey123"
    assert call("public", "receive_tip", GOOD | {"p_kid": kid}) == "stale_key"
    assert Photo.objects.count() == Tip.objects.count() == 0
