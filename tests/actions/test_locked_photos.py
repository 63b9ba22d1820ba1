"""A photo that is locked: who is shown it, and what becomes of its tip."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from tests.admin.desk import PHOTO, with_photos
from tests.cast import Person
from tips import actions
from tips.actions import AlreadyDone, Refused, Stamp
from tips.crypto import receipts
from tips.models import Alarm, Event, Photo, Tip


@pytest.fixture
def tip(sam: Person) -> Tip:
    """With two photos, and no alarm."""
    tip = with_photos(2)
    Alarm.objects.all().delete()
    return tip


def now(tip: Tip) -> Tip:
    return Tip.objects.select_related("owner").get(pk=tip.pk)


def locked() -> set[tuple[object, int]]:
    """Tip and number of each photo that is."""
    return set(Photo.objects.exclude(locked_at=None).values_list("tip", "number"))


def verbs_of(tip: Tip) -> list[str]:
    return list(Event.objects.filter(tip_id=tip.pk).values_list("verb", flat=True))


def test_a_locked_photo_alarms_at_once_though_the_tip_was_to_be_mailed_of_tomorrow(
    tip: Tip, sam: Person, kim: Person
) -> None:
    tomorrow = timezone.now() + timedelta(days=1)
    Alarm.objects.create(tip=tip, urgent=False, since=timezone.now(), step=2, due_at=tomorrow)
    actions.lock_photo(tip=now(tip), by=kim.officer, number=1)
    alarm = Alarm.objects.get(tip=tip)
    assert (alarm.urgent, alarm.step) == (True, 0)
    assert alarm.due_at <= timezone.now()


def test_one_press_locks_a_photo_restricts_and_holds_the_tip_and_alarms(
    tip: Tip, sam: Person, kim: Person
) -> None:
    actions.take(tip=tip, by=kim.officer)
    assert actions.lock_photo(tip=now(tip), by=kim.officer, number=1)
    row = now(tip)
    assert (row.restricted, row.held_by, row.owner) == (True, "kim", None)
    assert locked() == {(tip.pk, 1)}
    assert [(alarm.tip_id, alarm.urgent) for alarm in Alarm.objects.all()] == [(tip.pk, True)]
    assert set(verbs_of(tip)) >= {"photo_locked", "restricted", "held", "given"}
    assert Event.objects.get(verb="held").reason is None
    assert actions.show_photo(tip=row, by=sam.officer, number=1, keys=sam.keys) == PHOTO
    with pytest.raises(Refused, match="locked already"):
        actions.lock_photo(tip=row, by=sam.officer, number=1)
    with pytest.raises(Refused, match="or there is none"):
        actions.lock_photo(tip=row, by=sam.officer, number=3)


def test_a_locked_photo_stays_the_supervisors_when_the_tip_is_everybodys_again(
    tip: Tip, sam: Person, kim: Person
) -> None:
    actions.lock_photo(tip=tip, by=kim.officer, number=1)
    actions.unrestrict(tip=tip, by=sam.officer, reason="No official in it.")
    assert now(tip).is_visible_to(kim.officer)
    assert actions.show_photo(tip=now(tip), by=kim.officer, number=1, keys=kim.keys) is None
    refused = Event.objects.get(verb="refused")
    assert (refused.by, refused.count) == ("kim", 1)
    assert not Event.objects.filter(verb="photo").exists()


def test_where_every_supervisor_knows_the_people_nobody_is_shown_the_locked_photo(
    tip: Tip, sam: Person, kim: Person
) -> None:
    actions.recuse(tip=tip, by=sam.officer)
    assert not actions.lock_photo(tip=tip, by=kim.officer, number=1)
    row = now(tip)
    assert (row.restricted, row.held_by) == (False, "kim")
    assert row.is_visible_to(kim.officer)
    assert actions.show_photo(tip=row, by=kim.officer, number=1, keys=kim.keys) is None


def test_one_photo_of_one_tip_is_locked_and_unlocked(tip: Tip, sam: Person, kim: Person) -> None:
    other = with_photos()
    actions.lock_photo(tip=tip, by=kim.officer, number=1)
    assert locked() == {(tip.pk, 1)}
    event = Event.objects.get(verb="photo_locked")
    assert (event.by, event.tip_id, event.count) == ("kim", tip.pk, 1)
    for one, number in ((tip, 2), (other, 1)):
        actions.lock_photo(tip=now(one), by=sam.officer, number=number)
    with pytest.raises(Refused, match="Choose a photo that is locked"):
        actions.unlock_photo(tip=now(tip), by=sam.officer, number=3, reason="It shows adults.")
    press = Stamp(once=receipts.new_idempotency_key())
    unlocking = {"by": sam.officer, "number": 1, "reason": "It shows adults.", "stamp": press}
    actions.unlock_photo(tip=now(tip), **unlocking)
    with pytest.raises(AlreadyDone):
        actions.unlock_photo(tip=now(tip), **unlocking)
    assert locked() == {(tip.pk, 2), (other.pk, 1)}
    with pytest.raises(Refused, match="Choose a photo that is locked"):
        actions.unlock_photo(tip=now(tip), by=sam.officer, number=1, reason="It shows adults.")


def test_a_photo_is_locked_once_and_from_a_page_from_before_too(tip: Tip, kim: Person) -> None:
    press = Stamp(tip.version_token, receipts.new_idempotency_key())
    actions.raise_urgency(tip=tip, by=kim.officer)
    actions.lock_photo(tip=tip, by=kim.officer, number=1, stamp=press)
    with pytest.raises(AlreadyDone):
        actions.lock_photo(tip=tip, by=kim.officer, number=1, stamp=press)


def test_what_is_restricted_held_or_closed_already_stays_so(tip: Tip, sam: Person) -> None:
    actions.restrict(tip=tip, by=sam.officer)
    actions.hold(tip=tip, by=sam.officer, reason="For the court.")
    actions.open_tip(tip=now(tip), by=sam.officer, keys=sam.keys)
    actions.close(tip=tip, by=sam.officer, outcome="helped")
    assert actions.lock_photo(tip=now(tip), by=sam.officer, number=2)
    assert now(tip).status == "closed"
    assert Event.objects.filter(verb__in=("restricted", "held")).count() == 2
    assert not Alarm.objects.exists()


@pytest.mark.parametrize("missing", ["restricted", "given"])
def test_a_photo_is_locked_with_all_that_follows_or_not_at_all(
    tip: Tip, kim: Person, missing: str
) -> None:
    actions.take(tip=tip, by=kim.officer)
    before = Tip.objects.values().get()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no check is pending any more
        cursor.execute(
            "ALTER TABLE tips_event ADD CONSTRAINT no_room CHECK (verb <> %s) NOT VALID", [missing]
        )
    with pytest.raises(DatabaseError, match="no_room"):
        actions.lock_photo(tip=now(tip), by=kim.officer, number=1)
    assert Tip.objects.values().get() == before
    assert locked() == set()
