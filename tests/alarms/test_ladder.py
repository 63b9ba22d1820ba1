"""Who is told that a tip waits, and when, through a real mail server on a clock of its own."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from campaign.models import Closure
from campaign.offers import forget
from tests.alarms.clock import Clock
from tests.alarms.smtp import Server
from tests.cast import Person, send, tip_of, write
from tests.database.acting import acting_as
from tips import actions
from tips.alarms import planning
from tips.models import HEARTBEAT, Alarm, Mail, Recusal, Tip

pytestmark = pytest.mark.django_db

DESK = ["desk@example.org", "duty@example.org"]
ALL = [*DESK, "sam@example.org"]


def test_danger_is_told_at_once_then_after_15_30_60_minutes_and_hourly(
    server: Server, clock: Clock
) -> None:
    clock.tip(danger_now="yes")
    told: dict[int, list[str]] = {}
    for minute in range(0, 2 * 60 + 10, 5):
        clock.tick()
        if server.taken:
            told[minute] = server.recipients
            server.taken.clear()
        clock.now += timedelta(minutes=5)
    assert told == {0: DESK, 15: DESK, 30: DESK, 60: ALL, 120: ALL}


@pytest.mark.parametrize("verb", ["take", "give", "close"])
def test_nobody_is_told_again_once_somebody_deals_with_it(
    server: Server, clock: Clock, kim: Person, dana: Person, verb: str
) -> None:
    tip = clock.tip(danger_now="yes")
    clock.tick()
    assert server.recipients == DESK
    if verb == "take":
        actions.take(tip=tip, by=kim.officer)
    elif verb == "give":
        actions.give(tip=tip, by=kim.officer, to=dana.officer)
    else:
        actions.close(tip=tip, by=kim.officer, outcome="passed_on")
    clock.go(every=timedelta(minutes=10), hours=2)
    assert server.recipients == DESK


def test_it_begins_again_when_the_owner_loses_access_and_ends_when_another_takes_it(
    server: Server, clock: Clock, kim: Person, dana: Person
) -> None:
    tip = clock.tip(danger_now="yes")
    actions.take(tip=tip, by=kim.officer)
    clock.go(hours=1)
    assert not server.taken
    actions.give_back(tip=tip, by=kim.officer)
    Alarm.objects.update(since=clock.now, due_at=clock.now)
    clock.tick()
    assert server.recipients == DESK
    actions.take(tip=Tip.objects.get(pk=tip.pk), by=dana.officer)
    clock.go(every=timedelta(minutes=10), hours=2)
    assert server.recipients == DESK


def test_a_citizen_s_message_on_a_danger_tip_tells_until_its_owner_opens_it(
    server: Server, clock: Clock, kim: Person
) -> None:
    receipt = send(danger_now="yes")
    tip = tip_of(receipt)
    actions.take(tip=tip, by=kim.officer)
    clock.tick()
    assert not server.taken
    write(receipt, "They are back.")
    Alarm.objects.update(since=clock.now, due_at=clock.now)
    clock.tick()
    assert server.recipients == DESK
    shown = actions.visible_tip(pk=tip.pk, by=kim.officer)
    assert shown
    actions.open_tip(tip=shown, by=kim.officer, keys=kim.keys)
    clock.go(every=timedelta(minutes=10), hours=2)
    assert server.recipients == DESK


def test_a_lowered_tip_wakes_nobody_any_more_but_is_told_by_day(
    server: Server, clock: Clock, kim: Person
) -> None:
    tip = clock.tip(danger_now="yes")
    clock.tick()
    actions.lower_urgency(tip=tip, by=kim.officer, reason="A film was being made.")
    server.taken.clear()
    clock.go(every=timedelta(minutes=20), hours=2)
    assert [str(one.message["Subject"]) for one in server.taken] == len(server.taken) * [
        "Know the Signs: something waits"
    ]


def test_a_restricted_tip_goes_to_supervisors_from_the_first_mail(
    server: Server, clock: Clock
) -> None:
    clock.tip(danger_now="yes", official_involved="yes")
    clock.tick()
    assert server.recipients == ALL


def test_a_tip_whose_people_an_officer_knows_goes_to_supervisors_from_the_first_mail(
    server: Server, clock: Clock, kim: Person
) -> None:
    tip = clock.tip(danger_now="yes")
    Recusal.objects.create(tip=tip, officer=kim.officer)
    clock.tick()
    assert server.recipients == ALL


def test_other_tips_go_together_on_the_quarter_and_to_supervisors_after_four_office_hours(
    server: Server, clock: Clock
) -> None:
    clock.tip()
    clock.go(minutes=5)
    clock.tip()
    assert not server.taken
    clock.go(minutes=10)
    assert server.recipients == DESK
    assert {str(one.message["Subject"]) for one in server.taken} == {
        "Know the Signs: something waits"
    }
    server.taken.clear()
    # Monday, eight in the morning, and almost four hours.
    monday = clock.now.replace(hour=11, minute=59, second=0) + timedelta(days=2)
    clock.now = monday - timedelta(minutes=1)
    mornings(clock, server)
    assert not server.taken
    clock.go(minutes=20)
    assert server.recipients == ALL
    server.taken.clear()
    clock.now += timedelta(hours=23, minutes=30)
    mornings(clock, server)
    assert not server.taken
    clock.go(minutes=30)
    assert server.recipients == ALL


def mornings(clock: Clock, server: Server) -> None:
    """A round, of which the morning mails are thrown away."""
    clock.tick()
    server.taken = [one for one in server.taken if "digits: " not in str(one.message)]


def test_what_looks_like_spam_wakes_nobody_unless_it_is_danger(
    server: Server, clock: Clock
) -> None:
    tip = clock.tip()
    Tip.objects.filter(pk=tip.pk).update(set_aside=1)
    clock.go(every=timedelta(minutes=5), hours=1)
    assert not server.taken
    tip = clock.tip(danger_now="yes")
    Tip.objects.filter(pk=tip.pk).update(set_aside=1)
    clock.tick()
    assert server.recipients == DESK


def test_one_urgent_mail_a_person_in_two_minutes_tells_of_all_that_waits(
    server: Server, clock: Clock
) -> None:
    for _ in range(5):
        clock.tip(danger_now="yes")
        clock.go(seconds=20)
    assert server.recipients == DESK
    clock.go(minutes=3)
    assert server.recipients == sorted(2 * DESK)


def test_in_a_flood_one_in_fifteen(
    server: Server, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "FLOOD", 3)
    for _ in range(12):
        clock.tip(danger_now="yes")
        clock.go(every=timedelta(minutes=1), minutes=1)
    assert server.taken
    first = len(server.taken)
    clock.go(minutes=2)
    assert len(server.taken) == first


def test_after_hours_without_the_machine_one_mail_tells_it_and_the_ladder_goes_on(
    server: Server, clock: Clock
) -> None:
    clock.tip(danger_now="yes")
    clock.now += timedelta(hours=3, minutes=10)
    clock.go(minutes=20)
    assert server.recipients == ALL
    alarm = Alarm.objects.get()
    assert (alarm.step, alarm.due_at - alarm.since) == (6, timedelta(hours=4))


def test_an_alarm_that_housekeeping_cut_to_the_hour_goes_on(server: Server, clock: Clock) -> None:
    clock.now = clock.now.replace(minute=40)
    clock.tip(danger_now="yes")
    clock.go(hours=1, minutes=20)
    hour = clock.now.replace(minute=0, second=0)
    Alarm.objects.update(since=hour - timedelta(hours=2), due_at=hour)
    server.taken.clear()
    clock.go(hours=1)
    assert server.recipients == sorted(2 * ALL)
    assert Alarm.objects.get().step >= 4


def test_whoever_is_named_twice_is_mailed_once(server: Server, clock: Clock, settings: Any) -> None:
    settings.DUTY_EMAIL = ["Desk@example.org", "sam@example.org"]
    clock.tip(danger_now="yes", official_involved="yes")
    clock.tick()
    assert len(server.taken) == 2


def test_an_owner_s_tip_that_is_closed_by_whatever_means_is_told_of_no_more(
    server: Server, clock: Clock
) -> None:
    tip = clock.tip(danger_now="yes")
    Tip.objects.filter(pk=tip.pk).update(
        status="closed", outcome="junk", closed_on=timezone.localdate()
    )
    clock.tick()
    assert not server.taken
    assert not Alarm.objects.exists()


def test_nobody_reaches_supervisors_sooner_because_the_office_is_closed(
    server: Server, clock: Clock
) -> None:
    monday = clock.now.date() + timedelta(days=2)
    Closure.objects.create(first_day=monday, last_day=monday)
    forget()
    clock.tip()
    clock.go(minutes=20)
    assert server.recipients == DESK
    server.taken.clear()
    assert Alarm.objects.get().due_at.date() == monday + timedelta(days=1)


def test_what_waits_for_years_keeps_nothing_else_from_being_told(
    server: Server, clock: Clock
) -> None:
    old = clock.tip(danger_now="yes")
    years_ago = clock.now - timedelta(days=5 * 365)
    Alarm.objects.filter(tip=old).update(since=years_ago, due_at=years_ago)
    clock.tip(danger_now="yes")
    clock.tick()
    assert server.recipients == ALL
    assert not Alarm.objects.filter(due_at__lte=clock.now).exists()


@pytest.mark.django_db(transaction=True)
def test_while_somebody_else_plans_nothing_is_planned(server: Server, clock: Clock) -> None:
    clock.tip(danger_now="yes")
    somebody = connection.copy()
    somebody.set_autocommit(False)
    with somebody.cursor() as cursor:
        cursor.execute("SELECT FROM tips_upkeep WHERE name = %s FOR UPDATE", (HEARTBEAT,))
        assert cursor.rowcount == 1
    with acting_as("mail"):
        planning.plan(clock.now)
    assert not Mail.objects.exists()
    somebody.rollback()
    somebody.close()
    clock.tick()
    assert server.recipients == DESK
