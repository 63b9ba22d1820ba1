"""A tip's trail on its page: how much of it, whose names are in it, and what it says of readers."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from tests.cast import Person, send, tip_of, write
from tips import actions
from tips.actions import OpenedTip, tip_trail
from tips.models import Event, Tip

HOUR = timedelta(hours=1)


def opened(tip: Tip, by: Person) -> OpenedTip:
    row = Tip.objects.select_related("alarm").get(pk=tip.pk)
    return actions.open_tip(tip=row, by=by.officer, keys=by.keys)


def shown(tip: Tip, by: Person) -> list[Event]:
    return [event for event, _reason in opened(tip, by).trail]


def test_it_comes_newest_first_two_hundred_long_and_with_its_beginning(
    tip: Tip, kim: Person
) -> None:
    at = timezone.now() + HOUR
    for n in range(205):
        Event.objects.record("noted", tip=tip, by=kim.officer, count=n, at=at + timedelta(n))
    Event.objects.record("noted", tip=tip_of(send()), by=kim.officer, count=999, at=at)
    trail = shown(tip, kim)
    assert [event.count for event in trail] == [*range(204, 4, -1), None]
    assert trail[-1].verb == "received"


def test_the_arrival_stands_before_what_else_came_in_its_hour(tip: Tip, kim: Person) -> None:
    for id in (UUID(int=0), UUID(int=2**128 - 1)):  # whatever the order of the rows
        Event.objects.record("message", tip=tip, id=id, at=tip.received_at)
    trail = shown(tip, kim)
    assert trail[-1].verb == "received"
    assert len(trail) == 4


def test_of_the_older_ones_those_stay_that_say_whose_it_was_how_it_ended_and_what_rang(
    tip: Tip, kim: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tip_trail, "AT_MOST", 2)
    stay = ("photo_locked", "copy_message", "closed", "taken")
    for hours, verb in enumerate((*stay, "noted", "given"), 1):  # the last stored the oldest
        Event.objects.record(verb, tip=tip, by=kim.officer, at=tip.received_at - hours * HOUR)
    page = opened(tip, kim)
    trail = [event.verb for event, _reason in page.trail]
    assert trail == ["opened", "received", *stay]
    assert page.trail_left_out


def test_it_says_that_older_ones_are_left_out_only_where_some_are(
    tip: Tip, kim: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tip_trail, "AT_MOST", 2)
    assert not opened(tip, kim).trail_left_out  # the arrival and this opening
    other = tip_of(send(what_happened="Another."))
    Event.objects.record("noted", tip=other, by=kim.officer, at=other.received_at - HOUR)
    assert opened(other, kim).trail_left_out


def test_a_tip_that_an_officer_may_not_open_is_not_named(
    tip: Tip, sam: Person, kim: Person
) -> None:
    hidden, plain = tip_of(send(official_involved="yes")), tip_of(send())
    verbs = ("copy_message", "raised", "unlinked", "not_same", "maybe_same")
    named = {(verb, about) for verb in verbs for about in (str(hidden), str(plain))}
    for verb, about in named | {("given", "dana")}:
        Event.objects.record(verb, tip=tip, by=sam.officer, about=about)
    about = {(event.verb, event.about) for event in shown(tip, kim) if event.about}
    assert about == {(verb, str(plain)) for verb in verbs} | {("given", "dana")}
    about = {(event.verb, event.about) for event in shown(tip, sam) if event.about}
    assert about == named | {("given", "dana")}


def test_what_came_since_one_opened_it_oneself_is_new(
    sent: actions.Receipt, tip: Tip, kim: Person, dana: Person
) -> None:
    def new(by: Person) -> list[bool]:
        return [line.is_new for line in opened(tip, by).messages]

    opened(tip, kim)
    write(sent)
    assert new(dana) == [False]  # to whom all of it is
    assert new(kim) == [True]
    write(sent, "And more.")
    assert new(dana) == new(kim) == [False, True]
    assert new(kim) == [False, False]


def test_whoever_else_opened_it_in_the_last_ten_minutes_is_named_once(
    tip: Tip, sam: Person, kim: Person, dana: Person
) -> None:
    now = timezone.now()
    for by, minutes in ((sam, 10.5), (dana, 9.5), (dana, 2), (kim, 1)):
        at = now - timedelta(minutes=minutes)
        Event.objects.record("opened", tip=tip, by=by.officer, count=0, at=at)
    Event.objects.record("noted", tip=tip, by=sam.officer)
    readers = opened(tip, kim).readers
    assert [(event.by, event.at) for event in readers] == [("dana", now - timedelta(minutes=2))]


def test_the_page_of_a_tip_knows_which_decision_can_be_undone(tip: Tip, kim: Person) -> None:
    actions.take(tip=tip, by=kim.officer)
    row = Tip.objects.get(pk=tip.pk)
    actions.open_tip(tip=row, by=kim.officer, keys=kim.keys)
    assert row.may_be_undone_by(kim.officer)
    long_ago = timezone.now() - timedelta(minutes=10)
    assert tip_trail.last_decision([Event(before={}, at=long_ago)]) is None
