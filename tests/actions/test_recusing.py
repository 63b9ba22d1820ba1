"""Who knows the people of a tip is out of it, but for the last who can open it."""

import pytest

from tests.cast import Person, send, tip_of
from tips import actions
from tips.actions import AlreadyDone, Refused, Stamp
from tips.crypto import receipts
from tips.models import Alarm, Event, Recusal, Tip


@pytest.fixture
def tip(sam: Person) -> Tip:
    return tip_of(send())


def now(tip: Tip) -> Tip:
    return Tip.objects.select_related("owner").get(pk=tip.pk)


def verbs_of(tip: Tip) -> list[str]:
    rows = Event.objects.filter(tip_id=tip.pk).exclude(verb="received")
    return list(rows.values_list("verb", flat=True))


def test_an_owner_who_knows_the_people_gives_the_tip_back_and_it_alarms(
    sam: Person, kim: Person, dana: Person
) -> None:
    for danger in ("", "yes"):
        tip = tip_of(send(danger_now=danger, what_happened=f"A van, {danger}."))
        Alarm.objects.all().delete()
        actions.take(tip=tip, by=kim.officer)
        actions.recuse(tip=tip, by=kim.officer)
        assert now(tip).owner is None
        alarm = Alarm.objects.get()
        assert (alarm.tip_id, alarm.urgent) == (tip.pk, danger == "yes")
        told = [officer.username for officer in now(tip).who_open()]
        assert told == sorted({"dana", sam.officer.username})
        with pytest.raises(Refused, match="kim cannot open this tip"):
            actions.give(tip=tip, by=dana.officer, to=kim.officer)


def test_nobody_leaves_as_the_last_who_can_open_a_tip(tip: Tip, sam: Person, kim: Person) -> None:
    actions.recuse(tip=tip, by=sam.officer)
    with pytest.raises(Refused, match=r"^You are the last who can open this tip"):
        actions.recuse(tip=tip, by=kim.officer)
    assert now(tip).is_visible_to(kim.officer)
    assert verbs_of(tip) == ["recused"]


def test_who_knows_the_people_is_out_once_and_from_a_page_from_before_too(
    tip: Tip, kim: Person, dana: Person
) -> None:
    press = Stamp(tip.version_token, receipts.new_idempotency_key())
    actions.take(tip=tip, by=dana.officer)
    actions.recuse(tip=tip, by=kim.officer, stamp=press)
    with pytest.raises(AlreadyDone):
        actions.recuse(tip=tip, by=kim.officer, stamp=press)


def test_the_last_supervisor_of_a_tip_that_was_restricted_meanwhile_stays(
    tip: Tip, sam: Person, kim: Person
) -> None:
    looked_at = now(tip)
    actions.restrict(tip=tip, by=kim.officer)
    with pytest.raises(Refused, match=r"^You are the last who can open this tip"):
        actions.recuse(tip=looked_at, by=sam.officer)


def test_a_tip_that_every_supervisor_is_out_of_is_not_restricted(
    tip: Tip, sam: Person, kim: Person
) -> None:
    actions.recuse(tip=tip, by=sam.officer)
    with pytest.raises(Refused, match=r"^Every supervisor is out of this tip"):
        actions.restrict(tip=tip, by=kim.officer)
    assert now(tip).is_visible_to(kim.officer)


def test_one_officer_is_let_into_one_tip_again(
    tip: Tip, sam: Person, kim: Person, dana: Person
) -> None:
    other = tip_of(send(what_happened="Another."))
    for one, by in ((tip, kim), (tip, dana), (other, kim)):
        actions.recuse(tip=one, by=by.officer)
    for who in (None, sam.officer):
        with pytest.raises(Refused, match="Choose who is let in again"):
            actions.readmit(tip=tip, by=sam.officer, who=who, reason="A mistake.")
    press = Stamp(once=receipts.new_idempotency_key())
    letting_in = {"by": sam.officer, "who": kim.officer, "reason": "A mistake.", "stamp": press}
    actions.readmit(tip=tip, **letting_in)
    with pytest.raises(AlreadyDone):
        actions.readmit(tip=tip, **letting_in)
    left = set(Recusal.objects.values_list("tip", "officer"))
    assert left == {(tip.pk, dana.officer.pk), (other.pk, kim.officer.pk)}
