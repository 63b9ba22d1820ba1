"""A store that came back from a backup, seen from the database."""

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from slu_antitrafficking.refusal import Refused
from tests.cast import Person, opens, send, session_of, tip_of
from tips import actions
from tips.access import pairs, restored
from tips.access.recovery import FirstAccess
from tips.crypto import recovery_sheets, sealing
from tips.housekeeping import self_check
from tips.models import DeskKey, DeskSession, Event, Officer, OfficerKey, SelfCheck, Upkeep
from tips.models.upkeep import HEARTBEAT


def settle(first: FirstAccess, *left: Officer) -> list[str]:
    return restored.settle(sheet_1=first.sheets[0], sheet_2=first.sheets[2], left=left)


def test_who_left_is_out_and_what_they_had_is_nobody_s(
    sam: Person, kim: Person, dana: Person, first: FirstAccess
) -> None:
    tip = tip_of(send())
    actions.take(tip=tip, by=kim.officer)
    session_of(sam.officer)
    before = DeskKey.objects.count()
    assert settle(first, kim.officer) == ["dana", "supervisor"]
    assert not DeskSession.objects.exists()
    assert not OfficerKey.objects.filter(officer=kim.officer).exists()
    assert not Officer.objects.get(pk=kim.officer.pk).is_active
    assert Event.objects.get(verb="deactivated").pair_digest == pairs.NO_PAIR
    tip.refresh_from_db()
    assert tip.owner is None
    assert DeskKey.objects.count() == before + 1
    new = tip_of(send())
    assert opens(dana, new)
    assert opens(dana, tip)
    assert not opens(kim, new)
    trail = Event.objects.filter(by="recovery").values_list("verb", "about", "count")
    assert set(trail) == {
        ("given", "nobody", None),
        ("deactivated", "kim", None),
        ("key_rotated", "", 2),
        ("restored", "", 1),
    }


def test_what_was_looked_at_on_another_server_was_not_looked_at_here(
    sam: Person, first: FirstAccess
) -> None:
    for name in (SelfCheck.RIGHTS, HEARTBEAT):
        Upkeep(name=name).went_well()
    settle(first)
    left = dict(Upkeep.objects.values_list("name", "problem"))
    assert left.keys() == {HEARTBEAT, SelfCheck.RESTORED}
    assert left[SelfCheck.RESTORED].startswith("Restored from a backup. Look through Accounts")


def test_a_store_is_settled_as_a_whole_or_not_at_all(
    sam: Person, kim: Person, first: FirstAccess
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no check is pending any more
        cursor.execute(
            "ALTER TABLE tips_event ADD CONSTRAINT no_room CHECK (verb <> 'restored') NOT VALID"
        )
    with pytest.raises(DatabaseError, match="no_room"):
        settle(first, kim.officer)
    assert Officer.objects.get(pk=kim.officer.pk).is_active
    assert DeskKey.objects.count() == 1


def test_other_sheets_change_nothing(sam: Person, first: FirstAccess) -> None:
    others = recovery_sheets.split(sealing.new_secret())
    with pytest.raises(Refused, match="not recovery sheets of this desk"):
        restored.settle(sheet_1=others[0], sheet_2=others[1], left=[sam.officer])
    assert Officer.objects.get(pk=sam.officer.pk).is_active
    assert DeskKey.objects.count() == 1


def test_a_desk_that_everybody_left_still_gets_a_new_key(sam: Person, first: FirstAccess) -> None:
    assert settle(first, sam.officer) == []
    assert DeskKey.objects.active().count() == 1


def test_it_is_red_until_a_supervisor_logged_in_and_the_rights_were_looked_at(
    sam: Person, kim: Person, first: FirstAccess
) -> None:
    Upkeep(name=SelfCheck.RIGHTS).went_well()
    settle(first)

    def is_red() -> bool:
        self_check.every_minute()
        return Upkeep.objects.filter(name=SelfCheck.RESTORED, failed_since__isnull=False).exists()

    assert is_red()
    Event.objects.record(Event.Verb.LOGGED_IN, by=kim.officer)
    self_check.every_hour()
    assert is_red()
    Upkeep.objects.filter(name=SelfCheck.RIGHTS).update(done_at=timezone.now())
    Event.objects.record(Event.Verb.LOGGED_IN, by=sam.officer)
    OfficerKey.objects.filter(officer=kim.officer).update(public=sam.unlock().wrapped)
    assert is_red()  # a pair that the trail does not explain
    OfficerKey.objects.filter(officer=kim.officer).delete()
    assert not is_red()
