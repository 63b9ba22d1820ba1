"""Ways into the desk that are none."""

import re
from datetime import timedelta

import pyotp
import pytest
from django.utils import timezone

from tests.attacks.browser import Browser, digits
from tests.cast import hire, send, tip_of
from tips.access import accounts, pairs
from tips.crypto import passphrases, sealing, wraps
from tips.models import DeskSession, Event, Officer, OfficerKey

pytestmark = pytest.mark.django_db


def offered(page: str) -> tuple[str, str]:
    """The second factor and the five words that a set-up page shows."""
    secret = re.search(r'id="otp-secret"[^>]*>(.*?)</output>', page, re.S)
    words = re.search(r'id="offered-passphrase"[^>]*>(.*?)</output>', page, re.S)
    assert secret
    assert words
    plain = [" ".join(re.sub(r"<[^>]+>", " ", found[1]).split()) for found in (secret, words)]
    return plain[0].replace(" ", ""), plain[1]


def words_of(page: str) -> str:
    return offered(page + '<output id="otp-secret"></output>')[1]


@pytest.fixture
def newcomer(sam):
    """An officer with one-time words, as somebody overheard them."""
    officer = Officer.objects.create(username="lee", role=Officer.Role.OFFICER)
    return officer, accounts.give_access(officer=officer, by=sam.officer, held=sam.held).words


def open_set_up(browser, officer, words):
    answer = browser.log_in(officer.username, words)
    assert (answer.status_code, answer["Location"]) == (303, "/desk/set-up/")
    return offered(browser.get("/desk/set-up/").content.decode())


def finish_set_up(browser, totp, words):
    return browser.send("/desk/set-up/", otp_token=digits(totp), new_passphrase=words)


def test_words_that_were_used_once_open_nothing_more(newcomer):
    officer, one_time = newcomer
    theirs = Browser()
    totp, words = open_set_up(theirs, officer, one_time)
    assert "log in" in finish_set_up(theirs, totp, words).content.decode()
    thief = Browser()
    assert thief.log_in("lee", one_time).status_code == 200
    assert thief.log_in("lee", one_time, digits(totp, 1)).status_code == 200
    assert not thief.is_in
    assert Browser().log_in("lee", words, digits(totp, 1)).status_code == 303


def test_a_set_up_that_stood_open_beside_the_finished_one_changes_nothing(newcomer):
    officer, one_time = newcomer
    theirs, thief = Browser(), Browser()
    stolen_totp, stolen_words = open_set_up(thief, officer, one_time)
    totp, words = open_set_up(theirs, officer, one_time)
    finish_set_up(theirs, totp, words)
    answer = finish_set_up(thief, stolen_totp, stolen_words)
    assert answer.status_code == 200
    assert "Nothing is being set up here" in answer.content.decode()
    assert not Browser().log_in("lee", stolen_words, digits(stolen_totp, 1)).has_header("Location")
    assert Browser().log_in("lee", words, digits(totp, 1)).status_code == 303


def test_the_wrap_of_the_one_time_words_put_back_into_an_open_set_up_is_refused(newcomer):
    """The thief keeps the open page's row; what it posts must not touch the new pair."""
    officer, one_time = newcomer
    thief, theirs = Browser(), Browser()
    stolen_totp, stolen_words = open_set_up(thief, officer, one_time)
    (row,) = DeskSession.objects.filter(officer=officer)
    totp, words = open_set_up(theirs, officer, one_time)
    finish_set_up(theirs, totp, words)
    row.save(force_insert=True)
    answer = finish_set_up(thief, stolen_totp, stolen_words)
    assert "no longer valid" in answer.content.decode()
    assert not thief.is_in
    assert Browser().log_in("lee", words, digits(totp, 1)).status_code == 303


def test_one_time_words_open_the_set_up_page_and_nothing_else(newcomer):
    officer, one_time = newcomer
    thief = Browser()
    open_set_up(thief, officer, one_time)
    assert not thief.is_in
    tip = tip_of(send())
    for path in ("/desk/tips/tip/", f"/desk/tips/tip/{tip.pk}/", "/desk/password_change/"):
        assert thief.get(path)["Location"].startswith("/desk/login/"), path
    assert not Event.objects.filter(verb=Event.Verb.OPENED).exists()


def test_a_cookie_planted_before_the_log_in_is_nobody_s_session(sam, log_in):
    browser, thief = Browser(), Browser()
    browser.cookie = thief.cookie = "planted" * 4 + "1234"
    log_in(sam, browser)
    assert browser.is_in
    assert browser.cookie != thief.cookie
    assert not thief.is_in


def test_an_own_session_planted_in_a_supervisor_s_browser_gains_nothing(sam, kim, log_in):
    thief = log_in(kim)
    planted = thief.cookie
    words = words_of(thief.get("/desk/password_change/").content.decode())
    browser = Browser()
    browser.get("/desk/login/")
    browser.cookie = planted
    log_in(sam, browser)
    assert browser.cookie != planted
    assert words_of(browser.get("/desk/password_change/").content.decode()) != words
    thief.cookie = planted
    assert not thief.is_in


def test_right_words_with_wrong_digits_are_counted_over_all_networks(kim):
    right = digits(kim.totp)
    wrong = f"{(int(right) + 500_000) % 1_000_000:06}"
    for _ in range(5):
        assert "do not fit" in Browser().log_in("kim", kim.words, wrong).content.decode()
    browser = Browser()
    answer = browser.log_in("kim", kim.words, right)
    assert answer.status_code == 200
    assert not browser.is_in
    assert Event.objects.filter(verb=Event.Verb.LOCKED_OUT, about="kim").exists()
    OfficerKey.objects.filter(officer=kim.officer).update(
        wrong_digits_since=timezone.now() - timedelta(minutes=61)
    )
    assert browser.log_in("kim", kim.words, digits(kim.totp, 1)).status_code == 303


def test_wrong_words_and_wrong_digits_look_alike(kim):
    answers = [
        Browser().log_in(name, words, "000000").content.decode()
        for name, words in (("kim", kim.words), ("kim", "five other words to try"), ("nobody", "x"))
    ]
    said = {re.search(r'id="login-error"[^>]*>(.*?)</p>', answer)[1] for answer in answers}
    assert len(said) == 1


def test_digits_that_somebody_read_over_a_shoulder_open_once(kim):
    seen = digits(kim.totp)
    assert Browser().log_in("kim", kim.words, seen).status_code == 303
    thief = Browser()
    assert "used already" in thief.log_in("kim", kim.words, seen).content.decode()
    assert not thief.is_in


def planted_key(kim, attestation=b""):
    """A pair that somebody wrote into the database in place of Kim's, with words they know."""
    words, totp, pair = passphrases.new_passphrase(), pyotp.random_base32(), sealing.new_pair()
    payload = pairs.payload(pair.secret, bytes(32), totp)
    OfficerKey.objects.filter(officer=kim.officer).delete()
    OfficerKey.objects.create(
        officer=kim.officer,
        public=pair.public,
        wrapped=wraps.wrap(payload, words, kim.officer.pk),
        attestation=attestation,
    )
    return words, totp, pair


def test_a_planted_officer_key_gets_nobody_in_and_is_a_red_line(sam, kim, log_in):
    words, totp, _ = planted_key(kim, bytes(sam.officer.key.attestation))
    thief = Browser()
    for _ in range(2):
        answer = thief.log_in("kim", words, digits(totp)).content.decode()
        assert "nobody at the desk gave" in answer
    assert not thief.is_in
    page = log_in(sam).get("/desk/tips/tip/").content.decode()
    assert re.search(r'class="red-line"[^>]*><strong>kim has a key that nobody', page)
    assert Event.objects.filter(verb=Event.Verb.FALSE_PAIR, about="kim").count() == 1


def test_a_planted_key_with_an_event_of_its_own_opens_no_tip_and_is_a_red_line(sam, kim, log_in):
    """Whoever has broken into the desk may write events too, but no attestation and no grant."""
    tip = tip_of(send(what_happened="They keep her passport."))
    words, totp, pair = planted_key(kim, bytes(sam.officer.key.attestation))
    digest = sealing.public_digest(pair.public)
    Event.objects.record(Event.Verb.PASSPHRASE_CHANGED, about="kim", pair_digest=digest)
    thief = Browser()
    assert thief.log_in("kim", words, digits(totp)).status_code == 303
    assert "passport" not in thief.get(f"/desk/tips/tip/{tip.pk}/").content.decode()
    assert not Event.objects.filter(verb=Event.Verb.OPENED).exists()
    page = log_in(sam).get("/desk/tips/tip/").content.decode()
    assert re.search(r'class="red-line"[^>]*><strong>kim has a key that nobody', page)
    assert Event.objects.filter(verb=Event.Verb.FALSE_PAIR, about="kim").count() == 1


def test_no_red_line_for_those_who_were_given_access(sam, kim, log_in):
    hire("dana", Officer.Role.AUDITOR, sam)
    assert "nobody at the desk gave" not in log_in(sam).get("/desk/").content.decode()
    assert not Event.objects.filter(verb=Event.Verb.FALSE_PAIR).exists()
