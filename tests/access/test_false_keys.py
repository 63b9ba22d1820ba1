"""Rows that somebody with the database wrote: a pair, a desk key, and rows put back."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from slu_antitrafficking.refusal import Refused
from tests.access import outbox
from tests.access.false_keys import make_old_active, plant_desk_key
from tests.cast import Person, hire, opens, send, settled, tip_of
from tests.database.acting import acting_as
from tips.access import accounts, authentication, desk_keys, pairs
from tips.access.pairs import FalsePair
from tips.crypto import active_key, associated_data, attestations, sealing
from tips.crypto.sealing import Keyring
from tips.models import DeskKey, DeskKeyGrant, Event, Officer, OfficerKey


def test_a_planted_pair_is_named_and_gets_no_new_desk_key(sam: Person, kim: Person) -> None:
    pair = sealing.new_pair()
    spy = Officer.objects.create(username="spy", role=Officer.Role.SUPERVISOR)
    OfficerKey.objects.create(officer=spy, public=pair.public, wrapped=b"x", attestation=bytes(32))
    assert pairs.false_pairs(sam.held) == [spy]
    OfficerKey.objects.filter(officer=kim.officer).update(public=pair.public)
    assert set(pairs.false_pairs(sam.held)) == {spy, kim.officer}
    desk_keys.rotate(sam.held, by="supervisor")
    newest = DeskKeyGrant.objects.filter(desk_key=DeskKey.objects.active().get())
    assert [grant.officer_key.officer for grant in newest] == [sam.officer]


def test_a_pair_that_the_trail_explains_and_nobody_attested_is_false(
    sam: Person, kim: Person
) -> None:
    OfficerKey.objects.filter(officer=kim.officer).update(attestation=bytes(32))
    assert pairs.false_pairs(sam.held) == [kim.officer]
    assert pairs.true_holders(next(iter(sam.held.values()))) == [
        OfficerKey.objects.get(officer=sam.officer)
    ]


def test_whoever_knows_an_older_desk_key_attests_nobody(
    sam: Person, kim: Person, dana: Person
) -> None:
    (old,) = sam.held.values()
    accounts.deactivate(officer=dana.officer, by=sam.officer, held=sam.held)
    thief = sealing.new_pair()
    OfficerKey.objects.filter(officer=kim.officer).update(
        public=thief.public, attestation=attestations.attestation(old, kim.officer.pk, thief.public)
    )
    Event.objects.record(
        "passphrase_changed", about="kim", pair_digest=sealing.public_digest(thief.public)
    )
    assert pairs.false_pairs(sam.held) == [kim.officer]
    accused = pairs.false_pairs({sealing.key_id(sealing.KeyPair(old).public): old})
    assert accused == []  # knows too little to accuse anybody


ROWS = (OfficerKey, DeskKeyGrant)


def copied() -> list[list[dict[str, object]]]:
    return [list(model.objects.values()) for model in ROWS]


def put_back(copy: list[list[dict[str, object]]]) -> None:
    for model, rows in zip(ROWS, copy, strict=True):
        model.objects.bulk_create((model(**row) for row in rows), ignore_conflicts=True)


def test_rows_of_an_officer_who_left_open_nothing_when_somebody_puts_them_back(
    sam: Person, kim: Person
) -> None:
    copy, words = copied(), kim.words
    accounts.deactivate(officer=kim.officer, by=sam.officer, held=sam.held)
    put_back(copy)
    assert authentication.unlock(username="kim", words=words) is None  # the account is closed
    assert pairs.false_pairs(sam.held) == [kim.officer]
    Officer.objects.filter(pk=kim.officer.pk).update(is_active=True)
    for _ in range(2):
        with pytest.raises(FalsePair):
            authentication.unlock(username="kim", words=words)
    assert [event.about for event in Event.objects.filter(verb="false_pair")] == ["kim"]
    assert pairs.false_pairs(sam.held) == [kim.officer]
    active = DeskKey.objects.active()
    assert not DeskKeyGrant.objects.filter(officer_key=kim.officer.pk, desk_key__in=active)


@pytest.mark.parametrize("act", ["given anew", "passphrase changed"])
def test_rows_from_before_a_change_open_nothing_when_somebody_puts_them_back(
    sam: Person, kim: Person, act: str
) -> None:
    copy, words = copied(), kim.words
    if act == "given anew":
        given = accounts.give_access(officer=kim.officer, by=sam.officer, held=sam.held)
        settled(kim.officer, given.words)
    else:
        accounts.change_passphrase(unlocked=kim.unlock(), words="five new words of kim", step=5)
    OfficerKey.objects.filter(officer=kim.officer).delete()
    put_back(copy)
    with pytest.raises(FalsePair):
        authentication.unlock(username="kim", words=words)


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


def test_a_rotation_by_hand_takes_no_recovery_half_from_its_caller(
    sam: Person, kim: Person
) -> None:
    old = DeskKey.objects.get()
    desk_keys.rotate(sam.held, by="supervisor")
    new = DeskKey.objects.active().get()
    assert bytes(new.recovery_public) == bytes(old.recovery_public)
    assert bytes(new.backup_recipient) == bytes(old.backup_recipient)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pronargs, proargnames FROM pg_proc WHERE proname = 'rotate_desk_key'"
        )
        ((_, names),) = cursor.fetchall()
    assert "p_recovery_public" not in names
    with pytest.raises(Refused):
        desk_keys.rotate({bytes(old.kid): sealing.new_secret()}, by="supervisor")


WAYS = ("function", "rows", "dates")


@pytest.mark.parametrize("way", WAYS)
def test_an_old_desk_key_made_active_again_is_set_right_and_accuses_nobody(
    sam: Person, kim: Person, dana: Person, way: str
) -> None:
    leaver = Keyring(kim.held)
    ((old, _),) = kim.held.items()
    held = accounts.deactivate(officer=kim.officer, by=sam.officer, held=sam.held)
    new = bytes(DeskKey.objects.active().get().kid)
    make_old_active(way, old, new)
    assert leaver.fits(tip_of(send()).sealed or b"")
    assert list(sam.held) == [old, new]
    for secrets in (held, sam.held, dana.held):
        assert pairs.false_pairs(secrets) == []
        assert desk_keys.old_one_came_back(desk_keys.judge_newer(secrets))
    with pytest.raises(Refused):
        desk_keys.rotate(held, by="supervisor")
    assert desk_keys.set_right(desk_keys.judge_newer(held))
    assert bytes(DeskKey.objects.active().get().kid) == new
    assert not leaver.fits(tip_of(send()).sealed or b"")
    assert Event.objects.filter(verb="false_desk_key", about=old.hex()).count() == 1
    judged = desk_keys.judge_newer(dana.held)
    assert not desk_keys.set_right(judged)
    assert desk_keys.old_one_came_back(judged)
    held = desk_keys.rotate(held, by="supervisor")
    later = timezone.now() + timedelta(seconds=1)  # a test is one transaction, with one now()
    DeskKey.objects.active().update(activated_at=later)
    assert not desk_keys.old_one_came_back(desk_keys.judge_newer(held))


def test_a_session_from_before_a_rotation_makes_no_old_key_active(
    sam: Person, kim: Person, dana: Person
) -> None:
    before = dana.held
    accounts.deactivate(officer=kim.officer, by=sam.officer, held=sam.held)
    true, planted = DeskKey.objects.active().get(), plant_desk_key()
    DeskKey.objects.filter(kid=planted.row.kid).update(predecessor=next(iter(before)))
    assert desk_keys.judge_newer(before).false == {bytes(planted.row.kid)}
    assert not desk_keys.set_right(desk_keys.judge_newer(before))
    assert bytes(DeskKey.objects.active().get().kid) == planted.row.kid
    assert desk_keys.set_right(desk_keys.judge_newer(dana.held))
    assert DeskKey.objects.active().get() == true


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


def test_a_leaver_with_a_forged_event_and_the_old_key_active_is_named(
    sam: Person, kim: Person
) -> None:
    copy, ((old, _),) = copied(), kim.held.items()
    public = bytes(OfficerKey.objects.get(officer=kim.officer).public)
    accounts.deactivate(officer=kim.officer, by=sam.officer, held=sam.held)
    put_back(copy)
    Officer.objects.filter(pk=kim.officer.pk).update(is_active=True)
    Event.objects.record("set_up", about="kim", pair_digest=sealing.public_digest(public))
    make_old_active("function", old, bytes(DeskKey.objects.active().get().kid))
    assert pairs.false_pairs(sam.held) == [kim.officer]


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


def test_where_no_key_is_active_no_old_one_came_back(sam: Person) -> None:
    DeskKey.objects.update(activated_at=None)
    assert not desk_keys.old_one_came_back(desk_keys.judge_newer(sam.held))


def test_nothing_is_made_after_an_old_key_that_somebody_made_active_again(
    sam: Person, kim: Person
) -> None:
    old = bytes(DeskKey.objects.active().get().kid)
    accounts.deactivate(officer=kim.officer, by=sam.officer, held=sam.held)
    make_old_active("rows", old, bytes(DeskKey.objects.active().get().kid))
    before = DeskKey.objects.count()
    with pytest.raises(Refused, match="not in order"):
        desk_keys.rotate(sam.held, by="sam")
    assert DeskKey.objects.count() == before


def test_whoever_rotates_at_the_same_time_as_another_is_told(
    sam: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    opens = desk_keys.opens

    def meanwhile(row: DeskKey, secret: bytes) -> bool:
        DeskKey.objects.update(retired_at=timezone.now())
        return opens(row, secret)

    monkeypatch.setattr(desk_keys, "opens", meanwhile)
    with pytest.raises(Refused, match="just now"):
        desk_keys.rotate(sam.held, by="sam")


def test_what_is_sealed_next_is_sealed_to_the_key_that_was_just_made(sam: Person) -> None:
    before = active_key.current()
    held = desk_keys.rotate(sam.held, by="sam")
    assert active_key.current().kid == next(reversed(held)) != before.kid


def test_a_pair_that_is_attested_and_that_the_trail_does_not_explain_holds_nothing(
    sam: Person, kim: Person
) -> None:
    newest, public = pairs.newest_of(sam.held) or b"", sealing.new_pair().public
    assert {key.officer for key in pairs.true_holders(newest)} == {sam.officer, kim.officer}
    attested = attestations.attestation(newest, kim.officer.pk, public)
    OfficerKey.objects.filter(officer=kim.officer).update(public=public, attestation=attested)
    assert [key.officer for key in pairs.true_holders(newest)] == [sam.officer]
