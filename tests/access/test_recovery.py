"""Two of three recovery sheets: what they open, what one opens, and how they are replaced."""

from datetime import timedelta
from itertools import permutations

import pytest
from django.utils import timezone
from shamir_mnemonic.share import Share

from slu_antitrafficking.refusal import Refused
from tests.cast import Person, hire, opens, send, settled, tip_of
from tips.access import accounts, desk_keys, recovery
from tips.access.recovery import FirstAccess, Sheets
from tips.crypto import key_grants, recovery_sheets, sealing
from tips.crypto.recovery_sheets import SheetError
from tips.crypto.sealing import KeyPair, Keyring
from tips.models import DeskKey, DeskKeyGrant, Event, Officer, OfficerKey


def pair_of(first: FirstAccess) -> dict[str, str]:
    return {"sheet_1": first.sheets[2], "sheet_2": first.sheets[0]}


def test_any_two_of_the_three_sheets_open_everything_and_one_nothing(
    sam: Person, first: FirstAccess
) -> None:
    send()
    for one, two in permutations(first.sheets, 2):
        assert recovery.drill(sheet_1=one, sheet_2=two) == (1, 1)
    for sheet in first.sheets:
        with pytest.raises(SheetError):
            recovery.drill(sheet_1=sheet, sheet_2=sheet)


def test_a_drill_counts_and_changes_no_key(sam: Person, first: FirstAccess) -> None:
    send()
    send()
    keys = list(DeskKey.objects.values())
    assert recovery.drill(**pair_of(first)) == (2, 2)
    assert list(DeskKey.objects.values()) == keys
    assert Event.objects.get(verb="drilled").count == 2


def test_a_drill_goes_on_after_a_tip_that_does_not_open(sam: Person, first: FirstAccess) -> None:
    tips = [tip_of(send()) for _ in range(3)]
    for tip in tips[1:]:
        type(tip).objects.filter(pk=tip.pk).update(sealed=tips[0].sealed)
    assert recovery.drill(**pair_of(first)) == (1, 3)


def test_a_drill_counts_a_tip_that_does_not_open(sam: Person, first: FirstAccess) -> None:
    tip, other = tip_of(send()), tip_of(send())
    type(tip).objects.filter(pk=tip.pk).update(sealed=other.sealed)
    assert recovery.drill(**pair_of(first)) == (1, 2)


def test_recovery_gives_one_officer_everything_old_and_a_key_of_its_own_for_what_comes(
    sam: Person, kim: Person, first: FirstAccess
) -> None:
    before, lost = tip_of(send()), kim.held
    OfficerKey.objects.all().delete()
    words = recovery.recover(**pair_of(first), officer=kim.officer)
    person = settled(kim.officer, words)
    after = tip_of(send())
    assert opens(person, before)
    assert opens(person, after)
    assert not Keyring(lost).fits(after.sealed or b"")
    again = recovery.recover(**pair_of(first), officer=sam.officer)
    sam = settled(sam.officer, again)
    newest = tip_of(send())
    for tip in (before, after, newest):
        assert opens(sam, tip)
    assert opens(person, newest)


def test_whoever_was_recovered_gives_access_and_rotates_as_before(
    sam: Person, kim: Person, first: FirstAccess
) -> None:
    words = recovery.recover(**pair_of(first), officer=sam.officer)
    sam = settled(sam.officer, words)
    accounts.deactivate(officer=kim.officer, by=sam.officer, held=sam.held)
    lee = hire("lee", "officer", sam)
    tip = tip_of(send())
    assert opens(sam, tip)
    assert opens(lee, tip)


@pytest.mark.parametrize("role", ["editor", "auditor"])
def test_nobody_who_opens_no_tips_is_recovered(sam: Person, first: FirstAccess, role: str) -> None:
    officer = Officer.objects.create(username="lee", role=role)
    with pytest.raises(Refused):
        recovery.recover(**pair_of(first), officer=officer)
    assert not OfficerKey.objects.filter(officer=officer).exists()


def test_sheets_of_another_desk_are_refused(sam: Person, kim: Person) -> None:
    other = recovery_sheets.split(sealing.new_secret())
    for act in (
        lambda given: recovery.drill(**given),
        lambda given: recovery.rotate_desk_key(**given),
        lambda given: recovery.replace_sheets(**given, keep=lambda sheets: None),
        lambda given: recovery.recover(**given, officer=kim.officer),
        lambda given: recovery.confirm_sheets(**given, by="sam"),
    ):
        with pytest.raises(Refused, match="not recovery sheets of this desk"):
            act({"sheet_1": other[0], "sheet_2": other[1]})
    assert DeskKey.objects.count() == 1


def test_rotation_seals_to_a_new_key_that_every_holder_has(
    sam: Person, kim: Person, first: FirstAccess
) -> None:
    before, old = tip_of(send()), DeskKey.objects.active().get()
    names = recovery.rotate_desk_key(**pair_of(first))
    assert names == ["kim", sam.officer.username]
    assert DeskKey.objects.active().get() != old
    after = tip_of(send())
    for person in (sam, kim):
        assert opens(person, before)
        assert opens(person, after)
    assert recovery.drill(**pair_of(first)) == (2, 2)


def test_new_sheets_shut_the_old_ones_out_of_everything_there_is(
    sam: Person, kim: Person, first: FirstAccess
) -> None:
    before = tip_of(send())
    kept: list[Sheets] = []
    recovery.replace_sheets(**pair_of(first), keep=kept.append)
    after = tip_of(send())
    with pytest.raises(Refused):
        recovery.drill(**pair_of(first))
    for row in DeskKey.objects.all():
        old = KeyPair(recovery_sheets.join(*first.sheets[:2]))
        with pytest.raises(sealing.CannotOpen):
            key_grants.open_recovery_copy(row.recovery_copy, old, row.kid)
    assert recovery.drill(sheet_1=kept[0][1], sheet_2=kept[0][2]) == (2, 2)
    for person in (sam, kim):
        assert opens(person, before)
        assert opens(person, after)
        assert desk_keys.judge_newer(person.held).false == set()


def test_new_sheets_that_could_not_be_written_down_change_nothing(
    sam: Person, first: FirstAccess
) -> None:
    def full_disk(sheets: Sheets) -> None:
        raise OSError("full")

    with pytest.raises(OSError, match="full"):
        recovery.replace_sheets(**pair_of(first), keep=full_disk)
    with pytest.raises(OSError, match="full"):
        recovery.recover(**pair_of(first), officer=sam.officer, keep_new_sheets=full_disk)
    assert DeskKey.objects.count() == 1
    assert recovery.drill(**pair_of(first)) == (0, 0)
    assert sam.held


def test_recovering_with_new_sheets_leaves_the_old_ones_nothing(
    sam: Person, kim: Person, first: FirstAccess
) -> None:
    before = tip_of(send())
    kept: list[Sheets] = []
    words = recovery.recover(**pair_of(first), officer=sam.officer, keep_new_sheets=kept.append)
    assert opens(settled(sam.officer, words), before)
    assert opens(kim, tip_of(send()))
    with pytest.raises(Refused):
        recovery.drill(**pair_of(first))
    assert recovery.drill(sheet_1=kept[0][0], sheet_2=kept[0][1]) == (2, 2)


def test_a_planted_desk_key_keeps_nobody_from_recovering(
    sam: Person, kim: Person, first: FirstAccess
) -> None:
    true = tip_of(send())
    recovery_public = bytes(DeskKey.objects.get().recovery_public)
    for predecessor in (None, DeskKey.objects.get()):
        planted = desk_keys.new_key(predecessor, sealing.new_secret(), recovery_public, b"")
        planted.row.save(force_insert=True)
    assert recovery.drill(**pair_of(first)) == (1, 1)
    words = recovery.recover(**pair_of(first), officer=sam.officer)
    assert opens(settled(sam.officer, words), true)


@pytest.mark.parametrize("opens", [True, False])
def test_a_planted_key_that_claims_to_be_the_oldest_keeps_nobody_from_recovering(
    sam: Person, first: FirstAccess, opens: bool
) -> None:
    true, row = tip_of(send()), DeskKey.objects.get()
    public = bytes(row.recovery_public) if opens else KeyPair(sealing.new_secret()).public
    planted = desk_keys.new_key(None, b"", public, b"")
    planted.row.save(force_insert=True)
    long_ago = row.created_at - timedelta(days=1)
    DeskKey.objects.filter(kid=planted.row.kid).update(created_at=long_ago)
    assert recovery.drill(**pair_of(first)) == (1, 1)
    assert true.sealed


def test_a_rotation_by_sheets_that_breaks_off_deletes_no_key(
    sam: Person, first: FirstAccess, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = desk_keys.new_key(None, b"", KeyPair(sealing.new_secret()).public, b"")
    planted.row.save(force_insert=True)
    monkeypatch.setattr(desk_keys, "opens", lambda row, secret: False)
    with pytest.raises(Refused, match="could not be opened"):
        recovery.rotate_desk_key(**pair_of(first))
    assert DeskKey.objects.filter(kid=planted.row.kid).exists()


def test_a_key_that_was_retired_long_ago_keeps_its_day(sam: Person, first: FirstAccess) -> None:
    row, day = DeskKey.objects.get(), timezone.now() - timedelta(days=400)
    recovery.rotate_desk_key(**pair_of(first))
    DeskKey.objects.filter(kid=row.kid).update(retired_at=day)
    recovery.rotate_desk_key(**pair_of(first))
    assert DeskKey.objects.get(kid=row.kid).retired_at == day
    assert DeskKey.objects.filter(retired_at=None).count() == 1


def test_the_first_set_up_gives_what_it_had_written_down(db: None) -> None:
    kept: list[FirstAccess] = []
    first = recovery.set_up_desk(keep=kept.append)
    assert kept == [first]
    assert first.username == Officer.objects.get().username == "supervisor"
    assert {event.by for event in Event.objects.all()} == {"system"}
    verbs = Event.objects.order_by("verb").values_list("verb", flat=True)
    assert list(verbs) == ["access_given", "key_made"]
    assert DeskKeyGrant.objects.get().by == "system"
    settled(Officer.objects.get(), first.words)
    assert recovery.drill(**pair_of(first)) == (0, 0)


def test_the_sheets_are_written_down_before_anything_counts(db: None) -> None:
    def full_disk(first: FirstAccess) -> None:
        raise OSError("full")

    with pytest.raises(OSError, match="full"):
        recovery.set_up_desk(keep=full_disk)
    assert not DeskKey.objects.exists()
    assert not Officer.objects.exists()


def test_one_sheet_and_a_copy_of_everything_open_nothing(sam: Person, first: FirstAccess) -> None:
    tip, row = tip_of(send()), DeskKey.objects.get()
    foreign = recovery_sheets.split(sealing.new_secret())
    for sheet in first.sheets:
        for other in (sheet, *foreign):
            with pytest.raises(SheetError):
                recovery.drill(sheet_1=sheet, sheet_2=other)
        # What a sheet holds, taken for the secret itself.
        pair = KeyPair(Share.from_mnemonic(sheet).value)
        with pytest.raises(sealing.CannotOpen):
            key_grants.open_recovery_copy(row.recovery_copy, pair, row.kid)
        assert not Keyring.of(pair).fits(tip.sealed or b"")
