"""An old desk key that somebody with the database made active again."""

from datetime import timedelta

import pytest
from django.utils import timezone

from slu_antitrafficking.refusal import Refused
from tests.access.false_keys import make_old_active, plant_desk_key
from tests.cast import Person, send, tip_of
from tips.access import accounts, desk_keys, pairs
from tips.crypto.sealing import Keyring
from tips.models import DeskKey, Event

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
