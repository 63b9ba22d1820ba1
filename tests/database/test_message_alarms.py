"""Which alarm receive_message begins, and which goes on."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.database.calling import add, receive
from tests.database.two_tips import LONG_AGO, number, stands
from tips.models import Alarm, Event, Tip


@pytest.mark.parametrize("danger", ["yes", ""])
def test_a_message_to_an_urgent_tip_alarms_again(first: object, danger: str) -> None:
    assert receive(p_danger=danger) == "received"
    assert add(**number(1)) == "received"  # while the first alarm rings
    Alarm.objects.all().delete()
    assert add(**number(2)) == "received"
    assert Alarm.objects.filter(urgent=True).exists() == (danger == "yes")


@pytest.mark.usefixtures("neighbour")
def test_the_danger_tick_makes_the_tip_urgent_and_its_alarm_start_again(tip: Tip) -> None:
    stands(tip, urgency=2)
    Alarm.objects.filter(tip=tip).update(urgent=False, step=3, due_at=LONG_AGO, since=LONG_AGO)
    assert add(**number(1)) == "received"
    alarm = Alarm.objects.get(tip=tip)
    assert (Tip.objects.get(pk=tip.pk).urgency, alarm.urgent, alarm.step) == (2, False, 3)
    assert add(**number(2), p_danger=True) == "received"
    alarm = Alarm.objects.get(tip=tip)
    assert (Tip.objects.get(pk=tip.pk).urgency, alarm.urgent, alarm.step) == (0, True, 0)
    assert alarm.since == alarm.due_at > LONG_AGO
    assert (alarm.due_at.second, alarm.due_at.microsecond) == (0, 0)
    about = Event.objects.filter(verb="message").values_list("about", flat=True)
    assert sorted(about) == ["", "danger"]


def test_danger_where_the_alarm_is_urgent_already_is_told_at_once_and_from_the_same_step(
    tip: Tip,
) -> None:
    stands(tip, urgency=0)
    later = timezone.now() + timedelta(minutes=40)
    Alarm.objects.filter(tip=tip).update(urgent=True, step=3, since=LONG_AGO, due_at=later)
    assert add(**number(1)) == "received"
    assert Alarm.objects.get(tip=tip).due_at == later
    assert add(**number(2), p_danger=True) == "received"
    alarm = Alarm.objects.get(tip=tip)
    assert (alarm.urgent, alarm.step, alarm.since) == (True, 3, LONG_AGO)
    assert LONG_AGO < alarm.due_at < timezone.now()


@pytest.mark.parametrize("urgent", [True, False])
def test_a_message_to_an_urgent_tip_begins_an_alarm_anew_that_was_not_urgent(
    first: object, urgent: bool
) -> None:
    assert receive(p_danger="yes") == "received"
    yesterday = timezone.now() - timedelta(days=1)
    Alarm.objects.update(urgent=urgent, since=yesterday, due_at=yesterday, step=7)
    assert add(**number(1)) == "received"
    alarm = Alarm.objects.get()
    assert alarm.urgent
    goes_on = (alarm.step, alarm.since, alarm.due_at) == (7, yesterday, yesterday)
    assert goes_on == urgent
    assert urgent or (alarm.step, alarm.since) == (0, alarm.due_at)
    assert (alarm.since.second, alarm.since.microsecond) == (0, 0) or urgent
