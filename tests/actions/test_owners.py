"""Whose a tip becomes: given, given back, and from whom it is taken away."""

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from tests.cast import Person, hire, send, tip_of
from tips import actions
from tips.actions import Refused
from tips.models import Alarm, Event, Officer, Tip

LONG_AGO = timezone.now() - timedelta(hours=5, minutes=30)


@pytest.fixture
def tip(sam: Person) -> Tip:
    return tip_of(send())


def now(tip: Tip) -> Tip:
    return Tip.objects.get(pk=tip.pk)


def hours_ago(hours: int) -> datetime:
    return timezone.now() - timedelta(hours=hours, minutes=30)


def test_hours_are_counted_once(tip: Tip, kim: Person, dana: Person) -> None:
    Tip.objects.update(received_at=hours_ago(5))
    actions.open_tip(tip=now(tip), by=kim.officer, keys=kim.keys)
    actions.take(tip=tip, by=kim.officer)
    actions.close(tip=tip, by=kim.officer, outcome="helped")
    row = now(tip)
    assert (row.hours_to_open, row.hours_to_take, row.hours_to_close) == (5, 5, 5)
    assert row.closed_on == timezone.localdate()
    Tip.objects.update(received_at=hours_ago(15))
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
    Tip.objects.update(received_at=hours_ago(5))
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


def test_a_restricted_tip_is_not_given_to_who_opens_others(
    tip: Tip, sam: Person, kim: Person
) -> None:
    send(what_happened="A plain one.")
    Tip.objects.filter(pk=tip.pk).update(restricted=True)
    with pytest.raises(Refused, match="kim cannot open"):
        actions.give(tip=tip, by=sam.officer, to=kim.officer)


def test_giving_to_a_colleague_and_back_to_nobody(tip: Tip, kim: Person, dana: Person) -> None:
    actions.give(tip=tip, by=kim.officer, to=dana.officer)
    assert (now(tip).owner, now(tip).status) == (dana.officer, "active")
    actions.give_back(tip=tip, by=dana.officer)
    assert now(tip).owner is None
    assert now(tip).turn_cause == "returned"
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
