"""How a tip ends, of which it is a copy, and how it is opened again."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from tests.cast import Person, hire, send, tip_of
from tips import actions
from tips.actions import Refused
from tips.crypto import associated_data
from tips.models import Alarm, Event, Officer, Tip, TipLink

LONG_AGO = timezone.now() - timedelta(hours=5, minutes=30)


@pytest.fixture
def tip(sam: Person) -> Tip:
    return tip_of(send())


def now(tip: Tip) -> Tip:
    return Tip.objects.get(pk=tip.pk)


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


def test_only_what_repeats_another_and_what_one_may_open_leads_to_the_first(
    tip: Tip, sam: Person, kim: Person
) -> None:
    copy, other, apart = (tip_of(send(what_happened=text)) for text in "abc")
    TipLink.objects.create(tip=apart, other=other, kind="duplicate")
    actions.not_same(tip=copy, by=sam.officer, other=str(other))
    actions.close(tip=copy, by=sam.officer, outcome="duplicate", duplicate_of=str(tip))
    for hidden, first in ((False, tip), (True, copy)):
        Tip.objects.filter(pk=tip.pk).update(restricted=hidden)
        again = tip_of(send())
        actions.close(tip=again, by=kim.officer, outcome="duplicate", duplicate_of=str(copy))
        assert TipLink.objects.get(tip=again).other == first


def test_copies_that_name_each_other_in_a_circle_end_somewhere(tip: Tip, kim: Person) -> None:
    one, other = (tip_of(send(what_happened=text)) for text in "ab")
    actions.close(tip=one, by=kim.officer, outcome="duplicate", duplicate_of=str(other))
    closed = {"status": "closed", "outcome": "duplicate", "closed_on": timezone.localdate()}
    Tip.objects.filter(pk=other.pk).update(**closed)
    TipLink.objects.create(tip=other, other=one, kind="duplicate")
    actions.close(tip=tip, by=kim.officer, outcome="duplicate", duplicate_of=str(one))
    assert TipLink.objects.get(tip=tip).other == other


def test_a_tip_that_is_not_closed_is_not_opened_again(tip: Tip, kim: Person) -> None:
    with pytest.raises(Refused):
        actions.reopen(tip=tip, by=kim.officer, reason="It is open.")
    assert now(tip).status == "new"


NAMING: dict[str, Callable[[Tip, Officer, str], object]] = {
    "close": lambda tip, by, other: actions.close(
        tip=tip, by=by, outcome="duplicate", duplicate_of=other
    ),
    "not_same": lambda tip, by, other: actions.not_same(tip=tip, by=by, other=other),
    "maybe_same": lambda tip, by, other: actions.maybe_same(tip=tip, by=by, other=other),
}


QUESTIONS = {
    "close": "Say which tip it repeats",
    "not_same": "Say which tip it is not",
    "maybe_same": "Say which tip it may be the same as",
}


@pytest.mark.parametrize("act", NAMING)
def test_of_another_tip_that_was_named_wrongly_the_true_reason_is_said(
    tip: Tip, kim: Person, act: str
) -> None:
    hidden = tip_of(send(official_involved="yes"))
    for typed, said in (
        ("", rf"^{QUESTIONS[act]}, by its reference, like KD-4821\."),
        ("the white van", r"reference, like KD-4821\."),
        (f"#{str(hidden).lower()}", f"There is no tip {hidden} that you may open"),
        ("kd 4821", "There is no tip KD-4821 that you may open"),
        (str(tip), f"{tip} is this tip itself"),
    ):
        with pytest.raises(Refused, match=said):
            NAMING[act](tip, kim.officer, typed)


def test_a_tip_that_waits_is_closed_with_or_without_a_reason(tip: Tip, kim: Person) -> None:
    actions.take(tip=tip, by=kim.officer)
    for reason in ("", "  "):
        actions.park(tip=tip, by=kim.officer, until=date(2099, 1, 1))
        actions.close(tip=now(tip), by=kim.officer, outcome="helped", reason=reason)
        assert now(tip).turn_until is None
        actions.reopen(tip=now(tip), by=kim.officer, reason="Not yet.")
    actions.close(tip=now(tip), by=kim.officer, outcome="helped")
    assert [event.reason for event in Event.objects.filter(verb="closed")] == [None] * 3


def test_an_urgent_tip_of_nobody_s_alarms_when_it_is_opened_again_or_stays_closed(
    kim: Person,
) -> None:
    calm, urgent = tip_of(send()), tip_of(send(danger_now="yes"))
    for tip in (calm, urgent):
        actions.close(tip=tip, by=kim.officer, outcome="helped")
        actions.reopen(tip=tip, by=kim.officer, reason="She wrote again.")
    assert [(alarm.tip, alarm.urgent) for alarm in Alarm.objects.all()] == [(urgent, True)]
    actions.close(tip=urgent, by=kim.officer, outcome="helped")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no check is pending any more
        cursor.execute(
            "ALTER TABLE tips_alarm ADD CONSTRAINT no_room CHECK (tip_id IS NULL) NOT VALID"
        )
    with pytest.raises(DatabaseError, match="no_room"):
        actions.reopen(tip=urgent, by=kim.officer, reason="She wrote again.")
    assert now(urgent).status == "closed"


def test_the_reason_of_opening_again_is_kept(tip: Tip, kim: Person) -> None:
    actions.close(tip=tip, by=kim.officer, outcome="helped", reason="Done.")
    actions.reopen(tip=tip, by=kim.officer, reason="She wrote again.")
    event = Event.objects.get(verb="reopened")
    opened = kim.keys.open_json(event.reason or b"", associated_data.of_reason(event.pk))
    assert opened == {"text": "She wrote again."}
