"""What the desk takes down for somebody: what is stored, whose turn it makes, what rings."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.cast import FIELDS, Person, send, tip_of
from tips import actions
from tips.actions import AlreadyDone, Refused, Stamp
from tips.actions.words import LONGEST_TEXT
from tips.crypto import receipts
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


def test_a_code_that_a_caller_says_is_in_neither_the_call_nor_what_is_said_later(
    kim: Person,
) -> None:
    code = send().code or ""
    tip = taken(kim, what_happened=f"My code is {code}.")
    rest = FIELDS | {"what_happened": f"It was {code.lower()}, I said."}
    key = receipts.new_idempotency_key()
    actions.complete_call(tip=tip, fields=rest, by=kim.officer, idempotency_key=key)
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
        key = receipts.new_idempotency_key()
        actions.complete_call(tip=tip, fields=FIELDS, by=kim.officer, idempotency_key=key)
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
    actions.transcribe(tip=tip, by=kim.officer, text=WORDS, photos=[b"a", b"b"])
    actions.transcribe(tip=tip, by=kim.officer, text="", photos=[b"c"])
    first, second = Message.objects.filter(from_desk=False).order_by("number")
    assert (first.number, second.number) == (2, 3)
    assert (first.at.minute, first.at.second, first.at.microsecond) == (0, 0, 0)
    assert first.at <= timezone.now() < first.at + timedelta(hours=1)
    assert [photo.number for photo in first.photos.all()] == [1, 2]
    assert [photo.number for photo in second.photos.all()] == [3]
    assert second.sealed is None
    shown = [
        actions.show_photo(tip=tip, by=kim.officer, number=number, keys=kim.keys)
        for number in (1, 2, 3)
    ]
    assert shown == [b"a", b"b", b"c"]
    said = Event.objects.filter(verb="transcribed").order_by("at")
    assert sorted(event.count or 0 for event in said) == [1, 2]


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
        if before == "wrote":
            long_ago = timezone.now() - timedelta(days=3)
            Tip.objects.filter(pk=tip.pk).update(turn_cause="wrote", turn_since=long_ago)
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
    assert dict(CallWithoutTip.objects.values_list("day", "count")) == {
        day: 0,
        day - timedelta(days=1): 1,
    }
