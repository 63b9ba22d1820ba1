"""Answers to the citizen and notes: how long, numbered how, to which tips."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.cast import Person, send, tip_of
from tips import actions
from tips.actions import Refused, Stamp
from tips.actions.words import LONGEST_TEXT
from tips.crypto import associated_data, receipts, sealing
from tips.models import Alarm, Event, Message, Note, Tip

LONG_AGO = timezone.now() - timedelta(hours=5, minutes=30)


@pytest.fixture
def tip(sam: Person) -> Tip:
    return tip_of(send())


def now(tip: Tip) -> Tip:
    return Tip.objects.get(pk=tip.pk)


@pytest.mark.parametrize("name", ["reply", "note"])
def test_a_text_fits_to_the_last_character(tip: Tip, kim: Person, name: str) -> None:
    verb = {"reply": actions.reply, "note": actions.note}[name]
    verb(tip=tip, by=kim.officer, text=f"  \0{'x' * LONGEST_TEXT}\n")
    with pytest.raises(Refused, match=r"That is 20,001 characters; 20,000 fit"):
        verb(tip=tip, by=kim.officer, text="x" * (LONGEST_TEXT + 1))
    (row,) = {"reply": Message, "note": Note}[name].objects.all()
    data = {"reply": associated_data.of_message, "note": associated_data.of_note}[name](row.pk)
    assert kim.keys.open_json(row.sealed, data)["text"] == "x" * LONGEST_TEXT
    assert row.by == "kim"


def test_replies_are_numbered_on_and_open_for_the_code(sam: Person, kim: Person) -> None:
    receipt = send()
    tip = tip_of(receipt)
    for text in ("One.", "Two."):
        actions.reply(tip=tip, by=kim.officer, text=text)
    assert [message.number for message in tip.messages.all()] == [1, 2]
    assert all(message.from_desk for message in tip.messages.all())
    pair = sealing.Keyring.of(receipts.citizen_pair(receipt.code or ""))
    for message, text in zip(tip.messages.all(), ("One.", "Two."), strict=True):
        opened = pair.open_json(message.for_citizen or b"", associated_data.of_reply(message.pk))
        assert opened == {"version": 1, "text": text}


def test_an_answer_of_whoever_has_the_tip_ends_the_alarm(
    tip: Tip, kim: Person, dana: Person
) -> None:
    actions.take(tip=tip, by=kim.officer)
    actions.raise_urgency(tip=now(tip), by=dana.officer)
    assert Alarm.objects.exists()
    actions.reply(tip=now(tip), by=kim.officer, text="Are you safe?")
    assert not Alarm.objects.exists()


def test_answering_a_closed_tip_moves_nothing_of_it(tip: Tip, kim: Person) -> None:
    actions.close(tip=tip, by=kim.officer, outcome="helped")
    Tip.objects.update(turn_since=LONG_AGO)
    before = Tip.objects.values().get()
    for wait in (True, False):
        actions.reply(tip=now(tip), by=kim.officer, text="Thank you.", wait=wait)
        assert Tip.objects.values().get() == before


def test_an_erased_tip_is_not_answered(tip: Tip, kim: Person) -> None:
    Tip.objects.update(citizen_key=None)
    with pytest.raises(Refused, match="erased"):
        actions.reply(tip=tip, by=kim.officer, text="Hello?")


def test_a_note_is_added_to_whatever_the_tip_has_become(tip: Tip, kim: Person) -> None:
    seen = tip.version_token
    actions.take(tip=tip, by=kim.officer)
    actions.note(tip=tip, by=kim.officer, text="Called.", stamp=Stamp(seen))
    event = Event.objects.get(verb="noted")
    assert (event.by, event.tip_id, event.reference) == ("kim", tip.pk, tip.reference)
