"""Every way to give, change and take access ends in "opens" or in a refusal with a sentence."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from slu_antitrafficking.refusal import Refused
from tests.access import outbox
from tests.cast import Person, hire, opens, send, session_of, settled, tip_of
from tips import actions
from tips.access import accounts, authentication
from tips.models import (
    Alarm,
    DeskKeyGrant,
    DeskSession,
    Event,
    Officer,
    OfficerKey,
    Tip,
    Turn,
)


def test_the_first_supervisor_and_a_colleague_read_the_same_tip(sam: Person, kim: Person) -> None:
    tip = tip_of(send())
    assert opens(sam, tip)
    assert opens(kim, tip)
    assert set(Officer.objects.holders()) == {sam.officer, kim.officer}


def test_giving_access_again_takes_the_old_access_away(sam: Person, kim: Person) -> None:
    tip, old = tip_of(send()), kim.unlock()
    session_of(kim.officer)
    words = accounts.give_access(officer=kim.officer, by=sam.officer, held=sam.held).words
    assert authentication.unlock(username="kim", words=kim.words) is None
    assert not authentication.granted_secrets(old)
    assert not DeskSession.objects.exists()
    assert opens(settled(kim.officer, words), tip)


def test_whoever_is_given_access_again_gives_their_tips_back_and_an_urgent_one_alarms(
    sam: Person, kim: Person
) -> None:
    """Until they have set it up an owner's name would be no proof that somebody looks."""
    urgent, other = tip_of(send(danger_now="yes")), tip_of(send())
    for tip in (urgent, other):
        actions.take(tip=tip, by=kim.officer)
    assert not Alarm.objects.exists()
    accounts.give_access(officer=kim.officer, by=sam.officer, held=sam.held)
    turns = {tip.pk: tip.turn for tip in Tip.objects.with_turn()}
    assert turns == {urgent.pk: Turn.TO_TAKE, other.pk: Turn.TO_TAKE}
    assert Alarm.objects.get().tip_id == urgent.pk


def test_only_a_supervisor_with_the_key_gives_access_and_not_to_themselves(
    sam: Person, kim: Person, dana: Person
) -> None:
    refused = [(dana, kim, kim.held), (dana, sam, {}), (sam, sam, sam.held)]
    for officer, by, held in refused:
        with pytest.raises(Refused):
            accounts.give_access(officer=officer.officer, by=by.officer, held=held)
    accounts.deactivate(officer=dana.officer, by=sam.officer, held=sam.held)
    dana.officer.refresh_from_db()
    with pytest.raises(Refused):
        accounts.give_access(officer=dana.officer, by=sam.officer, held=sam.held)


def test_a_session_from_before_a_rotation_cannot_give_half_an_access(
    sam: Person, kim: Person, dana: Person
) -> None:
    before = sam.held
    accounts.deactivate(officer=kim.officer, by=sam.officer, held=before)
    for act in (
        lambda: accounts.give_access(officer=dana.officer, by=sam.officer, held=before),
        lambda: accounts.deactivate(officer=dana.officer, by=sam.officer, held=before),
    ):
        with pytest.raises(Refused, match=r"^There is a newer desk key"):
            act()
    assert opens(dana, tip_of(send()))


@pytest.mark.parametrize("role", ["auditor", "editor"])
def test_auditors_and_editors_hold_no_desk_key(sam: Person, role: str) -> None:
    person = hire("lee", role, sam)
    assert not person.held
    assert not DeskKeyGrant.objects.filter(officer_key__officer=person.officer).exists()
    assert not opens(person, tip_of(send()))


def test_what_the_trail_and_a_wrap_say_of_nothing_stays_the_same_for_ever(
    sam: Person, kim: Person, ed: Person
) -> None:
    given = accounts.give_access(officer=ed.officer, by=sam.officer, held=sam.held)
    unlocked = authentication.unlock(username=ed.officer.username, words=given.words)
    assert unlocked
    assert (unlocked.anchor, unlocked.totp) == (bytes(32), "")
    assert bytes(OfficerKey.objects.get(officer=ed.officer).attestation) == b""
    assert kim.unlock().anchor != bytes(32)
    accounts.deactivate(officer=kim.officer, by=sam.officer, held=sam.held)
    event = Event.objects.get(verb="deactivated")
    assert event.pair_digest is not None
    assert bytes(event.pair_digest) == b""


def test_an_address_is_checked_and_its_change_told_to_the_old_one(
    sam: Person, kim: Person, mailed: None
) -> None:
    for address in ("kim@example.lc", "kim@example.lc", "other@example.lc", ""):
        accounts.change_email(officer=kim.officer, email=address, by=sam.officer)
    subject = "Know the Signs: your address was changed"
    assert outbox.letters() == [(subject, ["kim@example.lc"]), (subject, ["other@example.lc"])]
    assert not any("kim" in str(mail.body) + mail.subject for mail in outbox.messages())
    assert Event.objects.filter(verb="email_changed", about="kim").count() == 3


@pytest.mark.parametrize("name", ["Kim", "KIM"])
def test_no_two_names_differ_by_case_alone(kim: Person, name: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Officer.objects.create(username=name, role="officer")


@pytest.mark.parametrize("name", ["", "nobody", "System", "кim", "kim lee", ".kim", "k" * 41])
def test_names_that_could_be_taken_for_another_are_refused(db: None, name: str) -> None:
    with pytest.raises(ValidationError):
        Officer(username=name, role="officer").full_clean()
