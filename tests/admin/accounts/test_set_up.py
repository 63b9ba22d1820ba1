"""/desk/set-up/ and /desk/password_change/: words of one's own."""

from datetime import timedelta

import pyotp
import pytest
from django.test import Client
from django.utils import timezone

from tests.admin.desk import (
    LOG_IN,
    QUEUE,
    SET_UP,
    begin_set_up,
    credentials,
    events,
    log_in,
    output,
)
from tests.cast import Person
from tips.access import accounts, authentication, sessions
from tips.models import DeskSession, Officer, OfficerKey

pytestmark = pytest.mark.django_db

CHANGE = "/desk/password_change/"


@pytest.fixture
def newcomer(sam: Person) -> tuple[Officer, str]:
    officer = Officer.objects.create(username="lee", role="officer")
    return officer, accounts.give_access(officer=officer, by=sam.officer, held=sam.held).words


def shown(client: Client) -> tuple[str, str]:
    page = client.get(SET_UP).content.decode()
    return output(page, "otp-secret"), output(page, "offered-passphrase")


def test_one_time_words_lead_to_words_of_ones_own(newcomer, as_desk) -> None:
    as_desk()
    officer, one_time = newcomer
    client = begin_set_up(officer, one_time)
    secret, offered = shown(client)
    typed = {"otp_token": pyotp.TOTP(secret).now(), "new_passphrase": f" {offered.upper()}  "}
    answer = client.post(SET_UP, typed)
    assert "Your access is set up" in answer.content.decode()
    assert not DeskSession.objects.exists()
    assert client.get("/desk/").status_code == 303
    log_in(Person(officer, offered, secret), client, ahead=1)
    assert client.get(QUEUE).status_code == 200
    assert [event.about for event in events("set_up")][-1] == "lee"


def test_the_page_has_a_picture_without_a_style_in_it(newcomer) -> None:
    page = begin_set_up(*newcomer).get(SET_UP).content.decode()
    assert '<svg viewBox="' in page
    assert " style=" not in page


def test_reloading_shows_the_same_secret_and_other_words_when_asked(newcomer) -> None:
    client = begin_set_up(*newcomer)
    secret, offered = shown(client)
    assert shown(client) == (secret, offered)
    page = client.post(SET_UP, {"another": "1"}).content.decode()
    assert output(page, "otp-secret") == secret
    assert output(page, "offered-passphrase") != offered


def test_a_slip_changes_nothing_and_is_named(newcomer) -> None:
    client = begin_set_up(*newcomer)
    secret, offered = shown(client)
    for wrong, sentence in (
        ({"otp_token": "123"}, "not the digits of now"),
        ({"otp_token": ""}, "Type the six digits"),
        ({"new_passphrase": "words of my own choice here"}, "not the five words above"),
        ({"new_passphrase": ""}, "Type the five words back"),
    ):
        typed = {"otp_token": pyotp.TOTP(secret).now(), "new_passphrase": offered} | wrong
        assert sentence in client.post(SET_UP, typed).content.decode()
        assert OfficerKey.objects.get(officer=newcomer[0]).is_one_time, sentence
    assert shown(client) == (secret, offered)


def test_the_set_up_session_opens_nothing_else_and_holds_no_desk_key(newcomer, sam) -> None:
    client = begin_set_up(*newcomer)
    for path in ("/desk/", QUEUE, CHANGE, "/desk/recovery/"):
        assert client.get(path).headers["Location"].startswith(LOG_IN), path
    data = sessions.SessionStore(client.cookies["desk"].value).load()
    assert not any(secret.hex() in str(data) for secret in sam.held.values())
    assert "keys" not in data


def test_it_lasts_fifteen_minutes_however_busy(newcomer) -> None:
    client = begin_set_up(*newcomer)
    shown(client)
    assert DeskSession.objects.get().expire_date - timezone.now() <= timedelta(minutes=15)
    DeskSession.objects.update(started_at=timezone.now() - timedelta(minutes=15, seconds=1))
    client.get(SET_UP)
    assert "log in with them again" in client.get(SET_UP).content.decode()


def test_words_past_their_72_hours_open_nothing_even_on_an_open_page(newcomer) -> None:
    client = begin_set_up(*newcomer)
    secret, offered = shown(client)
    OfficerKey.objects.update(one_time_until=timezone.now())
    typed = {"otp_token": pyotp.TOTP(secret).now(), "new_passphrase": offered}
    assert "no longer valid" in client.post(SET_UP, typed).content.decode()
    again = {"username": "lee", "password": newcomer[1]}
    assert "do not fit together" in Client().post(LOG_IN, again).content.decode()


def test_access_given_anew_ends_the_set_up_under_way(newcomer, sam: Person) -> None:
    client = begin_set_up(*newcomer)
    accounts.give_access(officer=newcomer[0], by=sam.officer, held=sam.held)
    assert "Nothing is being set up" in client.get(SET_UP).content.decode()


def test_one_time_words_open_nothing_after_set_up(newcomer) -> None:
    officer, one_time = newcomer
    client = begin_set_up(officer, one_time)
    secret, offered = shown(client)
    client.post(SET_UP, {"otp_token": pyotp.TOTP(secret).now(), "new_passphrase": offered})
    answer = Client().post(LOG_IN, {"username": "lee", "password": one_time})
    assert "do not fit together" in answer.content.decode()


def test_a_change_keeps_this_session_and_ends_the_others(kim: Person, as_desk) -> None:
    as_desk()
    here, there = log_in(kim), log_in(kim, ahead=1)
    OfficerKey.objects.filter(officer=kim.officer).update(totp_last=0)
    offered = output(here.get(CHANGE).content.decode(), "offered-passphrase")
    typed = credentials(kim) | {"new_passphrase": offered}
    assert "is changed" in here.post(CHANGE, typed).content.decode()
    assert here.get(QUEUE).status_code == 200
    assert there.get(QUEUE).status_code == 303
    OfficerKey.objects.filter(officer=kim.officer).update(totp_last=0)
    log_in(Person(kim.officer, offered, kim.totp))


def test_a_wrong_change_changes_nothing(kim: Person) -> None:
    client = log_in(kim)
    for wrong, sentence in (
        ({"password": "five wrong words to try"}, "do not fit together"),
        ({"otp_token": "000000x"}, "do not fit together"),
        ({"new_passphrase": "my own"}, "not the five words above"),
    ):
        OfficerKey.objects.filter(officer=kim.officer).update(totp_last=0)
        offered = output(client.get(CHANGE).content.decode(), "offered-passphrase")
        typed = credentials(kim) | {"new_passphrase": offered} | wrong
        assert sentence in client.post(CHANGE, typed).content.decode(), wrong
    assert authentication.unlock(username="kim", words=kim.words)


def test_the_code_of_the_log_in_changes_no_words(kim: Person) -> None:
    client, typed = Client(), credentials(kim)
    assert client.post(LOG_IN, typed).status_code == 303
    offered = output(client.get(CHANGE).content.decode(), "offered-passphrase")
    answer = client.post(CHANGE, typed | {"new_passphrase": offered})
    assert "used already" in answer.content.decode()
