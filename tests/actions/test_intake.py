"""What the desk takes down for somebody: what is stored, whose turn it makes, what rings."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from tests.cast import FIELDS, Person, send, tip_of
from tips import actions
from tips.actions import AlreadyDone, Refused, Stamp
from tips.actions.words import LONGEST_TEXT
from tips.crypto import associated_data, receipts
from tips.models import Alarm, CallWithoutTip, Event, Message, Tip
from tips.models.vocabulary import SetAside

pytestmark = pytest.mark.django_db
WORDS = "They moved him."


@pytest.fixture
def tip(sam: Person) -> Tip:
    return tip_of(send())


def taken(kim: Person, **fields: object) -> Tip:
    """A call, as the first save stores it."""
    receipt = actions.receive_call(
        fields=FIELDS | fields,
        channel="phone",
        by=kim.officer,
        idempotency_key=receipts.new_idempotency_key(),
    )
    return tip_of(receipt)


def complete(tip: Tip, by: Person, key: str = "", **fields: object) -> None:
    actions.complete_call(
        tip=tip,
        fields=FIELDS | fields,
        by=by.officer,
        idempotency_key=key or receipts.new_idempotency_key(),
    )


def test_who_completes_a_call_takes_it_and_the_same_press_is_taken_once(kim: Person) -> None:
    tip, key = taken(kim), receipts.new_idempotency_key()
    assert tip.language == "en"
    for _ in range(2):
        complete(tip, kim, key, what_happened="All of it.")
        assert Tip.objects.get().owner == kim.officer
    assert Event.objects.filter(verb__in=("call_completed", "taken")).count() == 2


def test_who_may_not_open_a_call_once_it_is_complete_does_not_take_it(kim: Person) -> None:
    tip = taken(kim)
    complete(tip, kim, official_involved="yes")
    row = Tip.objects.get()
    assert (row.restricted, row.owner) == (True, None)


def test_a_call_is_completed_and_taken_or_stays_as_it_was(kim: Person) -> None:
    tip = taken(kim)
    before = Tip.objects.values().get()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no check is pending any more
        cursor.execute(
            "ALTER TABLE tips_event ADD CONSTRAINT no_room CHECK (verb <> 'taken') NOT VALID"
        )
    with pytest.raises(DatabaseError, match="no_room"):
        complete(tip, kim)
    assert Tip.objects.values().get() == before


def test_why_a_call_cannot_be_completed_is_said(sam: Person, kim: Person, dana: Person) -> None:
    tip, other = taken(kim), taken(kim)
    with pytest.raises(Refused, match=r"^You did not take this call"):
        complete(tip, dana)
    actions.note(tip=other, by=sam.officer, text="Who takes it?")
    for one, by in ((tip, kim), (tip_of(send()), sam), (other, kim), (other, dana), (other, sam)):
        actions.open_tip(tip=one, by=by.officer, keys=by.keys)
    with pytest.raises(Refused, match=r"^dana has opened this tip meanwhile"):
        complete(other, kim)
    complete(tip, kim)
    with pytest.raises(Refused, match=r"^This call was completed before"):
        complete(tip, kim, what_happened="More.")
    late = taken(kim)
    with connection.cursor() as cursor:  # the trail itself can only be added to
        cursor.execute("ALTER TABLE tips_event DISABLE TRIGGER USER")
        cursor.execute("UPDATE tips_event SET at = at - interval '2 hours'")
    with pytest.raises(Refused, match=r"^You took this call more than two hours ago"):
        complete(late, kim)


def test_who_took_a_call_is_known_and_is_shown_its_code(kim: Person, dana: Person) -> None:
    key = receipts.new_idempotency_key()
    call = {"fields": FIELDS, "channel": "phone", "by": kim.officer, "idempotency_key": key}
    receipt = actions.receive_call(**call)
    assert actions.receive_call(**call).reference == receipt.reference
    tip = tip_of(receipt)
    sent = tip_of(send())
    actions.take(tip=sent, by=kim.officer)
    by_kim, by_dana, of_a_citizen = (
        actions.took_call(tip=one, by=by.officer)
        for one, by in ((tip, kim), (tip, dana), (sent, kim))
    )
    assert (by_kim, by_dana, of_a_citizen) == (True, False, False)
    assert actions.show_code(tip=tip, by=kim.officer, code=receipt.code or "")
    shown = Event.objects.get(verb="code_shown")
    assert (shown.by, shown.tip_id) == ("kim", tip.pk)


def test_a_code_that_a_caller_says_is_in_neither_the_call_nor_what_is_said_later(
    kim: Person,
) -> None:
    code = send().code or ""
    tip = taken(kim, what_happened=f"My code is {code}.")
    complete(tip, kim, what_happened=f"It was {code.lower()}, I said.")
    actions.transcribe(tip=tip, by=kim.officer, text=f"Again: {code}")
    opened = actions.open_tip(tip=Tip.objects.get(pk=tip.pk), by=kim.officer, keys=kim.keys)
    assert (opened.fields or {})["what_happened"] == "It was [code removed], I said."
    assert [line.text for line in opened.messages] == ["Again: [code removed]"]


def test_a_call_that_no_officer_may_take_stores_nothing(ada: Person) -> None:
    with pytest.raises(ValueError, match="receive_call"):
        taken(ada)
    assert not Tip.objects.exists()


def test_a_closed_or_a_colleagues_call_is_completed_and_not_taken(
    kim: Person, dana: Person
) -> None:
    for act in (
        lambda tip: actions.take(tip=tip, by=dana.officer),
        lambda tip: actions.close(tip=tip, by=dana.officer, outcome="helped"),
    ):
        tip = taken(kim)
        act(tip)
        complete(tip, kim)
        assert Tip.objects.get(pk=tip.pk).owner != kim.officer
    assert Event.objects.filter(verb="call_completed").count() == 2
    assert not Event.objects.filter(verb="taken", by="kim").exists()


def test_the_code_of_another_tip_or_none_is_not_shown(kim: Person, tip: Tip) -> None:
    for code in ("", send().code or ""):
        assert not actions.show_code(tip=tip, by=kim.officer, code=code)
    assert not Event.objects.filter(verb="code_shown").exists()


def test_what_is_said_is_numbered_after_what_was_written_and_dated_to_the_hour(
    kim: Person, tip: Tip
) -> None:
    actions.reply(tip=tip, by=kim.officer, text="Are you safe?")
    before = timezone.now()
    actions.transcribe(tip=tip, by=kim.officer, text=WORDS, photos=[b"a", b"b"])
    actions.transcribe(tip=tip, by=kim.officer, text="", photos=[b"c"])
    first, second = Message.objects.filter(from_desk=False).order_by("number")
    assert (first.number, second.number) == (2, 3)
    assert (first.by, first.channel) == ("kim", "phone")
    assert (first.at.minute, first.at.second, first.at.microsecond) == (0, 0, 0)
    assert before - timedelta(hours=1) < first.at <= timezone.now()
    assert [photo.number for photo in first.photos.all()] == [1, 2]
    assert [photo.number for photo in second.photos.all()] == [3]
    assert second.sealed is None
    opened = kim.keys.open_json(first.sealed or b"", associated_data.of_message(first.pk))
    assert opened == {"version": 1, "text": WORDS}
    shown = [
        actions.show_photo(tip=tip, by=kim.officer, number=number, keys=kim.keys)
        for number in (1, 2, 3)
    ]
    assert shown == [b"a", b"b", b"c"]
    said = Event.objects.filter(verb="transcribed").order_by("at")
    assert sorted((event.by, event.tip_id, event.count) for event in said) == [
        ("kim", tip.pk, 1),
        ("kim", tip.pk, 2),
    ]


@pytest.mark.parametrize("text", ["", " \n", "\0"])
def test_nothing_said_is_refused(kim: Person, tip: Tip, text: str) -> None:
    with pytest.raises(Refused, match="Write down what was said"):
        actions.transcribe(tip=tip, by=kim.officer, text=text)
    with pytest.raises(Refused, match="20,000"):
        actions.transcribe(tip=tip, by=kim.officer, text="x" * (LONGEST_TEXT + 1))
    assert not Message.objects.exists()


def test_the_same_press_is_written_down_once(kim: Person, tip: Tip) -> None:
    stamp = Stamp("of another version", receipts.new_idempotency_key())
    actions.transcribe(tip=tip, by=kim.officer, text=WORDS, stamp=stamp)
    with pytest.raises(AlreadyDone):
        actions.transcribe(tip=tip, by=kim.officer, text=WORDS, stamp=stamp)
    assert Message.objects.count() == 1


@pytest.mark.parametrize("danger_now", ["", "yes"])
def test_danger_that_is_told_makes_a_tip_urgent_once_and_rings_for_whoever_else_has_it(
    kim: Person, dana: Person, danger_now: str
) -> None:
    tip, urgent, calm = (tip_of(send(danger_now=danger)) for danger in (danger_now, "yes", ""))
    Alarm.objects.all().delete()
    for one in (tip, calm):
        actions.take(tip=one, by=dana.officer)
    before = Tip.objects.values().get(pk=calm.pk)
    actions.transcribe(tip=tip, by=kim.officer, text=WORDS)
    assert Alarm.objects.exists() == bool(danger_now)
    for _ in range(2):
        actions.transcribe(tip=tip, by=kim.officer, text=WORDS, is_danger=True)
    assert set(Tip.objects.filter(urgency=Tip.Urgency.DANGER)) == {tip, urgent}
    assert Tip.objects.values().get(pk=calm.pk) == before
    assert [(alarm.tip, alarm.urgent) for alarm in Alarm.objects.all()] == [(tip, True)]
    raised = Event.objects.filter(verb="raised").values_list("by", "tip_id")
    assert list(raised) == ([] if danger_now else [("kim", tip.pk)])


def test_what_is_said_of_a_copy_rings_at_the_first_alone(kim: Person, dana: Person) -> None:
    first, copy = tip_of(send(what_happened="The first.")), tip_of(send(danger_now="yes"))
    actions.take(tip=first, by=dana.officer)
    actions.close(tip=copy, by=kim.officer, outcome="duplicate", duplicate_of=str(first))
    Alarm.objects.all().delete()
    actions.transcribe(tip=copy, by=kim.officer, text=WORDS)
    assert [alarm.tip for alarm in Alarm.objects.all()] == [first]
    assert Tip.objects.get(pk=copy.pk).status == "closed"


@pytest.mark.parametrize("before", ["new", "asked", "parked", "wrote", "closed"])
def test_what_is_said_changes_the_turn_as_what_is_typed(kim: Person, before: str) -> None:
    """By the database's own function for a citizen's message, column by column."""
    columns = ("status", "outcome", "closed_on", "turn_until", "turn_cause", "turn_since", "owner")
    rows = []
    for said in (True, False):
        receipt = send(danger_now="yes", set_aside=SetAside.FLOOD)
        tip = tip_of(receipt)
        Alarm.objects.filter(tip=tip).delete()
        if before != "new":
            actions.take(tip=tip, by=kim.officer)
        if before == "asked":
            actions.reply(tip=tip, by=kim.officer, text="Where?", wait=True)
        if before == "parked":
            tomorrow = timezone.localdate() + timedelta(days=1)
            actions.park(tip=tip, by=kim.officer, until=tomorrow)
        if before == "closed":
            actions.close(tip=tip, by=kim.officer, outcome="helped")
        Tip.objects.filter(pk=tip.pk).update(turn_since=timezone.now() - timedelta(days=3))
        if before == "wrote":
            Tip.objects.filter(pk=tip.pk).update(turn_cause="wrote")
        if said:
            actions.transcribe(tip=tip, by=kim.officer, text=WORDS)
        else:
            key = receipts.new_idempotency_key()
            actions.receive_message(
                code=receipt.code or "", message=WORDS, photos=(), idempotency_key=key
            )
        row = Tip.objects.values(*columns, "set_aside").get(pk=tip.pk)
        age = timezone.now() - row.pop("turn_since")
        rows.append(row | {"days": age.days})
        rings = Alarm.objects.filter(tip=tip, urgent=True).exists()
        assert rings == (not said or before == "new")  # who writes it down is on their own tip
    assert rows[0] == rows[1]


def test_counting_one_fewer_never_goes_below_none(kim: Person) -> None:
    day = timezone.localdate()
    for by in (1, -1, -1):
        actions.count_call_without_tip(kind="prank", day=day, by=by)
    actions.count_call_without_tip(kind="prank", day=day - timedelta(days=1))
    actions.count_call_without_tip(kind="silent", day=day)
    counts = set(CallWithoutTip.objects.values_list("kind", "day", "count"))
    yesterday = day - timedelta(days=1)
    assert counts == {("prank", day, 0), ("prank", yesterday, 1), ("silent", day, 1)}
