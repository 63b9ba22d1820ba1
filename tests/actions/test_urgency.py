"""A tip that is raised or lowered, and its alarm."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.cast import Person, send, tip_of
from tips import actions
from tips.actions import Refused
from tips.models import Alarm, Tip

LONG_AGO = timezone.now() - timedelta(hours=5, minutes=30)


@pytest.fixture
def tip(sam: Person) -> Tip:
    return tip_of(send())


def now(tip: Tip) -> Tip:
    return Tip.objects.get(pk=tip.pk)


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


def test_lowered_its_own_alarm_is_not_urgent_any_more(tip: Tip, kim: Person) -> None:
    urgent, other = (tip_of(send(danger_now="yes", place=place)) for place in ("Laborie", "Gros"))
    actions.lower_urgency(tip=now(urgent), by=kim.officer, reason="Police were there.")
    alarms = dict(Alarm.objects.values_list("tip", "urgent"))
    assert alarms == {tip.pk: False, urgent.pk: False, other.pk: True}


def test_opened_again_an_urgent_tip_alarms_unless_somebody_has_it(tip: Tip, kim: Person) -> None:
    actions.raise_urgency(tip=tip, by=kim.officer)
    actions.take(tip=now(tip), by=kim.officer)
    for owner, alarms in ((kim.officer, 0), (None, 1)):
        actions.close(tip=now(tip), by=kim.officer, outcome="helped")
        Tip.objects.update(owner=owner)
        actions.reopen(tip=now(tip), by=kim.officer, reason="She wrote again.")
        assert Alarm.objects.count() == alarms
