"""Whoever loses access: their keys, their sessions, their tips, and who must stay."""

from collections.abc import Callable
from contextlib import closing
from typing import Any

import psycopg2
import pytest
from django.db import DatabaseError, connection, transaction

from slu_antitrafficking.refusal import Refused
from tests.cast import Person, hire, opens, send, session_of, settled, tip_of
from tips import actions
from tips.access import accounts, authentication, desk_keys, pairs
from tips.crypto.sealing import Keyring
from tips.models import (
    Alarm,
    DeskKey,
    DeskKeyGrant,
    DeskSession,
    Event,
    Officer,
    OfficerKey,
    Tip,
)


def test_deactivating_takes_key_grants_and_sessions_at_once(sam: Person, kim: Person) -> None:
    session_of(kim.officer)
    accounts.deactivate(officer=kim.officer, by=sam.officer, held=sam.held)
    assert authentication.unlock(username="kim", words=kim.words) is None
    assert not OfficerKey.objects.filter(officer=kim.officer).exists()
    assert not DeskKeyGrant.objects.filter(officer_key=kim.officer.pk).exists()
    assert not DeskSession.objects.exists()


def test_the_last_who_can_open_tips_is_never_lost(sam: Person) -> None:
    for act in (
        lambda: accounts.deactivate(officer=sam.officer, by=sam.officer, held=sam.held),
        lambda: accounts.change_role(
            officer=sam.officer, role="editor", by=sam.officer, held=sam.held
        ),
    ):
        with pytest.raises(Refused):
            act()
    assert opens(sam, tip_of(send()))


def test_the_last_who_opens_tips_is_never_lost_though_others_could(
    sam: Person, kim: Person
) -> None:
    held = kim.held
    OfficerKey.objects.filter(officer=sam.officer).delete()
    with pytest.raises(Refused, match="kim is the last who can open tips"):
        accounts.deactivate(officer=kim.officer, by=sam.officer, held=held)
    assert kim.held


@pytest.mark.django_db(transaction=True)
def test_of_two_acts_that_lose_somebody_the_second_waits(sam: Person, kim: Person) -> None:
    """Else two supervisors who deactivate each other at once would both be gone."""

    @transaction.atomic
    def impatient(act: Callable[[], object]) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '100ms'")
        act()

    def deactivate() -> None:
        accounts.deactivate(officer=kim.officer, by=sam.officer, held=held)

    held = sam.held
    newest = pairs.newest_of(held) or b""
    parameters = connection.get_connection_params()
    for name in ("cursor_factory", "context"):
        parameters.pop(name, None)
    tip = tip_of(send())
    acts: tuple[tuple[str, Callable[[], object]], ...] = (
        ("tips_officer WHERE id", deactivate),
        ("tips_officer WHERE id", lambda: actions.recuse(tip=tip, by=kim.officer)),
        ("tips_officerkey WHERE officer_id", lambda: pairs.true_holders(newest)),
    )
    for row, act in acts:
        with closing(psycopg2.connect(**parameters)) as somebody:
            query = f"SELECT FROM {row} = %s FOR UPDATE"
            somebody.cursor().execute(query, [str(sam.officer.pk)])
            with pytest.raises(DatabaseError, match="lock timeout"):
                impatient(act)
            somebody.rollback()  # which returns when its lock is gone
    assert Officer.objects.get(pk=kim.officer.pk).is_active
    impatient(deactivate)
    assert not Officer.objects.get(pk=kim.officer.pk).is_active


def test_the_last_supervisor_is_never_lost(sam: Person, kim: Person) -> None:
    for act in (
        lambda: accounts.deactivate(officer=sam.officer, by=sam.officer, held=sam.held),
        lambda: accounts.change_role(
            officer=sam.officer, role="officer", by=sam.officer, held=sam.held
        ),
    ):
        with pytest.raises(Refused, match="last supervisor"):
            act()
    accounts.change_role(officer=kim.officer, role="supervisor", by=sam.officer, held=sam.held)
    accounts.change_role(officer=sam.officer, role="officer", by=kim.officer, held=kim.held)
    assert Officer.objects.get(pk=sam.officer.pk).role == "officer"


def test_an_officer_who_becomes_an_editor_opens_nothing(sam: Person, kim: Person) -> None:
    session_of(kim.officer)
    accounts.change_role(officer=kim.officer, role="editor", by=sam.officer, held=sam.held)
    assert authentication.unlock(username="kim", words=kim.words) is None
    assert not DeskSession.objects.exists()
    kim.officer.refresh_from_db()
    words = accounts.give_access(officer=kim.officer, by=sam.officer, held=sam.held).words
    assert not settled(kim.officer, words).held


def test_the_tips_of_an_officer_who_leaves_are_nobodys_again(sam: Person, kim: Person) -> None:
    tip, closed = tip_of(send(danger_now="yes")), tip_of(send())
    for each in (tip, closed):
        actions.take(tip=each, by=kim.officer)
    actions.close(tip=closed, by=kim.officer, outcome="helped")
    accounts.deactivate(officer=kim.officer, by=sam.officer, held=sam.held)
    tip.refresh_from_db()
    assert (tip.owner, tip.turn_cause) == (None, "returned")
    assert Alarm.objects.get(tip=tip).urgent
    closed.refresh_from_db()
    assert closed.owner is None  # what its citizen writes must not wait for whoever left
    event = Event.objects.get(tip_id=tip.pk, verb="given")
    assert (event.by, event.about) == (sam.officer.username, "nobody")


def test_a_supervisor_who_becomes_an_officer_gives_back_restricted_tips(sam: Person) -> None:
    lee = hire("lee", "supervisor", sam)
    restricted, plain = tip_of(send(official_involved="yes")), tip_of(send())
    for each in (restricted, plain):
        actions.take(tip=each, by=lee.officer)
    accounts.change_role(officer=lee.officer, role="officer", by=sam.officer, held=sam.held)
    assert Tip.objects.get(pk=restricted.pk).owner is None
    assert Tip.objects.get(pk=plain.pk).owner == lee.officer


LEAVING = {
    "deactivated": lambda officer, by: accounts.deactivate(
        officer=officer, by=by.officer, held=by.held
    ),
    "made an editor": lambda officer, by: accounts.change_role(
        officer=officer, role="editor", by=by.officer, held=by.held
    ),
    "given access anew": lambda officer, by: accounts.give_access(
        officer=officer, by=by.officer, held=by.held
    ),
}


@pytest.mark.parametrize("act", LEAVING.values(), ids=LEAVING)
def test_whoever_loses_access_never_had_the_key_of_the_next_tip(
    sam: Person, kim: Person, dana: Person, act: Any
) -> None:
    before, leaver = tip_of(send()), kim.held
    lee = Officer.objects.create(username="lee", role=Officer.Role.OFFICER)
    one_time = accounts.give_access(officer=lee, by=sam.officer, held=sam.held).words
    old = DeskKey.objects.active().get()
    act(kim.officer, sam)
    new = DeskKey.objects.active().get()
    assert (bytes(new.predecessor or b""), bytes(new.kid) in leaver) == (bytes(old.kid), False)
    after = tip_of(send())
    assert not Keyring(leaver).fits(after.sealed or b"")
    for person in (sam, dana, settled(lee, one_time)):
        assert opens(person, before)
        assert opens(person, after)
    event = Event.objects.get(verb="key_rotated")
    assert event.by == sam.officer.username


def test_a_colleague_who_leaves_without_ever_opening_tips_costs_no_new_key(
    sam: Person, ed: Person
) -> None:
    accounts.deactivate(officer=ed.officer, by=sam.officer, held=sam.held)
    assert DeskKey.objects.count() == 1


def test_whoever_leaves_gives_back_the_secrets_with_the_new_one(sam: Person, kim: Person) -> None:
    held = accounts.deactivate(officer=kim.officer, by=sam.officer, held=sam.held)
    assert held == sam.held
    assert desk_keys.judge_newer(held).lacking == set()


def test_the_last_who_can_open_one_of_the_tips_keeps_their_access(
    sam: Person, kim: Person, dana: Person
) -> None:
    tip = tip_of(send())
    lee = hire("lee", "supervisor", sam)
    for person in (sam, dana, lee):
        actions.recuse(tip=tip, by=person.officer)
    actions.recuse(tip=tip_of(send()), by=sam.officer)  # which the others can open
    with pytest.raises(Refused, match="kim is the last who can open one of the tips") as refused:
        accounts.deactivate(officer=kim.officer, by=sam.officer, held=sam.held)
    assert str(tip) not in str(refused.value)  # Sam knows its people
    with pytest.raises(Refused, match="kim is the last"):
        accounts.change_role(officer=kim.officer, role="editor", by=sam.officer, held=sam.held)
    accounts.deactivate(officer=dana.officer, by=sam.officer, held=sam.held)


def test_a_supervisor_who_alone_opens_a_restricted_tip_stays_one(sam: Person) -> None:
    tip = tip_of(send())
    lee = hire("lee", "supervisor", sam)
    actions.restrict(tip=tip, by=sam.officer)
    actions.recuse(tip=tip, by=sam.officer)
    with pytest.raises(Refused, match="lee is the last who can open one of the tips"):
        accounts.change_role(officer=lee.officer, role="officer", by=sam.officer, held=sam.held)
