"""Officers' pairs that nobody at the desk gave, and a leaver's rows that somebody put back."""

import pytest

from tests.access.false_keys import make_old_active
from tests.cast import Person, settled
from tips.access import accounts, authentication, desk_keys, pairs
from tips.access.pairs import FalsePair
from tips.crypto import attestations, sealing
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


def test_a_pair_that_is_attested_and_that_the_trail_does_not_explain_holds_nothing(
    sam: Person, kim: Person
) -> None:
    newest, public = pairs.newest_of(sam.held) or b"", sealing.new_pair().public
    assert {key.officer for key in pairs.true_holders(newest)} == {sam.officer, kim.officer}
    attested = attestations.attestation(newest, kim.officer.pk, public)
    OfficerKey.objects.filter(officer=kim.officer).update(public=public, attestation=attested)
    assert [key.officer for key in pairs.true_holders(newest)] == [sam.officer]
