"""The desk's verbs: each does one thing with its event, and a press counts once."""

from datetime import date, datetime, timedelta

import pytest
from django.db.models import Q
from django.utils import timezone

from tests.cast import Person, send, tip_of, write
from tips import actions
from tips.actions import AlreadyDone, Refused, Stamp
from tips.actions.change import NO_STAMP, change
from tips.crypto import associated_data, receipts
from tips.models import Event, Message, Note, Tip, Turn
from tips.public import conversation


@pytest.fixture
def tip(sam: Person) -> Tip:
    return tip_of(send(what_happened="The story."))


def now(tip: Tip) -> Tip:
    return Tip.objects.get(pk=tip.pk)


def verbs(tip: Tip) -> list[str]:
    return list(Event.objects.filter(tip_id=tip.pk).order_by("at").values_list("verb", flat=True))


def turn(tip: Tip) -> tuple[str, str]:
    """Whose turn the tip is today, and why."""
    row = Tip.objects.with_turn().get(pk=tip.pk)
    return row.turn, row.turn_cause


def test_taking_makes_a_new_tip_active_and_its_owners(tip: Tip, kim: Person) -> None:
    assert turn(tip) == (Turn.TO_TAKE, "came")
    actions.take(tip=tip, by=kim.officer)
    assert (now(tip).owner, now(tip).status) == (kim.officer, "active")
    assert turn(tip) == (Turn.OWNER, "taken")
    assert verbs(tip) == ["received", "taken"]


def test_a_press_that_arrives_twice_is_carried_out_once(tip: Tip, kim: Person) -> None:
    stamp = Stamp(tip.version_token, receipts.new_idempotency_key())
    actions.reply(tip=tip, by=kim.officer, text="Are you safe?", stamp=stamp)
    with pytest.raises(AlreadyDone):
        actions.reply(tip=tip, by=kim.officer, text="Are you safe?", stamp=stamp)
    assert Message.objects.count() == Event.objects.filter(verb="replied").count() == 1
    note = Stamp(once=receipts.new_idempotency_key())
    actions.note(tip=tip, by=kim.officer, text="Called.", stamp=note)
    with pytest.raises(AlreadyDone):
        actions.note(tip=tip, by=kim.officer, text="Called.", stamp=note)
    assert Note.objects.count() == 1


def test_a_reply_opens_for_the_citizen_and_the_desk(tip: Tip, kim: Person) -> None:
    actions.take(tip=tip, by=kim.officer)
    actions.reply(tip=tip, by=kim.officer, text="What colour was the van?", wait=True)
    message = Message.objects.get()
    opened = kim.keys.open_json(message.sealed, associated_data.of_message(message.pk))
    assert opened["text"] == "What colour was the van?"
    assert b"What colour" not in bytes(message.sealed)
    assert (now(tip).status, turn(tip)) == ("asked", (Turn.CITIZEN, "asked"))
    day = timezone.localdate() + timedelta(days=14)
    in_two_weeks = Tip.objects.with_turn(day).get()
    midnight = datetime.combine(day, datetime.min.time(), timezone.get_current_timezone())
    assert (in_two_weeks.turn, in_two_weeks.since) == (Turn.OWNER, midnight)


def test_a_reply_without_waiting_makes_the_tip_active(tip: Tip, kim: Person) -> None:
    actions.reply(tip=tip, by=kim.officer, text="Thank you.")
    assert now(tip).status == "active"


def test_a_verb_that_changes_no_column_is_an_event_alone(tip: Tip, kim: Person) -> None:
    before = Tip.objects.filter(pk=tip.pk).values().get()
    change(tip, Event.Verb.RAISED, kim.officer, NO_STAMP, Q(owner=None))
    assert Tip.objects.filter(pk=tip.pk).values().get() == before
    assert Event.objects.filter(verb=Event.Verb.RAISED, reference=tip.reference).count() == 1
    actions.take(tip=tip, by=kim.officer)
    with pytest.raises(Refused):
        change(tip, Event.Verb.RAISED, kim.officer, NO_STAMP, Q(owner=None))


@pytest.mark.parametrize("text", ["", "  \n", "\0"])
def test_an_empty_reply_or_note_is_refused(tip: Tip, kim: Person, text: str) -> None:
    with pytest.raises(Refused):
        actions.reply(tip=tip, by=kim.officer, text=text)
    with pytest.raises(Refused):
        actions.note(tip=tip, by=kim.officer, text=text)


def test_a_note_is_for_the_desk_alone(kim: Person) -> None:
    receipt = send()
    tip = tip_of(receipt)
    actions.note(tip=tip, by=kim.officer, text="Called the control room.")
    note = Note.objects.get()
    opened = kim.keys.open_json(note.sealed, associated_data.of_note(note.pk))
    assert opened == {"text": "Called the control room."}
    read = conversation.read(receipt.code or "")
    assert read
    assert len(read.entries) == 1


def test_raised_and_lowered_back_to_what_the_tip_says(kim: Person) -> None:
    child = tip_of(send(under_18="yes"))
    actions.raise_urgency(tip=child, by=kim.officer)
    assert now(child).urgency == 0
    with pytest.raises(Refused):
        actions.lower_urgency(tip=child, by=kim.officer, reason="  ")
    actions.lower_urgency(tip=child, by=kim.officer, reason="Police were there.")
    assert now(child).urgency == 1
    event = Event.objects.get(verb="lowered")
    opened = kim.keys.open_json(event.reason, associated_data.of_reason(event.pk))
    assert opened == {"text": "Police were there."}


def test_a_parked_tip_comes_back_on_its_day_and_never_on_one_that_is_past(
    tip: Tip, kim: Person
) -> None:
    today = timezone.localdate()
    actions.take(tip=tip, by=kim.officer)
    actions.park(tip=tip, by=kim.officer, until=today + timedelta(days=1))
    assert turn(tip) == (Turn.PARKED, "parked")
    assert Tip.objects.with_turn(today + timedelta(days=1)).get().turn == Turn.OWNER
    with pytest.raises(Refused, match="past"):
        actions.park(tip=tip, by=kim.officer, until=date(2020, 1, 1))
    actions.unpark(tip=now(tip), by=kim.officer)
    assert turn(tip) == (Turn.OWNER, "parked")


def test_only_its_owner_parks_an_open_tip_and_takes_one_that_is_parked_back(
    tip: Tip, kim: Person, dana: Person
) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    actions.take(tip=tip, by=kim.officer)
    with pytest.raises(Refused):
        actions.park(tip=now(tip), by=dana.officer, until=tomorrow)
    with pytest.raises(Refused):  # it is not parked
        actions.unpark(tip=now(tip), by=kim.officer)
    actions.park(tip=now(tip), by=kim.officer, until=tomorrow)
    with pytest.raises(Refused):
        actions.unpark(tip=now(tip), by=dana.officer)
    actions.unpark(tip=now(tip), by=kim.officer)
    parked = Event.objects.filter(verb="parked").order_by("at")
    assert [event.about for event in parked] == ["", "ended"]
    actions.close(tip=now(tip), by=kim.officer, outcome="helped")
    with pytest.raises(Refused):
        actions.park(tip=now(tip), by=kim.officer, until=tomorrow)


def test_only_its_owner_waits_for_the_answer_of_a_tip(tip: Tip, kim: Person, dana: Person) -> None:
    actions.reply(tip=tip, by=kim.officer, text="Are you safe?")
    with pytest.raises(Refused):
        actions.wait(tip=Tip.objects.with_turn().get(pk=tip.pk), by=dana.officer)
    Tip.objects.update(status=Tip.Status.NEW)  # as by undoing what took it
    actions.wait(tip=Tip.objects.with_turn().get(pk=tip.pk), by=kim.officer)
    assert now(tip).status == Tip.Status.ASKED


def test_a_translation_is_told_from_a_note_in_its_row_and_on_the_trail(
    tip: Tip, kim: Person
) -> None:
    actions.note(tip=tip, by=kim.officer, text="Called.")
    actions.note(tip=tip, by=kim.officer, text="No way out.", into="en")
    rows = Note.objects.order_by("at").values_list("kind", "language")
    assert list(rows) == [(Note.Kind.NOTE, ""), (Note.Kind.TRANSLATION, "en")]
    told = Event.objects.filter(verb="noted").order_by("at").values_list("about", flat=True)
    assert list(told) == ["", Note.Kind.TRANSLATION]


def test_a_restricted_tip_is_the_supervisors_alone(sam: Person, kim: Person) -> None:
    tip = tip_of(send(official_involved="yes"))
    assert actions.visible_tip(pk=tip.pk, by=sam.officer) == tip
    assert actions.visible_tip(pk=tip.pk, by=kim.officer) is None
    assert list(Event.objects.filter(verb="refused").values_list("by", "reference")) == [
        ("kim", tip.reference)
    ]
    assert not Tip.objects.visible_to(kim.officer).exists()


def test_reading_an_answer_is_not_answering_it(kim: Person) -> None:
    receipt = send()
    tip = tip_of(receipt)
    actions.take(tip=tip, by=kim.officer)
    write(receipt)
    since = now(tip).turn_since
    actions.open_tip(tip=now(tip), by=kim.officer, keys=kim.keys)
    assert (turn(tip), now(tip).turn_since) == ((Turn.OWNER, "wrote"), since)


def test_a_tip_whose_code_is_no_key_refuses_a_reply(tip: Tip, kim: Person) -> None:
    Tip.objects.update(citizen_key=bytes(32))
    with pytest.raises(Refused, match="cannot be written to"):
        actions.reply(tip=tip, by=kim.officer, text="Hello")
