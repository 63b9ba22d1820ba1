"""The desk's verbs: each does one thing with its event, and of two officers the second is told."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.db.models import Q
from django.utils import timezone

from tests.cast import Person, hire, send, tip_of
from tips import actions
from tips.actions import AlreadyDone, Refused, Stamp
from tips.actions.change import NO_STAMP, change
from tips.crypto import associated_data, receipts, sealing
from tips.crypto.sealing import Keyring
from tips.models import Alarm, Event, Message, Note, Officer, Tip, TipLink, Turn
from tips.public import conversation

ANOTHER_DESKS = Keyring.of(sealing.new_pair())


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


def test_the_second_to_take_is_told_who_has_it(tip: Tip, kim: Person, dana: Person) -> None:
    seen = tip.version_token
    actions.take(tip=tip, by=kim.officer, stamp=Stamp(seen))
    with pytest.raises(Refused, match="kim has it"):
        actions.take(tip=tip, by=dana.officer, stamp=Stamp(seen))
    assert now(tip).owner == kim.officer
    assert verbs(tip) == ["received", "taken"]


def test_a_form_shown_before_a_change_changes_nothing(tip: Tip, kim: Person, dana: Person) -> None:
    seen = tip.version_token
    actions.raise_urgency(tip=tip, by=kim.officer)
    with pytest.raises(Refused):
        actions.close(tip=tip, by=dana.officer, outcome="helped", stamp=Stamp(seen))
    with pytest.raises(Refused):
        actions.reply(tip=tip, by=dana.officer, text="Hello", stamp=Stamp(seen))
    with pytest.raises(Refused):
        actions.give(tip=tip, by=dana.officer, to=dana.officer, stamp=Stamp("nonsense"))
    assert now(tip).status == "new"
    assert not Message.objects.exists()


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


def test_giving_to_a_colleague_and_back_to_nobody(tip: Tip, kim: Person, dana: Person) -> None:
    actions.give(tip=tip, by=kim.officer, to=dana.officer)
    assert (now(tip).owner, now(tip).status) == (dana.officer, "active")
    actions.give_back(tip=tip, by=dana.officer)
    assert now(tip).owner is None
    assert turn(tip) == (Turn.TO_TAKE, "returned")
    given = Event.objects.filter(verb="given").order_by("at")
    assert [(event.by, event.about) for event in given] == [("kim", "dana"), ("dana", "nobody")]


def test_a_tip_is_not_given_to_somebody_who_may_not_open_it(
    tip: Tip, sam: Person, kim: Person
) -> None:
    editor = hire("lee", "editor", sam)
    with pytest.raises(Refused):
        actions.give(tip=tip, by=sam.officer, to=editor.officer)
    Tip.objects.update(restricted=True)
    with pytest.raises(Refused):
        actions.give(tip=tip, by=sam.officer, to=kim.officer)


def test_a_reply_opens_for_the_citizen_and_the_desk(tip: Tip, kim: Person) -> None:
    actions.take(tip=tip, by=kim.officer)
    actions.reply(tip=tip, by=kim.officer, text="What colour was the van?", wait=True)
    message = Message.objects.get()
    opened = kim.keys.open_json(message.sealed, associated_data.of_message(message.pk))
    assert opened["text"] == "What colour was the van?"
    assert b"van" not in bytes(message.sealed)
    assert (now(tip).status, turn(tip)) == ("asked", (Turn.CITIZEN, "asked"))
    day = timezone.localdate() + timedelta(days=14)
    in_two_weeks = Tip.objects.with_turn(day).get()
    midnight = datetime.combine(day, datetime.min.time(), timezone.get_current_timezone())
    assert (in_two_weeks.turn, in_two_weeks.since) == (Turn.OWNER, midnight)


def test_a_reply_without_waiting_makes_the_tip_active(tip: Tip, kim: Person) -> None:
    actions.reply(tip=tip, by=kim.officer, text="Thank you.")
    assert now(tip).status == "active"


def test_a_reply_to_a_closed_tip_leaves_it_closed(tip: Tip, kim: Person) -> None:
    actions.close(tip=tip, by=kim.officer, outcome="helped")
    actions.reply(tip=tip, by=kim.officer, text="We are done. Thank you.", wait=True)
    assert (now(tip).status, now(tip).outcome) == ("closed", "helped")


def test_an_urgent_tip_given_back_to_nobody_alarms_again(kim: Person, dana: Person) -> None:
    urgent, calm = tip_of(send(danger_now="yes")), tip_of(send())
    for tip in (urgent, calm):
        actions.take(tip=tip, by=kim.officer)
    assert not Alarm.objects.exists()
    actions.give(tip=urgent, by=kim.officer, to=dana.officer)
    assert not Alarm.objects.exists()
    for tip in (urgent, calm):
        actions.give_back(tip=tip, by=dana.officer)
    assert list(Alarm.objects.values_list("tip_id", "urgent")) == [(urgent.pk, True)]


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


def test_closing_needs_an_outcome_and_can_be_undone_for_a_reason(tip: Tip, kim: Person) -> None:
    for outcome in ("", "won"):
        with pytest.raises(Refused):
            actions.close(tip=tip, by=kim.officer, outcome=outcome)
    actions.close(tip=tip, by=kim.officer, outcome="no_basis", reason="Nobody lives there.")
    assert (now(tip).status, now(tip).outcome) == ("closed", "no_basis")
    with pytest.raises(Refused):
        actions.close(tip=tip, by=kim.officer, outcome="helped")
    with pytest.raises(Refused):
        actions.reopen(tip=tip, by=kim.officer, reason="")
    actions.reopen(tip=tip, by=kim.officer, reason="A new answer.")
    assert (now(tip).status, now(tip).outcome) == ("active", "")


def test_a_reason_of_nothing_is_no_reason(tip: Tip, kim: Person) -> None:
    with pytest.raises(Refused, match="Say why"):
        actions.close(tip=tip, by=kim.officer, outcome="no_basis", reason=" \0 ")
    actions.close(tip=tip, by=kim.officer, outcome="passed_on", reason=" \0 ")
    assert Event.objects.get(verb="closed").reason is None


@pytest.mark.parametrize("which", [0, 1])
def test_all_tips_of_somebody_are_given_back_or_none(
    tip: Tip, kim: Person, sam: Person, which: int
) -> None:
    """Whichever of the two comes first, one run fails at the second."""
    tips = (tip, tip_of(send()))
    for one in tips:
        actions.take(tip=one, by=kim.officer)
    Officer.objects.filter(pk=kim.officer.pk).update(is_active=False)
    kim.officer.refresh_from_db()
    broken = tips[which].pk
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "ALTER TABLE tips_event ADD CONSTRAINT no_room CHECK (tip_id <> %s) NOT VALID", [broken]
        )
    with pytest.raises(DatabaseError):
        actions.give_back_all_of(owner=kim.officer, by=sam.officer)
    assert Tip.objects.filter(owner=kim.officer).count() == 2


def test_knowingly_false_is_a_supervisors_word(tip: Tip, sam: Person, kim: Person) -> None:
    with pytest.raises(Refused):
        actions.close(tip=tip, by=kim.officer, outcome="false")
    actions.close(tip=tip, by=sam.officer, outcome="false", reason="They said so.")
    assert now(tip).outcome == "false"


def test_a_duplicate_names_the_tip_it_repeats(tip: Tip, kim: Person) -> None:
    other = tip_of(send())
    for reference in ("", "ZZ-0000", tip.reference or ""):
        with pytest.raises(Refused):
            actions.close(tip=tip, by=kim.officer, outcome="duplicate", duplicate_of=reference)
    assert now(tip).status == "new"
    assert not TipLink.objects.exists()
    actions.close(
        tip=tip, by=kim.officer, outcome="duplicate", duplicate_of=f" {other.reference.lower()} "
    )
    assert list(tip.links.values_list("other", "kind")) == [(other.pk, "duplicate")]


def test_closed_tips_take_no_other_verb(tip: Tip, kim: Person) -> None:
    actions.close(tip=tip, by=kim.officer, outcome="helped")
    for act in (
        lambda: actions.take(tip=tip, by=kim.officer),
        lambda: actions.give(tip=tip, by=kim.officer, to=kim.officer),
        lambda: actions.give_back(tip=tip, by=kim.officer),
        lambda: actions.raise_urgency(tip=tip, by=kim.officer),
        lambda: actions.park(tip=tip, by=kim.officer, until=date(2099, 1, 1)),
    ):
        with pytest.raises(Refused, match="closed"):
            act()


def test_opening_shows_everything_and_says_so_in_the_trail(kim: Person) -> None:
    page = receipts.new_idempotency_key()
    receipt = send(page, what_happened="The story.")
    tip, twin = tip_of(receipt), tip_of(send(page, what_happened="The story, again."))
    actions.receive_message(
        code=receipt.code or "",
        message="More.",
        photos=[b"x"],
        idempotency_key=receipts.new_idempotency_key(),
    )
    actions.note(tip=tip, by=kim.officer, text="A note.")
    opened = actions.open_tip(tip=tip, by=kim.officer, keys=kim.keys)
    assert opened.fields
    assert opened.fields["what_happened"] == "The story."
    assert [(line.text, line.photos) for line in opened.messages] == [("More.", (1,))]
    assert [line.text for line in opened.notes] == ["A note."]
    assert opened.photos == (1,)
    assert opened.same_page == (twin,)
    event = Event.objects.get(verb="opened")
    assert (event.by, event.reference, event.count) == ("kim", tip.reference, 1)


def test_a_tip_that_these_keys_do_not_open_is_no_error(tip: Tip, kim: Person) -> None:
    opened = actions.open_tip(tip=tip, by=kim.officer, keys=ANOTHER_DESKS)
    assert opened.fields is None


def test_nothing_is_shown_when_the_trail_cannot_be_written(
    tip: Tip, kim: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[object] = []
    monkeypatch.setattr(Keyring, "open_json", lambda *given: opened.append(given))
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE tips_event ADD CONSTRAINT no_room CHECK (verb <> 'opened') NOT VALID"
        )
    with pytest.raises(DatabaseError):
        actions.open_tip(tip=tip, by=kim.officer, keys=kim.keys)
    assert not opened


def test_a_restricted_tip_is_the_supervisors_alone(sam: Person, kim: Person) -> None:
    tip = tip_of(send(official_involved="yes"))
    assert actions.visible_tip(pk=tip.pk, by=sam.officer) == tip
    assert actions.visible_tip(pk=tip.pk, by=kim.officer) is None
    assert list(Event.objects.filter(verb="refused").values_list("by", "reference")) == [
        ("kim", tip.reference)
    ]
    assert not Tip.objects.visible_to(kim.officer).exists()


@pytest.mark.parametrize(
    "act",
    [
        lambda tip, by: actions.close(
            tip=tip, by=by, outcome="helped", stamp=Stamp(tip.version_token)
        ),
        lambda tip, by: actions.reply(tip=tip, by=by, text="Thank you.", wait=True),
    ],
    ids=["close", "reply"],
)
def test_an_answer_that_came_meanwhile_must_be_read_first(kim: Person, act: Any) -> None:
    receipt = send()
    tip = tip_of(receipt)
    actions.take(tip=tip, by=kim.officer)
    actions.open_tip(tip=now(tip), by=kim.officer, keys=kim.keys)
    actions.receive_message(
        code=receipt.code or "",
        message="She is in danger now.",
        photos=[],
        idempotency_key=receipts.new_idempotency_key(),
    )
    with pytest.raises(Refused, match="read it first"):
        act(now(tip), kim.officer)
    assert turn(tip) == (Turn.OWNER, "wrote")
    actions.open_tip(tip=now(tip), by=kim.officer, keys=kim.keys)
    act(now(tip), kim.officer)
    assert turn(tip) != (Turn.OWNER, "wrote")


def test_reading_an_answer_is_not_answering_it(kim: Person) -> None:
    receipt = send()
    tip = tip_of(receipt)
    actions.take(tip=tip, by=kim.officer)
    actions.receive_message(
        code=receipt.code or "",
        message="More.",
        photos=[],
        idempotency_key=receipts.new_idempotency_key(),
    )
    since = now(tip).turn_since
    actions.open_tip(tip=now(tip), by=kim.officer, keys=kim.keys)
    assert (turn(tip), now(tip).turn_since) == ((Turn.OWNER, "wrote"), since)


def test_what_did_not_open_is_not_called_read(kim: Person) -> None:
    receipt = send()
    tip = tip_of(receipt)
    actions.take(tip=tip, by=kim.officer)
    actions.open_tip(tip=now(tip), by=kim.officer, keys=ANOTHER_DESKS)
    read = conversation.read(receipt.code or "")
    assert read
    assert read.entries[0].read_at is None
    assert verbs(tip)[-1] == "refused"


def test_a_tip_whose_code_is_no_key_refuses_a_reply(tip: Tip, kim: Person) -> None:
    Tip.objects.update(citizen_key=bytes(32))
    with pytest.raises(Refused, match="cannot be written to"):
        actions.reply(tip=tip, by=kim.officer, text="Hello")
