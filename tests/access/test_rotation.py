"""What a rotation of the desk key takes from its caller, and what is sealed after it."""

import pytest
from django.db import connection
from django.utils import timezone

from slu_antitrafficking.refusal import Refused
from tests.cast import Person
from tips.access import desk_keys
from tips.crypto import active_key, sealing
from tips.models import DeskKey


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
