"""What somebody says on the telephone: saved by two functions, and completed once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.cast import Person
from tests.database.acting import ask
from tests.database.calling import GOOD, LARGEST_TEXT, active_kid, call, complete_call, receive_call
from tips import actions
from tips.models import Alarm, Event, Officer, Tip


@pytest.mark.parametrize("channel", ["phone", "office", "walk_in", "letter", "email", "drill"])
def test_a_call_is_a_tip_by_whoever_took_it_to_the_minute(kim: Person, channel: str) -> None:
    assert receive_call("kim", p_channel=channel) == "received"
    tip = Tip.objects.get()
    assert (tip.channel, tip.set_aside, tip.received_at.minute) == (channel, 0, 0)
    ((by, is_now),) = ask("SELECT by, at = now() FROM tips_event WHERE verb = 'received'")
    assert (by, is_now) == ("kim", True)


def test_a_call_that_no_officer_took_is_refused(
    kim: Person, dana: Person, ada: Person, ed: Person
) -> None:
    Officer.objects.filter(pk=dana.officer.pk).update(is_active=False)
    for channel in ("web", "fax", None):
        assert receive_call("kim", p_channel=channel) == "refused", channel
    for by in ("nobody", "", "ada", "ed", "dana", None):
        assert receive_call("kim", p_by=by) == "refused", by
    assert not Tip.objects.exists()


def test_a_call_is_completed_once_and_by_whoever_took_it(kim: Person, dana: Person) -> None:
    assert receive_call("kim") == "received"
    for by, outcome in (("dana", "not_taken_by_you"), ("", "refused"), (None, "refused")):
        assert complete_call("kim", p_by=by) == outcome
    assert complete_call("kim", p_district="gros-islet", p_restricted=True, p_language="fr") == (
        "completed"
    )
    tip = Tip.objects.get()
    assert bytes(tip.sealed or b"") == b"whole"
    assert (tip.district, tip.danger, tip.urgency) == ("gros-islet", "yes", 0)
    assert (tip.restricted, tip.language) == (True, "fr")
    assert Alarm.objects.get().urgent
    assert Event.objects.get(verb="call_completed").by == "kim"
    again = {"p_sealed": b"again", "p_once": b"2" * 32}
    assert complete_call("kim", **again) == "completed_before"
    assert bytes(Tip.objects.get().sealed or b"") == b"whole"


def test_the_same_press_is_told_from_another_one(kim: Person) -> None:
    assert receive_call("kim") == "received"
    assert complete_call("kim") == "completed"
    assert complete_call("kim", p_sealed=b"again") == "repeated"
    assert bytes(Tip.objects.get().sealed or b"") == b"whole"
    assert Event.objects.filter(verb="call_completed").count() == 1
    assert bytes(Event.objects.get(verb="call_completed").once or b"") == b"1" * 32


@pytest.mark.parametrize("urgent", [True, False])
def test_a_call_that_turns_out_urgent_begins_its_alarm_anew_and_one_that_was_does_not(
    kim: Person, urgent: bool
) -> None:
    assert receive_call("kim") == "received"
    yesterday = timezone.now() - timedelta(days=1)
    Alarm.objects.update(urgent=urgent, since=yesterday, due_at=yesterday, step=7)
    assert complete_call("kim", p_danger="yes") == "completed"
    alarm = Alarm.objects.get()
    assert ((alarm.step, alarm.since, alarm.due_at) == (7, yesterday, yesterday)) == urgent
    assert urgent or (alarm.urgent, alarm.step, alarm.since) == (True, 0, alarm.due_at)


def test_completing_one_call_touches_no_other(kim: Person) -> None:
    other = {"p_id": "6f0e0b4e-4a3b-4c3e-9d57-0a4c3a2b1c0f", "p_lookup_id": b"o" * 32}
    assert receive_call("kim", **other, p_content_digest=b"o" * 32) == "received"
    before = Tip.objects.values().get()
    assert receive_call("kim") == "received"
    assert complete_call("kim") == "completed"
    assert Tip.objects.filter(pk=before["id"]).values().get() == before
    assert not Alarm.objects.get(tip=before["id"]).urgent


def test_a_call_is_completed_within_two_hours(kim: Person) -> None:
    tip = GOOD["p_id"]
    assert receive_call("kim") == "received"
    # The trail cannot be changed, so the clock of the arrival is another event's.
    ask("ALTER TABLE tips_event DISABLE TRIGGER append_only; SELECT 1")
    arrival = Event.objects.filter(tip_id=tip, verb="received")
    arrival.update(at=timezone.now() - timedelta(hours=2, minutes=1))
    assert complete_call("kim") == "too_late"
    arrival.update(at=timezone.now() - timedelta(hours=1, minutes=58))
    assert complete_call("kim") == "completed"


def test_a_call_that_somebody_else_opened_is_not_completed(kim: Person, dana: Person) -> None:
    assert receive_call("kim") == "received"
    tip = Tip.objects.get()
    Event.objects.record("opened", tip=tip, by=dana.officer, count=0)
    assert complete_call("kim") == "opened"
    # Nor is who opened it the one who took it.
    assert complete_call("dana") == "not_taken_by_you"


def test_who_took_a_call_may_look_at_it_before_completing_it(kim: Person) -> None:
    assert receive_call("kim") == "received"
    Event.objects.record("opened", tip=Tip.objects.get(), by=kim.officer, count=0)
    assert complete_call("kim") == "completed"


def test_completing_takes_back_no_urgency_and_no_restriction(kim: Person, sam: Person) -> None:
    assert receive_call("kim", p_restricted=True) == "received"
    actions.raise_urgency(tip=Tip.objects.get(), by=sam.officer)
    Alarm.objects.update(urgent=False)
    assert complete_call("kim", p_danger="no", p_restricted=False) == "completed"
    tip = Tip.objects.get()
    assert (tip.urgency, tip.restricted) == (0, True)
    assert not Alarm.objects.get().urgent  # which only danger in the call itself rings again


@pytest.mark.parametrize(
    ("wrong", "outcome"),
    [
        ({"p_sealed": b""}, "refused"),
        ({"p_sealed": None}, "refused"),
        ({"p_sealed": bytes(LARGEST_TEXT + 1)}, "refused"),
        ({"p_kid": None}, "refused"),
        ({"p_kid": b"nokey123"}, "stale_key"),
        ({"p_danger": "maybe"}, "refused"),
        ({"p_once": None}, "refused"),
        ({"p_once": b"1" * 31}, "refused"),
        ({"p_id": "6f0e0b4e-4a3b-4c3e-9d57-0a4c3a2b1c0f"}, "not_taken_by_you"),
    ],
    ids=str,
)
def test_the_rest_of_a_call_that_no_form_sends_is_refused(
    kim: Person, wrong: dict[str, object], outcome: str
) -> None:
    assert receive_call("kim") == "received"
    before = Tip.objects.values().get()
    assert complete_call("kim", **wrong) == outcome
    assert Tip.objects.values().get() == before


def test_a_tip_of_a_citizen_is_nobodys_to_complete(kim: Person) -> None:
    web = GOOD | {"p_kid": active_kid()}
    assert call("public", "receive_tip", web) == "received"
    assert complete_call("kim") == "not_taken_by_you"
    assert complete_call("kim", p_by="") == "refused"
