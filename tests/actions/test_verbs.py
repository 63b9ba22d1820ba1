"""What each verb writes, column by column, and that it writes nothing without its event."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from tests.cast import Person, send, tip_of
from tips import actions
from tips.actions import Refused, Stamp
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


def test_today_is_no_day_that_is_past(tip: Tip, kim: Person) -> None:
    actions.take(tip=tip, by=kim.officer)
    actions.park(tip=tip, by=kim.officer, until=timezone.localdate())
    assert (now(tip).status, now(tip).turn_until) == ("parked", timezone.localdate())
    actions.unpark(tip=now(tip), by=kim.officer)
    assert (now(tip).status, now(tip).turn_until) == ("active", None)
    with pytest.raises(Refused, match="past"):
        actions.park(tip=tip, by=kim.officer, until=timezone.localdate() - timedelta(days=1))


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
