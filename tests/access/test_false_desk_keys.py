"""Desk keys that somebody with the database wrote, and what sets the desk right again."""

import pytest
from django.db import connection
from django.utils import timezone

from tests.access import outbox
from tests.access.false_keys import plant_desk_key
from tests.cast import Person, hire, opens, send, tip_of
from tests.database.acting import acting_as
from tips.access import accounts, authentication, desk_keys, pairs
from tips.crypto import active_key, associated_data, sealing
from tips.crypto.sealing import Keyring
from tips.models import DeskKey, Event, Officer, OfficerKey


def test_a_planted_desk_key_seals_until_a_session_sees_it_and_not_after(
    sam: Person, kim: Person, mailed: None
) -> None:
    true, planted = DeskKey.objects.active().get(), plant_desk_key()
    stolen = tip_of(send())
    assert Keyring({bytes(planted.row.kid): planted.secret}).fits(stolen.sealed or b"")
    unlocked = kim.unlock()
    judged = desk_keys.judge(authentication.granted_secrets(unlocked), unlocked.anchor)
    assert (set(judged.true), judged.lacking) == ({bytes(true.kid)}, set())
    assert judged.false == {bytes(planted.row.kid)}
    Officer.objects.filter(pk=sam.officer.pk).update(email="sam@example.lc")
    assert desk_keys.set_right(judged)
    assert outbox.letters() == [("Know the Signs: read the desk's red line", ["sam@example.lc"])]
    assert DeskKey.objects.active().get() == true
    assert active_key.current().kid == bytes(true.kid)
    assert opens(kim, tip_of(send()))
    event = Event.objects.get(verb="false_desk_key")
    assert event.about == bytes(planted.row.kid).hex()
    assert not desk_keys.set_right(judged)
    assert len(outbox.messages()) == 1
    assert not desk_keys.old_one_came_back(judged)


def test_a_planted_desk_key_whose_secret_is_granted_to_an_officer_stays_false(
    sam: Person, kim: Person
) -> None:
    planted = plant_desk_key()
    pairs.grant(
        OfficerKey.objects.get(officer=kim.officer),
        {bytes(planted.row.kid): planted.secret},
        by="rotation",
    )
    assert bytes(planted.row.kid) not in kim.held


def test_a_first_desk_key_of_somebody_elses_is_not_the_anchor(sam: Person) -> None:
    """A whole second desk written into the database, with its own first key."""
    active = DeskKey.objects.get()
    planted = desk_keys.new_key(None, b"", bytes(active.recovery_public), b"")
    planted.row.created_at = active.created_at.replace(year=2020)
    planted.row.save(force_insert=True)
    pairs.grant(
        OfficerKey.objects.get(officer=sam.officer),
        {bytes(planted.row.kid): planted.secret},
        by="rotation",
    )
    assert set(sam.held) == {bytes(active.kid)}


@pytest.mark.parametrize("column", ["recovery_public", "backup_recipient", "public"])
def test_a_desk_key_of_which_one_half_was_changed_is_false(
    sam: Person, kim: Person, column: str
) -> None:
    accounts.deactivate(officer=kim.officer, by=sam.officer, held=sam.held)
    newest = DeskKey.objects.active().get()
    DeskKey.objects.filter(kid=newest.kid).update(**{column: sealing.new_pair().public})
    unlocked = sam.unlock()
    secrets = authentication.granted_secrets(unlocked)
    assert bytes(newest.kid) in desk_keys.judge(secrets, unlocked.anchor).false


def test_a_session_that_lacks_a_key_says_nothing_of_what_succeeds_it(
    sam: Person, kim: Person, dana: Person
) -> None:
    before = dana.held
    accounts.deactivate(officer=kim.officer, by=sam.officer, held=sam.held)
    lee = hire("lee", "officer", sam)
    accounts.deactivate(officer=lee.officer, by=sam.officer, held=sam.held)
    judged = desk_keys.judge_newer(before)
    assert judged.false == set()
    assert len(judged.lacking) == 2


def test_a_second_successor_made_by_somebody_who_left_is_false(sam: Person, kim: Person) -> None:
    ((_, old),) = kim.held.items()
    root = DeskKey.objects.get()
    accounts.deactivate(officer=kim.officer, by=sam.officer, held=sam.held)
    true = DeskKey.objects.active().get()
    made = desk_keys.new_key(root, old, bytes(root.recovery_public), bytes(root.backup_recipient))
    made.row.activated_at = timezone.now()
    made.row.save(force_insert=True)
    DeskKey.objects.filter(kid=true.kid).update(retired_at=timezone.now())
    judged = desk_keys.judge_newer(sam.held)
    assert judged.false == {bytes(made.row.kid)}
    assert desk_keys.set_right(judged)
    assert DeskKey.objects.active().get() == true


def test_a_desk_door_that_rotates_to_keys_of_its_own_is_set_right_however_often_it_does(
    sam: Person, kim: Person
) -> None:
    """Why the database refuses no retiring by what rows claim: it would make these final."""
    true = DeskKey.objects.get()
    for _ in range(2):
        old = DeskKey.objects.active().get()
        made = desk_keys.new_key(
            old, sealing.new_secret(), bytes(old.recovery_public), bytes(old.backup_recipient)
        )
        holders = list(OfficerKey.objects.all())
        arguments = desk_keys.rotation_arguments(old, made, holders, "supervisor")
        with acting_as("desk"), connection.cursor() as cursor:
            cursor.execute(desk_keys._ROTATE, arguments)
            assert cursor.fetchall() == [("rotated",)]
    assert desk_keys.set_right(desk_keys.judge_newer(sam.held))
    assert DeskKey.objects.active().get() == true


def test_what_a_desk_key_is_tried_with_stays_the_same_for_ever(sam: Person) -> None:
    row = DeskKey.objects.get()
    check = associated_data.of_key_check(row.key_check_id)
    assert sam.keys.open(row.key_check_value, check) == b"desk key"
    secret = sam.held[bytes(row.kid)]
    assert desk_keys.opens(row, secret)
    assert not desk_keys.opens(row, sealing.new_secret())
    row.key_check_value = sealing.seal(b"desk keys", [bytes(row.public)], check)
    assert not desk_keys.opens(row, secret)


def test_a_session_holds_a_key_whose_row_is_gone_and_goes_on(sam: Person) -> None:
    gone = sealing.new_secret()
    judged = desk_keys.judge_newer({sealing.key_id(sealing.KeyPair(gone).public): gone} | sam.held)
    assert judged == (sam.held, set(), set())


def test_a_false_key_that_was_never_sealed_to_is_no_reason_to_set_anything_right(
    sam: Person,
) -> None:
    plant_desk_key()
    DeskKey.objects.exclude(kid__in=list(sam.held)).update(activated_at=None)
    DeskKey.objects.filter(kid__in=list(sam.held)).update(retired_at=None)
    judged = desk_keys.judge_newer(sam.held)
    assert len(judged.false) == 1
    assert not desk_keys.set_right(judged)
    assert not Event.objects.filter(verb=Event.Verb.FALSE_DESK_KEY).exists()
