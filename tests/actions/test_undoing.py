"""A decision taken back: row, order and clock as they were, or a refusal that says why."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from tests.admin.desk import with_photos
from tests.cast import Person, send, tip_of, write
from tips import actions
from tips.access import accounts
from tips.actions import AlreadyDone, Refused, Stamp
from tips.crypto import receipts
from tips.models import Alarm, Event, Officer, Tip, TipLink

Act = Callable[[Tip, Officer], Any]
DECISIONS: dict[str, Act] = {
    "take": lambda tip, by: actions.take(tip=tip, by=by),
    "give": lambda tip, by: actions.give(tip=tip, by=by, to=Officer.objects.get(username="dana")),
    "raise": lambda tip, by: actions.raise_urgency(tip=tip, by=by),
    "close": lambda tip, by: actions.close(tip=tip, by=by, outcome="helped"),
    "junk": lambda tip, by: actions.close(tip=tip, by=by, outcome="junk", reason="Advertising."),
    "duplicate": lambda tip, by: actions.close(
        tip=tip, by=by, outcome="duplicate", duplicate_of=str(Tip.objects.exclude(pk=tip.pk).get())
    ),
}
OF_ITS_OWNER: dict[str, Act] = {
    "give_back": lambda tip, by: actions.give_back(tip=tip, by=by),
    "park": lambda tip, by: actions.park(tip=tip, by=by, until=date(2099, 1, 1)),
}


@pytest.fixture
def receipt(sam: Person, dana: Person) -> actions.Receipt:
    return send()


@pytest.fixture
def tip(receipt: actions.Receipt) -> Tip:
    send(what_happened="The same van.")
    Tip.objects.update(turn_since=timezone.now() - timedelta(hours=5))
    return tip_of(receipt)


def now(tip: Tip) -> Tip:
    return Tip.objects.get(pk=tip.pk)


def state(tip: Tip) -> list[Any]:
    alarms = set(Alarm.objects.values_list("tip", "urgent"))
    links = set(TipLink.objects.values_list("tip", "other", "kind"))
    queue = list(Tip.objects.open().order_by("urgency", "since", "id").values_list("pk", flat=True))
    return [Tip.objects.values().get(pk=tip.pk), alarms, links, queue]


@pytest.mark.parametrize("name", [*DECISIONS, *OF_ITS_OWNER])
@pytest.mark.parametrize("danger", ["", "yes"])
def test_undo_puts_back_row_order_clock_link_and_alarm(
    tip: Tip, kim: Person, name: str, danger: str
) -> None:
    if danger:
        Tip.objects.filter(pk=tip.pk).update(danger="yes", urgency=0)
        Alarm.objects.filter(tip=tip).update(urgent=True)
        if name in ("raise", "junk"):
            return
    if name in OF_ITS_OWNER:
        actions.take(tip=tip, by=kim.officer)
        Tip.objects.filter(pk=tip.pk).update(turn_since=timezone.now() - timedelta(hours=2))
    before = state(tip)
    (DECISIONS | OF_ITS_OWNER)[name](now(tip), kim.officer)
    assert state(tip) != before
    actions.undo(tip=now(tip), by=kim.officer)
    assert state(tip) == before
    undone = Event.objects.filter(verb="undone", tip_id=tip.pk).get()
    assert (undone.by, undone.reference) == ("kim", tip.reference)
    with pytest.raises(Refused, match="cannot be undone any more"):
        actions.undo(tip=now(tip), by=kim.officer)


def test_an_ended_alarm_begins_again_at_the_hour_of_arrival(tip: Tip, kim: Person) -> None:
    Alarm.objects.filter(tip=tip).update(since=timezone.now())
    actions.take(tip=tip, by=kim.officer)
    actions.undo(tip=now(tip), by=kim.officer)
    assert Alarm.objects.get(tip=tip).since == tip.received_at


def test_notes_and_events_stay_and_the_new_one_names_the_first(tip: Tip, kim: Person) -> None:
    actions.take(tip=tip, by=kim.officer)
    actions.note(tip=tip, by=kim.officer, text="Called.")
    assert actions.undo(tip=now(tip), by=kim.officer).verb == "taken"
    verbs = Event.objects.filter(tip_id=tip.pk).values_list("verb", "about")
    assert {("taken", ""), ("noted", ""), ("undone", "taken")} < set(verbs)


def test_nobody_undoes_what_another_did_or_what_was_done_long_ago(
    tip: Tip, kim: Person, dana: Person
) -> None:
    actions.take(tip=tip, by=kim.officer)
    with pytest.raises(Refused, match="cannot be undone"):
        actions.undo(tip=now(tip), by=dana.officer)
    with connection.cursor() as cursor:  # the trail itself can only be added to
        cursor.execute("ALTER TABLE tips_event DISABLE TRIGGER USER")
        cursor.execute("UPDATE tips_event SET at = at - interval '10 minutes'")
    with pytest.raises(Refused, match="cannot be undone"):
        actions.undo(tip=now(tip), by=kim.officer)
    assert now(tip).owner == kim.officer


def test_what_follows_another_decision_is_undone_to_that_one(tip: Tip, kim: Person) -> None:
    actions.reply(tip=tip, by=kim.officer, text="Where?")
    actions.raise_urgency(tip=tip, by=kim.officer)
    steps: tuple[Act, ...] = (
        lambda tip, by: actions.wait(tip=tip, by=by),
        lambda tip, by: actions.lower_urgency(tip=tip, by=by, reason="She is safe."),
        lambda tip, by: actions.reopen(tip=tip, by=by, reason="A new answer."),
    )
    for act in steps:
        if act is steps[-1]:
            actions.close(tip=now(tip), by=kim.officer, outcome="helped")
        before = state(tip)
        act(now(tip), kim.officer)
        actions.undo(tip=now(tip), by=kim.officer)
        assert state(tip) == before


def test_undoing_a_duplicate_takes_away_the_link_that_it_made_and_no_other(
    tip: Tip, kim: Person
) -> None:
    other, third = Tip.objects.exclude(pk=tip.pk).get(), tip_of(send(what_happened="A third."))
    for pair in ((third, other, "duplicate"), (tip, third, "duplicate"), (tip, other, "not_same")):
        TipLink.objects.create(tip=pair[0], other=pair[1], kind=pair[2])
    before = state(tip)
    actions.close(tip=tip, by=kim.officer, outcome="duplicate", duplicate_of=str(other))
    actions.undo(tip=now(tip), by=kim.officer)
    assert state(tip) == before


def test_undoing_a_duplicate_leaves_alone_what_its_author_decided_of_the_other_tip(
    tip: Tip, kim: Person
) -> None:
    other = Tip.objects.exclude(pk=tip.pk).get()
    actions.take(tip=other, by=kim.officer)
    actions.close(tip=tip, by=kim.officer, outcome="duplicate", duplicate_of=str(other))
    actions.undo(tip=now(tip), by=kim.officer)
    assert now(other).owner == kim.officer


@pytest.mark.parametrize("what", ["message", "raise", "answer", "give"])
def test_nothing_is_undone_once_anything_has_changed(
    receipt: actions.Receipt, tip: Tip, sam: Person, kim: Person, dana: Person, what: str
) -> None:
    actions.take(tip=tip, by=kim.officer)
    acts: dict[str, Callable[[], Any]] = {
        "message": lambda: write(receipt),
        "raise": lambda: actions.raise_urgency(tip=tip, by=dana.officer),
        "answer": lambda: actions.reply(tip=tip, by=kim.officer, text="Where?"),
        "give": lambda: actions.give(tip=tip, by=dana.officer, to=sam.officer),
    }
    acts[what]()
    with pytest.raises(Refused, match="cannot be undone"):
        actions.undo(tip=now(tip), by=kim.officer)
    assert now(tip).owner is not None


def test_the_alarm_of_a_photo_that_was_locked_is_not_undone(tip: Tip, sam: Person) -> None:
    photographed = with_photos()
    Tip.objects.filter(pk=photographed.pk).update(restricted=True)
    actions.take(tip=photographed, by=sam.officer)
    actions.give_back(tip=now(photographed), by=sam.officer)
    assert now(photographed).may_be_undone_by(sam.officer)
    actions.lock_photo(tip=now(photographed), by=sam.officer, number=1)
    with pytest.raises(Refused, match="cannot be undone"):
        actions.undo(tip=now(photographed), by=sam.officer)
    assert Alarm.objects.get(tip=photographed).urgent


def test_an_answer_is_not_undone(tip: Tip, kim: Person) -> None:
    actions.reply(tip=tip, by=kim.officer, text="Where?", wait=True)
    assert not now(tip).may_be_undone_by(kim.officer)


def test_pressed_twice_it_is_undone_once(tip: Tip, kim: Person) -> None:
    actions.take(tip=tip, by=kim.officer)
    stamp = Stamp(now(tip).version_token, receipts.new_idempotency_key())
    actions.undo(tip=now(tip), by=kim.officer, stamp=stamp)
    with pytest.raises(AlreadyDone):
        actions.undo(tip=now(tip), by=kim.officer, stamp=stamp)


def test_a_tip_does_not_go_back_to_who_cannot_open_it(
    tip: Tip, sam: Person, kim: Person, dana: Person
) -> None:
    actions.take(tip=tip, by=dana.officer)
    actions.take_over(tip=now(tip), by=kim.officer, reason="Dana is ill.")
    accounts.deactivate(officer=dana.officer, by=sam.officer, held=sam.held)
    with pytest.raises(Refused, match="cannot open it any more"):
        actions.undo(tip=now(tip), by=kim.officer)
    assert now(tip).owner == kim.officer
