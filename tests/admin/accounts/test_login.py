"""/desk/login/: who gets in, and what it costs."""

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Thread
from typing import Any

import pyotp
import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from tests.admin.desk import LOG_IN, QUEUE, credentials, events, log_in, new_tip, url_of
from tests.cast import Person
from tips.access import accounts, authentication, throttle
from tips.crypto import passphrases, wraps
from tips.models import DeskSession, OfficerKey

pytestmark = pytest.mark.django_db

WRONG = "do not fit together"


@pytest.fixture
def derivations(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One entry for each key derivation that the library ran."""
    ran: list[int] = []
    library = wraps.Argon2id

    def counted(**options: Any) -> Any:
        ran.append(1)
        return library(**options)

    monkeypatch.setattr(wraps, "Argon2id", counted)
    return ran


def test_words_and_digits_let_in_with_the_desks_own_rights(kim: Person, as_desk) -> None:
    as_desk()
    client = log_in(kim)
    assert client.get("/desk/").status_code == 200
    assert client.get(QUEUE).status_code == 200
    assert [event.by for event in events("logged_in")] == ["kim"]


def test_the_page_says_the_desks_time() -> None:
    before = timezone.localtime()
    page = Client().get(LOG_IN).content.decode()
    assert any(f"<time>{now:%H:%M}" in page for now in (before, timezone.localtime()))


@pytest.mark.parametrize("name", ["kim", "nobody"])
def test_known_and_unknown_names_cost_one_derivation(
    name: str, kim: Person, derivations: list[int]
) -> None:
    derivations.clear()
    wrong = {"username": name, "password": "five wrong words to try", "otp_token": "123456"}
    assert WRONG in Client().post(LOG_IN, wrong).content.decode()
    assert len(derivations) == 1


def test_the_right_words_cost_one_derivation(kim: Person, derivations: list[int]) -> None:
    derivations.clear()
    log_in(kim)
    assert len(derivations) == 1


def test_right_words_with_wrong_digits_are_counted_and_then_refused(kim: Person) -> None:
    for _ in range(OfficerKey.WRONG_DIGITS_AN_HOUR):
        throttle._tries.clear()
        answer = Client().post(LOG_IN, credentials(kim) | {"otp_token": "000000x"})
        assert WRONG in answer.content.decode()
    throttle._tries.clear()
    answer = Client().post(LOG_IN, credentials(kim), REMOTE_ADDR="203.0.113.9")
    assert "Too many wrong digits" in answer.content.decode()
    assert not DeskSession.objects.exists()
    assert [event.about for event in events("locked_out")] == ["kim"]


def test_no_digits_at_all_close_no_account_and_tell_nothing_about_the_words(kim: Person) -> None:
    def answer(**typed: str) -> str:
        page = Client().post(LOG_IN, credentials(kim) | {"otp_token": ""} | typed).content.decode()
        shown = re.findall(r"do not fit together|Only one-time words go without digits", page)
        assert set(shown) == {
            "do not fit together",
            "Only one-time words go without digits",
        }
        return re.sub(r' value="[^"]*"|<time>[^<]*</time>', "", page)

    for _ in range(OfficerKey.WRONG_DIGITS_AN_HOUR + 1):
        throttle._tries.clear()
        right = answer(password=kim.words)
    assert answer(password="five words that are wrong") == right
    assert answer(password=kim.words) == right
    waits = Client().post(LOG_IN, credentials(kim)).content.decode()
    assert "Too many wrong tries. Wait" in waits
    throttle._tries.clear()
    log_in(kim)


def test_digits_without_the_right_words_are_not_counted(kim: Person) -> None:
    Client().post(LOG_IN, credentials(kim) | {"password": "five wrong words to try"})
    assert OfficerKey.objects.get(officer=kim.officer).wrong_digits == 0


def test_a_code_opens_once(kim: Person) -> None:
    typed = credentials(kim)
    assert Client().post(LOG_IN, typed).status_code == 303
    answer = Client().post(LOG_IN, typed)
    assert "used already" in answer.content.decode()
    assert DeskSession.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_code_used_twice_in_parallel_opens_once(kim: Person) -> None:
    typed = credentials(kim)

    def try_it(_: int) -> int:
        try:
            return Client().post(LOG_IN, typed).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(try_it, range(3))) == [200, 200, 303]
    assert DeskSession.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_code_that_waited_for_its_twin_does_not_open(kim: Person) -> None:
    unlocked, taken = kim.unlock(), []

    def twin() -> None:
        taken.append(authentication.use_step(unlocked, 10**9))
        connection.close()

    thread = Thread(target=twin)
    with transaction.atomic():
        assert authentication.use_step(unlocked, 10**9)
        thread.start()
        with connection.cursor() as cursor:
            waiting = 0
            while not waiting:
                cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
                waiting = cursor.fetchone()[0]
    thread.join(10)
    assert taken == [False]


def test_spaces_case_and_the_neighbouring_code_are_forgiven(kim: Person) -> None:
    typed = credentials(kim, ahead=1)
    digits = f"{typed['otp_token'][:3]} {typed['otp_token'][3:]}"
    loud = {"username": " KIM ", "password": f"  {kim.words.upper()} ", "otp_token": digits}
    assert Client().post(LOG_IN, typed | loud).status_code == 303


def test_an_old_wrap_opens_nothing_after_a_change(kim: Person) -> None:
    unlocked = kim.unlock()
    accounts.change_passphrase(unlocked=unlocked, words=passphrases.new_passphrase(), step=0)
    assert WRONG in Client().post(LOG_IN, credentials(kim)).content.decode()
    assert not authentication.use_step(unlocked, 10**9)


def test_a_deactivated_officer_is_out_at_once(kim: Person, sam: Person) -> None:
    client = log_in(kim)
    accounts.deactivate(officer=kim.officer, by=sam.officer, held=sam.held)
    assert client.get("/desk/").status_code == 303
    assert WRONG in Client().post(LOG_IN, credentials(kim, ahead=1)).content.decode()


def test_three_wrong_tries_wait_unhashed(kim: Person, derivations: list[int]) -> None:
    wrong = credentials(kim) | {"password": "five wrong words to try"}
    for _ in range(3):
        Client().post(LOG_IN, wrong)
    derivations.clear()
    assert "Too many wrong tries. Wait" in Client().post(LOG_IN, wrong).content.decode()
    assert derivations == []


def test_waiting_locks_no_colleague_out(kim: Person, dana: Person) -> None:
    for _ in range(6):
        Client().post(LOG_IN, credentials(kim) | {"password": "five wrong words to try"})
    assert Client().post(LOG_IN, credentials(dana)).status_code == 303
    from_elsewhere = Client(REMOTE_ADDR="198.51.100.7")
    assert from_elsewhere.post(LOG_IN, credentials(kim)).status_code == 303


def test_busy_is_said_unhashed_when_two_wait(kim: Person, derivations: list[int]) -> None:
    for _ in range(1 + throttle.MAY_WAIT):
        assert throttle._slots.acquire(blocking=False)
    try:
        derivations.clear()
        answer = Client().post(LOG_IN, credentials(kim))
        assert "press the button again" in answer.content.decode()
        assert derivations == []
    finally:
        throttle._slots.release(1 + throttle.MAY_WAIT)
    log_in(kim)


def test_wrong_words_leave_one_event_an_account_and_hour(kim: Person) -> None:
    for name in ("kim", "KIM", "nobody", "kim"):
        Client().post(LOG_IN, {"username": name, "password": "five wrong words to try"})
    assert [event.about for event in events("wrong_words")] == ["kim"]


@pytest.mark.parametrize("name", ["ſupervıſor", "ſupervisor", "supervıſor", "\uff4bim"])
def test_a_name_in_letters_that_only_look_like_it_is_nobodys(
    sam: Person, kim: Person, name: str
) -> None:
    for person in (sam, kim):
        typed = credentials(person) | {"username": name}
        assert WRONG in Client().post(LOG_IN, typed).content.decode()
    assert not events("wrong_words")
    assert not DeskSession.objects.exists()


def test_next_stays_at_the_desk(kim: Person) -> None:
    tip = new_tip()
    page = Client().get(url_of(tip))
    assert page.headers["Location"] == f"/desk/login/?next={url_of(tip)}"
    answer = Client().post(LOG_IN, credentials(kim, next=url_of(tip)))
    assert answer.headers["Location"] == url_of(tip)
    for elsewhere in ("https://evil.example/", "//evil.example/desk/", "/report/"):
        OfficerKey.objects.update(totp_last=0)  # each step opens once
        answer = Client().post(LOG_IN, credentials(kim, next=elsewhere))
        assert answer.headers["Location"] == "/desk/", elsewhere


def test_the_demo_lists_its_accounts_with_their_digits(settings, kim: Person) -> None:
    line = f"account\tkim\t{kim.words}\t{kim.totp}\n"
    (settings.VAR / "demo-accounts.txt").write_text(line)
    assert kim.words not in Client().get(LOG_IN).content.decode()
    settings.DEMO = True
    digits = pyotp.TOTP(kim.totp)
    before = digits.now()
    page = Client().get(LOG_IN).content.decode()
    assert "Everything here is made up" in page
    assert kim.words in page
    assert any(six in page for six in (before, digits.now()))


def test_djangos_own_way_in_opens_nothing(kim: Person) -> None:
    assert not Client().login(username="kim", password=kim.words)


def test_a_nul_or_a_flood_of_letters_is_a_wrong_name(kim: Person) -> None:
    for name in ("ki\0m", "k" * 5000, "", "\U0001f600"):
        answer = Client().post(LOG_IN, {"username": name, "password": "x", "otp_token": "1"})
        assert answer.status_code == 200
