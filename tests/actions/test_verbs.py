"""What each verb writes, column by column, and that it writes nothing without its event."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from tests.cast import Person, hire, send, tip_of
from tips import actions
from tips.actions import Refused, Stamp
from tips.actions.words import LONGEST_TEXT
from tips.admin.triage.verbs import VERBS
from tips.crypto import associated_data, receipts, sealing
from tips.models import Alarm, Event, Message, Note, Officer, Photo, Recusal, Tip, TipLink

Act = Callable[[Tip, Officer], None]
ACTS: dict[str, Act] = {
    "take": lambda tip, by: actions.take(tip=tip, by=by),
    "give": lambda tip, by: actions.give(tip=tip, by=by, to=by),
    "give_back": lambda tip, by: actions.give_back(tip=tip, by=by),
    "take_over": lambda tip, by: actions.take_over(tip=tip, by=by, reason="Dana is ill."),
    "wait": lambda tip, by: actions.wait(tip=tip, by=by),
    "reply": lambda tip, by: actions.reply(tip=tip, by=by, text="Are you safe?"),
    "note": lambda tip, by: actions.note(tip=tip, by=by, text="Called."),
    "translate": lambda tip, by: actions.note(tip=tip, by=by, text="No way out.", into="en"),
    "transcribe": lambda tip, by: actions.transcribe(tip=tip, by=by, text="They moved him."),
    "not_same": lambda tip, by: actions.not_same(tip=tip, by=by, other=another_reference(tip)),
    "maybe_same": lambda tip, by: actions.maybe_same(tip=tip, by=by, other=another_reference(tip)),
    "raise": lambda tip, by: actions.raise_urgency(tip=tip, by=by),
    "park": lambda tip, by: actions.park(tip=tip, by=by, until=date(2099, 1, 1)),
    "unpark": lambda tip, by: actions.unpark(tip=tip, by=by),
    "lower": lambda tip, by: actions.lower_urgency(tip=tip, by=by, reason="She is safe."),
    "close": lambda tip, by: actions.close(tip=tip, by=by, outcome="helped"),
    "duplicate": lambda tip, by: actions.close(
        tip=tip, by=by, outcome="duplicate", duplicate_of=another_reference(tip)
    ),
    "reopen": lambda tip, by: actions.reopen(tip=tip, by=by, reason="She wrote again."),
    "unlink": lambda tip, by: actions.unlink(tip=tip, by=by, reference=another_reference(tip)),
    "undo": lambda tip, by: actions.undo(tip=tip, by=by),
    "recuse": lambda tip, by: actions.recuse(tip=tip, by=by),
    "readmit": lambda tip, by: actions.readmit(
        tip=tip, by=supervisor(), who=recused(tip), reason="Another family."
    ),
    "restrict": lambda tip, by: actions.restrict(tip=tip, by=by),
    "unrestrict": lambda tip, by: actions.unrestrict(tip=tip, by=supervisor(), reason="No."),
    "hold": lambda tip, by: actions.hold(tip=tip, by=by, reason="For the court."),
    "release": lambda tip, by: actions.release(tip=tip, by=supervisor(), reason="It is over."),
    "lock_photo": lambda tip, by: actions.lock_photo(tip=tip, by=by, number=1) and None,
    "unlock_photo": lambda tip, by: actions.unlock_photo(
        tip=tip, by=supervisor(), number=1, reason="It shows adults."
    ),
}
WITHOUT_ALARM = {"take", "take_over", "give", "give_back", "reply", "close", "duplicate"}
# How a tip must be so that a verb fits; else as it came.
BEFORE: dict[str, dict[str, object]] = {
    "give_back": {"owner": "kim", "status": "active"},
    "take_over": {"owner": "sam", "status": "active"},
    "wait": {"owner": "kim", "status": "active"},
    "park": {"owner": "kim", "status": "active"},
    "unpark": {"owner": "kim", "status": "parked", "turn_until": date(2099, 1, 1)},
    "lower": {"urgency": Tip.Urgency.DANGER},
    "reopen": {"status": "closed", "outcome": "helped", "closed_on": timezone.localdate()},
    "unrestrict": {"restricted": True},
    "release": {"held_by": "dana", "held_at": timezone.now()},
}
LONG_AGO = timezone.now() - timedelta(hours=5, minutes=30)


@pytest.fixture
def tip(sam: Person) -> Tip:
    return tip_of(send())


def another_reference(tip: Tip) -> str:
    return Tip.objects.exclude(pk=tip.pk).get().reference or ""


def supervisor() -> Officer:
    return Officer.objects.filter(role="supervisor").earliest("joined_at")


def recused(tip: Tip) -> Officer:
    return Officer.objects.get(recusals__tip=tip)


def fit_for(tip: Tip, name: str) -> Tip:
    """The tip, made fit for this act, beside another one."""
    other = tip_of(send(what_happened="The same van."))
    columns = dict(BEFORE.get(name, {}))
    if owner := columns.pop("owner", None):
        of_role = {"kim": "officer", "sam": "supervisor"}[str(owner)]
        columns["owner"] = Officer.objects.get(role=of_role)
    if columns:
        Tip.objects.filter(pk=tip.pk).update(**columns)
    if name == "wait":
        Message.objects.create(tip=tip, number=1, from_desk=True, by="kim")
    if name == "unlink":
        TipLink.objects.create(tip=tip, other=other, kind="duplicate")
    if name == "maybe_same":
        TipLink.objects.create(tip=tip, other=other, kind="not_same")
    if name == "readmit":
        lee = Officer.objects.create(username="lee", role="officer")
        Recusal.objects.create(tip=tip, officer=lee)
    if name in ("lock_photo", "unlock_photo"):
        message = Message.objects.create(tip=tip, number=1, from_desk=False)
        locked = timezone.now() if name == "unlock_photo" else None
        Photo.objects.create(tip=tip, message=message, number=1, locked_at=locked, sealed=b"x")
    if name == "undo":
        actions.raise_urgency(tip=tip, by=Officer.objects.get(username="kim"))
        Alarm.objects.filter(tip=tip).update(urgent=False)
    return now(tip)


def now(tip: Tip) -> Tip:
    return Tip.objects.get(pk=tip.pk)


def newest_event(tip: Tip) -> Event:
    return Event.objects.exclude(verb="received").get(tip_id=tip.pk)


def everything(tip: Tip) -> list[object]:
    models = (Alarm, Message, Note, Photo, Recusal, TipLink)
    rows = (model.objects.filter(tip=tip).values() for model in models)
    return [Tip.objects.values().get(pk=tip.pk), [list(each) for each in rows]]


def test_every_verb_of_the_desk_is_played_here() -> None:
    assert {name.split()[0] for name in ACTS} - {"duplicate"} | {"same_as", "junk"} == set(
        VERBS
    )  # close, with less to say


@pytest.mark.parametrize("name", ACTS)
def test_no_verb_changes_a_tip_without_its_event(tip: Tip, kim: Person, name: str) -> None:
    tip = fit_for(tip, name)
    before = everything(tip)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no check is pending any more
        cursor.execute("ALTER TABLE tips_event ADD CONSTRAINT no_room CHECK (verb = '') NOT VALID")
    with pytest.raises(DatabaseError, match="no_room"):
        ACTS[name](tip, kim.officer)
    assert everything(tip) == before


@pytest.mark.parametrize("name", ACTS)
def test_an_alarm_ends_when_somebody_deals_with_the_tip(tip: Tip, kim: Person, name: str) -> None:
    ACTS[name](fit_for(tip, name), kim.officer)
    assert Alarm.objects.filter(tip=tip).exists() == (name not in WITHOUT_ALARM)


@pytest.mark.parametrize("name", ["take", "wait", "park", "give", "raise"])
def test_the_event_of_a_plain_verb_says_who_and_nothing_else(
    tip: Tip, kim: Person, name: str
) -> None:
    ACTS[name](fit_for(tip, name), kim.officer)
    event = newest_event(tip)
    assert (event.by, event.reference) == ("kim", tip.reference)
    assert event.about == ("kim" if name == "give" else "")
    assert (event.reason, event.reason_digest, event.once, event.count) == (None, None, None, None)


def test_a_reason_is_sealed_and_its_digest_outlives_it(tip: Tip, kim: Person) -> None:
    key = receipts.new_idempotency_key()
    actions.raise_urgency(tip=tip, by=kim.officer, stamp=Stamp(once=key))
    event = newest_event(tip)
    assert bytes(event.once or b"") == sealing.digest("kts once", key.encode())
    actions.close(tip=tip, by=kim.officer, outcome="elsewhere", reason=" An empty house. ")
    event = Event.objects.get(verb="closed")
    opened = kim.keys.open_json(event.reason or b"", associated_data.of_reason(event.pk))
    assert opened == {"text": "An empty house."}
    assert bytes(event.reason_digest or b"") == sealing.digest(
        "kts reason", bytes(event.reason or b"")
    )
    assert event.about == "elsewhere"


@pytest.mark.parametrize(
    ("name", "cause", "status"),
    [
        ("take", "taken", "active"),
        ("give", "given", "active"),
        ("give_back", "returned", "active"),
        ("take_over", "taken", "active"),
        ("unpark", "parked", "active"),
        ("wait", "asked", "asked"),
        ("reply", "answered", "active"),
        ("park", "parked", "parked"),
        ("reopen", "reopened", "active"),
    ],
)
def test_whose_turn_it_is_since_this_minute(
    tip: Tip, kim: Person, name: str, cause: str, status: str
) -> None:
    tip = fit_for(tip, name)
    Tip.objects.update(turn_since=LONG_AGO)
    ACTS[name](tip, kim.officer)
    row = now(tip)
    assert (row.turn_cause, row.status) == (cause, status)
    assert row.turn_since
    assert (row.turn_since.second, row.turn_since.microsecond) == (0, 0)
    assert abs(timezone.now() - row.turn_since) < timedelta(minutes=30)
    days = {"asked": timezone.localdate() + timedelta(days=14), "parked": date(2099, 1, 1)}
    assert row.turn_until == days.get(status)


def test_hours_are_counted_once(tip: Tip, kim: Person, dana: Person) -> None:
    Tip.objects.update(received_at=LONG_AGO)
    actions.open_tip(tip=now(tip), by=kim.officer, keys=kim.keys)
    actions.take(tip=tip, by=kim.officer)
    actions.close(tip=tip, by=kim.officer, outcome="helped")
    row = now(tip)
    assert (row.hours_to_open, row.hours_to_take, row.hours_to_close) == (5, 5, 5)
    assert row.closed_on == timezone.localdate()
    Tip.objects.update(received_at=LONG_AGO - timedelta(hours=10))
    actions.reopen(tip=tip, by=kim.officer, reason="A new answer.")
    assert now(tip).closed_on is None
    actions.give_back(tip=tip, by=kim.officer)
    actions.open_tip(tip=now(tip), by=dana.officer, keys=dana.keys)
    actions.take(tip=tip, by=dana.officer)
    actions.give(tip=tip, by=dana.officer, to=kim.officer)
    actions.close(tip=tip, by=kim.officer, outcome="helped")
    row = now(tip)
    assert (row.hours_to_open, row.hours_to_take, row.hours_to_close) == (5, 5, 5)


def test_giving_takes_it_too(tip: Tip, kim: Person) -> None:
    Tip.objects.update(received_at=LONG_AGO)
    actions.give(tip=tip, by=kim.officer, to=kim.officer)
    assert now(tip).hours_to_take == 5


def test_nobody_takes_over_by_giving_to_themselves_nor_moves_a_clock_by_giving_to_its_owner(
    tip: Tip, kim: Person, dana: Person
) -> None:
    actions.take(tip=tip, by=dana.officer)
    Tip.objects.update(turn_since=LONG_AGO)
    with pytest.raises(Refused, match="take it over, and say why"):
        actions.give(tip=tip, by=kim.officer, to=kim.officer)
    with pytest.raises(Refused, match="dana has it"):
        actions.give(tip=tip, by=kim.officer, to=dana.officer)
    assert (now(tip).owner, now(tip).turn_since) == (dana.officer, LONG_AGO)


def test_an_answer_nobody_dealt_with_is_given_along(tip: Tip, kim: Person, dana: Person) -> None:
    Tip.objects.update(turn_cause="wrote", turn_since=LONG_AGO, status="active")
    actions.give(tip=tip, by=kim.officer, to=dana.officer)
    assert (now(tip).turn_cause, now(tip).turn_since) == ("wrote", LONG_AGO)


def test_an_inactive_officer_gets_no_tip(tip: Tip, sam: Person, kim: Person) -> None:
    Officer.objects.filter(pk=kim.officer.pk).update(is_active=False)
    gone = Officer.objects.get(pk=kim.officer.pk)
    with pytest.raises(Refused, match="kim cannot open"):
        actions.give(tip=tip, by=sam.officer, to=gone)
    assert now(tip).owner is None


def test_only_what_an_owner_may_not_open_any_more_is_given_back(
    sam: Person, kim: Person, dana: Person
) -> None:
    plain, restricted, closed, others = (
        tip_of(send(what_happened=text, danger_now=danger))
        for text, danger in (("a", "yes"), ("b", "yes"), ("c", ""), ("d", ""))
    )
    for tip in (plain, restricted, closed):
        actions.take(tip=tip, by=kim.officer)
    actions.take(tip=others, by=dana.officer)
    actions.close(tip=closed, by=kim.officer, outcome="helped")
    Tip.objects.filter(pk__in=(restricted.pk, others.pk)).update(restricted=True)
    Alarm.objects.all().delete()

    def owners() -> list[str]:
        rows = (now(tip).owner for tip in (plain, restricted, closed, others))
        return [owner.username if owner else "" for owner in rows]

    actions.give_back_all_of(owner=kim.officer, by=sam.officer)
    assert owners() == ["kim", "", "kim", "dana"]
    assert [alarm.tip for alarm in Alarm.objects.all()] == [restricted]
    Officer.objects.filter(pk=kim.officer.pk).update(is_active=False)
    actions.give_back_all_of(owner=Officer.objects.get(pk=kim.officer.pk), by=sam.officer)
    assert owners() == ["", "", "", "dana"]
    assert Alarm.objects.count() == 2


def test_raising_alarms_everybody_but_its_own_owner(tip: Tip, kim: Person, dana: Person) -> None:
    Alarm.objects.all().delete()
    actions.take(tip=tip, by=kim.officer)
    actions.raise_urgency(tip=now(tip), by=kim.officer)
    assert not Alarm.objects.exists()
    with pytest.raises(Refused):
        actions.raise_urgency(tip=now(tip), by=dana.officer)
    actions.lower_urgency(tip=now(tip), by=kim.officer, reason="Police were there.")
    assert not Alarm.objects.filter(urgent=True).exists()
    actions.raise_urgency(tip=now(tip), by=dana.officer)
    alarm = Alarm.objects.get()
    assert (alarm.tip, alarm.urgent) == (tip, True)
    assert (alarm.since.second, alarm.since.microsecond, alarm.since) == (0, 0, alarm.due_at)


def test_raising_begins_an_alarm_that_rings_already_anew_as_an_urgent_one(
    tip: Tip, kim: Person
) -> None:
    before, day = timezone.now(), timedelta(days=1)
    Alarm.objects.update(urgent=False, since=before - day, step=3, due_at=before + day)
    actions.raise_urgency(tip=tip, by=kim.officer)
    alarm = Alarm.objects.get()
    assert (alarm.urgent, alarm.step, alarm.due_at) == (True, 0, alarm.since)
    assert alarm.since > before - timedelta(minutes=1)


def test_only_an_urgent_tip_is_lowered(tip: Tip, kim: Person) -> None:
    with pytest.raises(Refused):
        actions.lower_urgency(tip=tip, by=kim.officer, reason="It never was.")
    Tip.objects.update(urgency=0, for_self=True)
    actions.lower_urgency(tip=now(tip), by=kim.officer, reason="She is safe.")
    assert now(tip).urgency == 1


def test_today_is_no_day_that_is_past(tip: Tip, kim: Person) -> None:
    actions.take(tip=tip, by=kim.officer)
    actions.park(tip=tip, by=kim.officer, until=timezone.localdate())
    assert (now(tip).status, now(tip).turn_until) == ("parked", timezone.localdate())
    actions.unpark(tip=now(tip), by=kim.officer)
    assert (now(tip).status, now(tip).turn_until) == ("active", None)
    with pytest.raises(Refused, match="past"):
        actions.park(tip=tip, by=kim.officer, until=timezone.localdate() - timedelta(days=1))


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


def test_a_duplicate_is_of_a_tip_that_its_officer_may_open(tip: Tip, sam: Person) -> None:
    lee = hire("lee", "officer", sam)
    other = tip_of(send(official_involved="yes"))
    same = {"outcome": "duplicate", "duplicate_of": f"\0{other.reference}"}
    with pytest.raises(Refused, match=f"There is no tip {other} that you may open"):
        actions.close(tip=tip, by=lee.officer, **same)
    for _ in range(2):  # closed, opened and closed again: linked once
        actions.close(tip=tip, by=sam.officer, **same)
        actions.reopen(tip=tip, by=sam.officer, reason="Not the same after all.")
    assert TipLink.objects.get().other == other


def test_a_duplicate_of_a_duplicate_names_the_first_and_no_two_name_each_other(
    tip: Tip, sam: Person
) -> None:
    second, third, fourth = (tip_of(send()) for _ in range(3))

    def repeats(one: Tip, other: Tip) -> None:
        reference = str(other.reference)
        actions.close(tip=one, by=sam.officer, outcome="duplicate", duplicate_of=reference)

    repeats(second, tip)
    repeats(third, second)
    assert TipLink.objects.get(tip=third).other == tip
    with pytest.raises(Refused, match=f"{third.reference} is closed as a duplicate of this one"):
        repeats(tip, third)
    assert now(tip).is_open
    repeats(tip, fourth)
    fifth = tip_of(send())
    repeats(fifth, third)
    assert TipLink.objects.get(tip=fifth).other == fourth


def test_a_tip_that_is_not_closed_is_not_opened_again(tip: Tip, kim: Person) -> None:
    with pytest.raises(Refused):
        actions.reopen(tip=tip, by=kim.officer, reason="It is open.")
    assert now(tip).status == "new"


def test_who_comes_second_is_told_what_the_tip_has_become(
    tip: Tip, kim: Person, dana: Person
) -> None:
    actions.take(tip=tip, by=kim.officer)
    said = r"it is active and {}\. Nothing was done"
    with pytest.raises(Refused, match=said.format("you have it")):
        actions.take(tip=tip, by=kim.officer)
    with pytest.raises(Refused, match=said.format("kim has it")):
        actions.take(tip=tip, by=dana.officer)
    seen = now(tip).version_token
    actions.give_back(tip=tip, by=kim.officer)
    with pytest.raises(Refused, match=said.format("nobody has it")):
        actions.unpark(tip=tip, by=dana.officer, stamp=Stamp(seen))


def test_whose_words_crossed_ours_is_said(sam: Person, kim: Person, dana: Person) -> None:
    receipt = send()
    tip = tip_of(receipt)
    seen = tip.version_token
    actions.reply(tip=tip, by=dana.officer, text="Are you safe?")
    with pytest.raises(Refused, match="dana has answered meanwhile"):
        actions.reply(tip=tip, by=kim.officer, text="Hello.", stamp=Stamp(seen))
    actions.receive_message(
        code=receipt.code or "",
        message="Yes.",
        photos=[],
        idempotency_key=receipts.new_idempotency_key(),
    )
    with pytest.raises(Refused, match=r"^The citizen has written meanwhile\. Nothing was done"):
        actions.unpark(tip=tip, by=kim.officer, stamp=Stamp(seen))
    seen = now(tip).version_token
    actions.raise_urgency(tip=tip, by=dana.officer)
    with pytest.raises(Refused, match="it is active, urgent and dana has it"):
        actions.unpark(tip=tip, by=kim.officer, stamp=Stamp(seen))
    seen = now(tip).version_token
    actions.lower_urgency(tip=now(tip), by=dana.officer, reason="She is safe.")
    actions.restrict(tip=tip, by=sam.officer)
    said = "it is active, not urgent any more, restricted and nobody has it"
    with pytest.raises(Refused, match=said):
        actions.unpark(tip=tip, by=kim.officer, stamp=Stamp(seen))


def test_another_day_until_which_it_waits_is_said(tip: Tip, kim: Person) -> None:
    actions.take(tip=tip, by=kim.officer)
    actions.park(tip=tip, by=kim.officer, until=date(2099, 1, 1))
    seen = now(tip).version_token
    actions.park(tip=tip, by=kim.officer, until=date(2099, 2, 3))
    with pytest.raises(Refused, match="it is parked until 3 February and kim has it"):
        actions.unpark(tip=tip, by=kim.officer, stamp=Stamp(seen))


NAMING: dict[str, Callable[[Tip, Officer, str], object]] = {
    "close": lambda tip, by, other: actions.close(
        tip=tip, by=by, outcome="duplicate", duplicate_of=other
    ),
    "not_same": lambda tip, by, other: actions.not_same(tip=tip, by=by, other=other),
    "maybe_same": lambda tip, by, other: actions.maybe_same(tip=tip, by=by, other=other),
}


@pytest.mark.parametrize("act", NAMING)
def test_of_another_tip_that_was_named_wrongly_the_true_reason_is_said(
    tip: Tip, kim: Person, act: str
) -> None:
    hidden = tip_of(send(official_involved="yes"))
    for typed, said in (
        ("", r"reference, like KD-4821\."),
        ("the white van", r"reference, like KD-4821\."),
        (f"#{str(hidden).lower()}", f"There is no tip {hidden} that you may open"),
        ("kd 4821", "There is no tip KD-4821 that you may open"),
        (str(tip), f"{tip} is this tip itself"),
    ):
        with pytest.raises(Refused, match=said):
            NAMING[act](tip, kim.officer, typed)


@pytest.mark.parametrize("seen", ["x", "...", "new.2...0.0." + "9" * 5000, "🙂" * 7])
def test_an_odd_token_is_a_form_from_before(tip: Tip, kim: Person, seen: str) -> None:
    with pytest.raises(Refused, match="This tip has changed: it is new"):
        actions.take(tip=tip, by=kim.officer, stamp=Stamp(seen))


def test_only_opening_this_tip_oneself_is_reading_it(
    sam: Person, kim: Person, dana: Person
) -> None:
    receipt, other = send(), send(what_happened="Another.")
    for each in (receipt, other):
        actions.receive_message(
            code=each.code or "",
            message="More.",
            photos=[],
            idempotency_key=receipts.new_idempotency_key(),
        )
    tip = tip_of(receipt)
    actions.open_tip(tip=tip_of(other), by=kim.officer, keys=kim.keys)
    actions.open_tip(tip=tip, by=dana.officer, keys=dana.keys)
    Event.objects.record("photo", tip=tip, by=kim.officer, count=9)
    actions.take(tip=tip, by=kim.officer)
    with pytest.raises(Refused, match="read it first"):
        actions.close(tip=tip, by=kim.officer, outcome="helped")
    actions.open_tip(tip=tip, by=kim.officer, keys=kim.keys)
    actions.close(tip=tip, by=kim.officer, outcome="helped")


def test_a_restricted_tip_is_not_given_to_who_opens_others(
    tip: Tip, sam: Person, kim: Person
) -> None:
    send(what_happened="A plain one.")
    Tip.objects.filter(pk=tip.pk).update(restricted=True)
    with pytest.raises(Refused, match="kim cannot open"):
        actions.give(tip=tip, by=sam.officer, to=kim.officer)


def test_all_tips_are_given_back_or_none(sam: Person, kim: Person) -> None:
    first, second = (tip_of(send(what_happened=text)) for text in "ab")
    Tip.objects.update(owner=kim.officer, status="active")
    Officer.objects.filter(pk=kim.officer.pk).update(is_active=False)
    last = Tip.objects.open().filter(owner=kim.officer).last() or second
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE tips_event ADD CONSTRAINT no_room CHECK (reference <> %s) NOT VALID",
            [last.reference],
        )
    with pytest.raises(DatabaseError):
        actions.give_back_all_of(owner=Officer.objects.get(pk=kim.officer.pk), by=sam.officer)
    assert {now(tip).owner for tip in (first, second)} == {kim.officer}


def test_a_parked_tip_waits_for_its_citizen_and_a_waiting_one_does_not_again(
    tip: Tip, kim: Person
) -> None:
    actions.reply(tip=tip, by=kim.officer, text="Where?")
    actions.park(tip=tip, by=kim.officer, until=date(2099, 1, 1))
    actions.wait(tip=now(tip), by=kim.officer)
    assert now(tip).status == "asked"
    with pytest.raises(Refused):
        actions.wait(tip=now(tip), by=kim.officer)


@pytest.mark.parametrize(
    ("table", "name"), [("message", "reply"), ("alarm", "raise"), ("note", "note")]
)
def test_what_cannot_be_stored_leaves_neither_change_nor_event(
    tip: Tip, kim: Person, table: str, name: str
) -> None:
    before, events = everything(tip), Event.objects.count()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no check is pending any more
        cursor.execute(
            f"ALTER TABLE tips_{table} ADD CONSTRAINT no_room CHECK (tip_id IS NULL) NOT VALID"
        )
    with pytest.raises(DatabaseError):
        ACTS[name](tip, kim.officer)
    assert (everything(tip), Event.objects.count()) == (before, events)


def test_what_is_missing_is_said(tip: Tip, kim: Person) -> None:
    by = kim.officer
    for act, sentence in (
        (lambda: actions.reply(tip=tip, by=by, text=""), "Write an answer first; nothing was"),
        (lambda: actions.note(tip=tip, by=by, text=""), "Write a note first; nothing was added"),
        (lambda: actions.lower_urgency(tip=tip, by=by, reason=""), "Say why it is not urgent"),
        (lambda: actions.reopen(tip=tip, by=by, reason=""), "Say why it is opened again"),
    ):
        with pytest.raises(Refused, match=f"^{sentence}"):
            act()


def test_a_note_is_added_to_whatever_the_tip_has_become(tip: Tip, kim: Person) -> None:
    seen = tip.version_token
    actions.take(tip=tip, by=kim.officer)
    actions.note(tip=tip, by=kim.officer, text="Called.", stamp=Stamp(seen))
    event = Event.objects.get(verb="noted")
    assert (event.by, event.tip_id, event.reference) == ("kim", tip.pk, tip.reference)


def test_a_tip_that_waits_is_closed_with_or_without_a_reason(tip: Tip, kim: Person) -> None:
    actions.take(tip=tip, by=kim.officer)
    for reason in ("", "  "):
        actions.park(tip=tip, by=kim.officer, until=date(2099, 1, 1))
        actions.close(tip=now(tip), by=kim.officer, outcome="helped", reason=reason)
        assert now(tip).turn_until is None
        actions.reopen(tip=now(tip), by=kim.officer, reason="Not yet.")
    actions.close(tip=now(tip), by=kim.officer, outcome="helped")
    assert [event.reason for event in Event.objects.filter(verb="closed")] == [None] * 3


def test_the_reason_of_opening_again_is_kept(tip: Tip, kim: Person) -> None:
    actions.close(tip=tip, by=kim.officer, outcome="helped", reason="Done.")
    actions.reopen(tip=tip, by=kim.officer, reason="She wrote again.")
    event = Event.objects.get(verb="reopened")
    opened = kim.keys.open_json(event.reason or b"", associated_data.of_reason(event.pk))
    assert opened == {"text": "She wrote again."}
