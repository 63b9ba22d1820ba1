"""Every way to give, change and take access ends in "opens" or in a refusal with a sentence."""

from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from typing import Any

import psycopg2
import pyotp
import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from slu_antitrafficking.refusal import Refused
from tests.access import outbox
from tests.cast import Person, hire, opens, send, settled, tip_of
from tips import actions
from tips.access import accounts, authentication, desk_keys, pairs
from tips.crypto import passphrases, wraps
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
    Turn,
)


def session_of(officer: Officer) -> None:
    DeskSession.objects.create(
        session_key=officer.username, session_data=b"", expire_date=timezone.now(), officer=officer
    )


def test_the_first_supervisor_and_a_colleague_read_the_same_tip(sam: Person, kim: Person) -> None:
    tip = tip_of(send())
    assert opens(sam, tip)
    assert opens(kim, tip)
    assert set(Officer.objects.holders()) == {sam.officer, kim.officer}


def test_words_are_taken_in_any_case_and_spacing(kim: Person) -> None:
    typed = "  " + kim.words.upper().replace(" ", "   ")
    assert authentication.unlock(username=" KIM ", words=typed)


@pytest.mark.parametrize("name", ["kim", "nobody"])
def test_wrong_words_and_an_unknown_name_cost_one_derivation_each(
    kim: Person, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    derivations = []
    derive = wraps.derive
    monkeypatch.setattr(wraps, "derive", lambda *given: derivations.append(1) or derive(*given))
    assert authentication.unlock(username=name, words="five wrong words are here") is None
    assert len(derivations) == 1


def test_one_time_words_end_after_72_hours(sam: Person) -> None:
    officer = Officer.objects.create(username="lee", role=Officer.Role.OFFICER)
    words = accounts.give_access(officer=officer, by=sam.officer, held=sam.held).words
    unlocked = authentication.unlock(username="lee", words=words)
    assert unlocked
    assert not unlocked.totp
    OfficerKey.objects.filter(officer=officer).update(one_time_until=timezone.now())
    assert authentication.unlock(username="lee", words=words) is None
    with pytest.raises(Refused):
        accounts.set_up(unlocked=unlocked, words="new words of lee here", totp="A" * 32, step=1)
    assert OfficerKey.objects.get(officer=officer).is_one_time


def test_one_time_words_open_nothing_after_set_up(sam: Person) -> None:
    officer = Officer.objects.create(username="lee", role=Officer.Role.OFFICER)
    words = accounts.give_access(officer=officer, by=sam.officer, held=sam.held).words
    old = authentication.unlock(username="lee", words=words)
    assert old
    lee = settled(officer, words)
    assert authentication.unlock(username="lee", words=words) is None
    assert not authentication.granted_secrets(old)
    assert opens(lee, tip_of(send()))


def test_an_old_wrap_cannot_be_set_up_or_logged_in_with_again(sam: Person) -> None:
    officer = Officer.objects.create(username="lee", role=Officer.Role.OFFICER)
    words = accounts.give_access(officer=officer, by=sam.officer, held=sam.held).words
    old = authentication.unlock(username="lee", words=words)
    assert old
    lee = settled(officer, words)
    with pytest.raises(Refused):
        accounts.set_up(unlocked=old, words="the thief has other words", totp="A" * 32, step=1)
    assert not authentication.use_step(old, 10**9)
    assert lee.unlock().totp == lee.totp


def test_a_change_of_passphrase_keeps_access_and_ends_sessions(kim: Person) -> None:
    tip, before = tip_of(send()), kim.unlock()
    session_of(kim.officer)
    words = passphrases.new_passphrase()
    accounts.change_passphrase(unlocked=before, words=words, step=5)
    assert authentication.unlock(username="kim", words=kim.words) is None
    kim.words = words
    assert opens(kim, tip)
    assert kim.unlock().totp == before.totp
    assert not DeskSession.objects.exists()
    assert not authentication.granted_secrets(before)


@pytest.mark.parametrize("name", ["k\u0131m", "k\u0131m\0", "kim\0", "\uff4bim"])
def test_a_name_that_a_database_might_take_for_another_is_nobody_s(kim: Person, name: str) -> None:
    assert authentication.unlock(username=name, words=kim.words) is None


def test_who_changed_their_words_goes_on_with_what_these_open_and_with_newer_digits(
    kim: Person,
) -> None:
    after = accounts.change_passphrase(unlocked=kim.unlock(), words="Other  words of kim", step=5)
    assert after == authentication.unlock(username="kim", words="other words of kim")
    assert authentication.granted_secrets(after)
    assert not authentication.use_step(after, 5)
    assert authentication.use_step(after, 6)


def test_who_is_deactivated_in_whatever_way_changes_no_words(kim: Person) -> None:
    before = kim.unlock()
    Officer.objects.filter(pk=kim.officer.pk).update(is_active=False)
    with pytest.raises(Refused, match="changed meanwhile"):
        accounts.change_passphrase(unlocked=before, words="other words of kim", step=5)


def test_two_changes_at_once_cannot_both_happen(kim: Person) -> None:
    before = kim.unlock()
    accounts.change_passphrase(unlocked=before, words="first new words are these", step=5)
    with pytest.raises(Refused):
        accounts.change_passphrase(unlocked=before, words="second new words are these", step=6)
    assert authentication.unlock(username="kim", words="first new words are these")


def test_a_change_that_breaks_in_the_middle_keeps_the_old_words(
    kim: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    tip, before = tip_of(send()), kim.unlock()

    def full_disk(*args: object, **kwargs: object) -> None:
        raise OSError("full")

    monkeypatch.setattr(pairs, "grant", full_disk)
    with pytest.raises(OSError, match="full"):
        accounts.change_passphrase(unlocked=before, words="new words of kim today", step=5)
    monkeypatch.undo()
    assert opens(kim, tip)


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


def test_deactivating_takes_key_grants_and_sessions_at_once(sam: Person, kim: Person) -> None:
    session_of(kim.officer)
    accounts.deactivate(officer=kim.officer, by=sam.officer, held=sam.held)
    assert authentication.unlock(username="kim", words=kim.words) is None
    assert not OfficerKey.objects.filter(officer=kim.officer).exists()
    assert not DeskKeyGrant.objects.filter(officer_key=kim.officer.pk).exists()
    assert not DeskSession.objects.exists()


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
    acts: dict[str, Callable[[], object]] = {
        "tips_officer WHERE id": deactivate,
        "tips_officerkey WHERE officer_id": lambda: pairs.true_holders(newest),
    }
    for row, act in acts.items():
        with closing(psycopg2.connect(**parameters)) as somebody:
            query = f"SELECT FROM {row} = %s FOR UPDATE"
            somebody.cursor().execute(query, [str(sam.officer.pk)])
            with pytest.raises(DatabaseError, match="lock timeout"):
                impatient(act)
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


def test_each_step_opens_once_and_never_backwards(kim: Person) -> None:
    unlocked = kim.unlock()
    assert authentication.use_step(unlocked, 100)
    assert not authentication.use_step(unlocked, 100)
    assert not authentication.use_step(unlocked, 99)
    assert authentication.use_step(unlocked, 101)


def test_digits_fit_this_step_the_last_and_the_next() -> None:
    secret = pyotp.random_base32()
    code, now = pyotp.TOTP(secret), timezone.now()
    for shift in (-30, 0, 30):
        step = authentication.matching_step(secret, code.at(now + timedelta(seconds=shift)))
        assert step is not None
        assert authentication.matching_step(secret, code.generate_otp(step), after=step) is None
    typed = code.at(now)
    assert authentication.matching_step(secret, f" {typed[:3]} {typed[3:]}\t") is not None
    assert authentication.matching_step(secret, code.at(now + timedelta(minutes=5))) is None
    for wrong in ("", "abc", "12345", "０１２３４５"):
        assert authentication.matching_step(secret, wrong) is None


def test_right_words_with_wrong_digits_are_closed_after_five_an_hour(
    kim: Person, dana: Person
) -> None:
    unlocked = kim.unlock()
    for _ in range(5):
        assert not authentication.digits_are_locked(unlocked)
        authentication.count_wrong_digits(unlocked)
    assert authentication.digits_are_locked(unlocked)
    assert not authentication.digits_are_locked(dana.unlock())
    locked_out = Event.objects.filter(verb="locked_out", about="kim")
    assert not locked_out.exists()
    authentication.record_locked_out(unlocked)
    assert locked_out.count() == 1
    OfficerKey.objects.update(wrong_digits_since=timezone.now() - timedelta(minutes=61))
    assert not authentication.digits_are_locked(unlocked)


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
