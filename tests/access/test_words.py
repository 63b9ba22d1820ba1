"""Words and digits: what opens, what does not any more, and how they are changed."""

from datetime import timedelta

import pyotp
import pytest
from django.utils import timezone

from slu_antitrafficking.refusal import Refused
from tests.cast import Person, opens, send, session_of, settled, tip_of
from tips.access import accounts, authentication, pairs
from tips.crypto import passphrases, wraps
from tips.models import (
    DeskSession,
    Event,
    Officer,
    OfficerKey,
)


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


def test_each_step_opens_once_and_never_backwards(kim: Person) -> None:
    unlocked = kim.unlock()
    assert authentication.use_step(unlocked, 100)
    assert not authentication.use_step(unlocked, 100)
    assert not authentication.use_step(unlocked, 99)
    assert authentication.use_step(unlocked, 101)


def test_digits_fit_this_step_the_last_and_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = pyotp.random_base32()
    code, now = pyotp.TOTP(secret), timezone.now()
    monkeypatch.setattr(authentication.time, "time", now.timestamp)
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
