"""The desk key's life: planted officer keys, rotation, recovery from paper, the drill."""

import pytest

from tests.cast import Person, opens, send, settled, tip_of
from tips.access import accounts, recovery
from tips.crypto import passphrases, sealing
from tips.models import DeskKey, Grant, Officer, OfficerKey


def test_a_planted_officer_key_is_named_and_never_granted_a_new_desk_key(
    sam: Person, kim: Person, first: recovery.FirstAccess
) -> None:
    pair = sealing.new_pair()
    spy = Officer.objects.create(username="spy", role=Officer.Role.SUPERVISOR)
    OfficerKey.objects.create(officer=spy, public=pair.public, wrapped=b"x", voucher=bytes(32))
    assert accounts.false_vouchers(sam.keys) == [spy]
    OfficerKey.objects.filter(officer=kim.officer).update(public=pair.public)
    assert set(accounts.false_vouchers(sam.keys)) == {spy, kim.officer}
    secret = passphrases.parse_recovery_key(first.recovery_key)
    assert secret
    assert recovery.rotate_desk_key(secret) == [sam.officer.username]
    assert Grant.objects.filter(officer_key=spy.pk).count() == 0


def test_rotation_seals_to_the_new_key_from_the_next_log_in_on(
    sam: Person, kim: Person, first: recovery.FirstAccess
) -> None:
    before = tip_of(send())
    old = DeskKey.objects.active().get()
    secret = passphrases.parse_recovery_key(first.recovery_key)
    assert secret
    recovery.rotate_desk_key(secret)
    assert DeskKey.objects.active().get() == old
    recovery.prove(kim.keys)
    assert DeskKey.objects.active().get() != old
    after = tip_of(send())
    for person in (sam, kim):
        assert opens(person, before)
        assert opens(person, after)


def test_recovery_gives_one_officer_everything_old_and_new(
    sam: Person, kim: Person, first: recovery.FirstAccess
) -> None:
    before = tip_of(send())
    OfficerKey.objects.all().delete()
    secret = passphrases.parse_recovery_key(first.recovery_key)
    assert secret
    words = recovery.recover(recovery_secret=secret, officer=kim.officer)
    person = settled(kim.officer, words)
    after = tip_of(send())
    assert opens(person, before)
    assert opens(person, after)
    again = recovery.recover(recovery_secret=secret, officer=sam.officer)
    assert opens(settled(sam.officer, again), tip_of(send()))


def test_a_drill_counts_and_changes_no_key(sam: Person, first: recovery.FirstAccess) -> None:
    send()
    send()
    secret = passphrases.parse_recovery_key(first.recovery_key)
    assert secret
    keys = list(DeskKey.objects.values())
    assert recovery.drill(secret) == (2, 2)
    assert list(DeskKey.objects.values()) == keys


def test_another_recovery_key_is_refused(sam: Person, kim: Person) -> None:
    for act in (
        lambda key: recovery.drill(key),
        lambda key: recovery.rotate_desk_key(key),
        lambda key: recovery.recover(recovery_secret=key, officer=kim.officer),
    ):
        with pytest.raises(accounts.Refused):
            act(sealing.new_key())
    assert DeskKey.objects.count() == 1


def test_whoever_knows_an_older_desk_key_vouches_for_nobody(
    sam: Person, kim: Person, first: recovery.FirstAccess
) -> None:
    old, recovery_secret = sam.keys[0], passphrases.parse_recovery_key(first.recovery_key)
    assert recovery_secret
    recovery.rotate_desk_key(recovery_secret)
    recovery.prove(kim.keys)
    assert accounts.false_vouchers(kim.keys) == []
    assert accounts.false_vouchers([old]) == []  # knows too little to accuse anybody
    thief = sealing.new_pair()
    OfficerKey.objects.filter(officer=kim.officer).update(
        public=thief.public, voucher=sealing.voucher(old, kim.officer.pk, thief.public)
    )
    assert accounts.false_vouchers(sam.keys) == [kim.officer]
    assert recovery.rotate_desk_key(recovery_secret) == [sam.officer.username]


def test_vouchers_hold_after_a_recovery(
    sam: Person, kim: Person, first: recovery.FirstAccess
) -> None:
    secret = passphrases.parse_recovery_key(first.recovery_key)
    assert secret
    words = recovery.recover(recovery_secret=secret, officer=kim.officer)
    assert accounts.false_vouchers(settled(kim.officer, words).keys) == []
