"""Sessions: what a stolen row is worth, and when one ends."""

import json
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from tests.admin.desk import LOG_IN, QUEUE, credentials, log_in, new_tip, stamp_of, url_of
from tests.cast import Person
from tips.access import accounts, sessions
from tips.crypto import sealing
from tips.models import DeskSession, Note

pytestmark = pytest.mark.django_db


def cookie(client: Client) -> str:
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def is_in(client: Client) -> bool:
    return client.get("/desk/").status_code == 200


def test_a_row_shows_neither_its_cookie_nor_its_keys(kim: Person) -> None:
    client = log_in(kim)
    row = DeskSession.objects.get()
    assert cookie(client) not in row.session_key
    plain = bytes(row.session_data)
    held = {kid.hex(): secret.hex() for kid, secret in kim.held.items()}
    for secret in kim.held.values():
        assert secret not in plain
        assert secret.hex().encode() not in plain
    assert sessions.SessionStore(cookie(client)).load()["keys"] == held


def test_every_save_of_a_row_is_encrypted_anew(kim: Person) -> None:
    client = log_in(kim)
    before = bytes(DeskSession.objects.get().session_data)
    session = sessions.SessionStore(cookie(client))
    session.load()
    session.save()
    assert bytes(DeskSession.objects.get().session_data) != before


def test_the_rows_own_key_is_no_cookie(kim: Person) -> None:
    log_in(kim)
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = DeskSession.objects.get().session_key
    assert not is_in(thief)


def test_a_row_under_another_key_or_officer_does_not_open(kim: Person, dana: Person) -> None:
    hers, his = log_in(kim), log_in(dana)
    row = DeskSession.objects.get(officer=kim.officer)
    DeskSession.objects.filter(officer=dana.officer).update(session_data=row.session_data)
    assert not is_in(his)
    DeskSession.objects.filter(pk=row.pk).update(officer=dana.officer)
    assert not is_in(hers)


def test_another_secret_key_opens_no_row(kim: Person, settings) -> None:
    client = log_in(kim)
    settings.SECRET_KEY = "another"
    assert not is_in(client)


def test_a_row_opens_with_its_cookie_and_the_secret_key_together_alone(kim: Person) -> None:
    right, row = cookie(log_in(kim)), DeskSession.objects.get()

    def opens(typed: str, secret_key: str) -> bool:
        ours = sealing.digest("kts sessions", secret_key.encode())
        key = sealing.digest("kts session key", typed.encode(), key=ours)
        bound = f"{row.session_key} {row.officer_id}".encode()
        try:
            return bool(sealing.decrypt(bytes(row.session_data), key, bound))
        except sealing.CannotOpen:
            return False

    assert opens(right, settings.SECRET_KEY)
    assert not opens(right, "another")
    assert not opens("", settings.SECRET_KEY)
    assert not opens(row.session_key, settings.SECRET_KEY)


def test_whoever_logs_out_ends_no_other_session(kim: Person, dana: Person) -> None:
    hers, his = log_in(kim), log_in(dana)
    sessions.SessionStore(cookie(hers)).delete()
    assert (is_in(hers), is_in(his)) == (False, True)


def test_a_row_is_never_saved_as_somebody_else_s(kim: Person, dana: Person) -> None:
    hers = log_in(kim)
    session = sessions.SessionStore(cookie(hers))
    session[sessions.OFFICER] = str(dana.officer.pk)
    session.save()
    assert is_in(hers)


def test_a_new_session_takes_nobody_s_cookie(kim: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = cookie(log_in(kim))
    before = DeskSession.objects.values().get()
    keys = iter((taken, "a-cookie-of-nobody-s-that-is-free"))
    monkeypatch.setattr(sessions.SessionStore, "_get_new_session_key", lambda _: next(keys))
    store = sessions.SessionStore()
    store.create()
    assert store.session_key == "a-cookie-of-nobody-s-that-is-free"
    assert sessions.SessionStore(store.session_key).load() == {}
    assert store.exists(store.session_key)
    assert DeskSession.objects.filter(session_key=before["session_key"]).values().get() == before


def test_thirty_idle_minutes_end_it(kim: Person) -> None:
    client = log_in(kim)
    left = DeskSession.objects.get().expire_date - timezone.now()
    assert timedelta(minutes=29) < left <= timedelta(minutes=30)
    DeskSession.objects.update(expire_date=timezone.now())
    assert not is_in(client)


def test_twelve_hours_end_it_however_busy(kim: Person) -> None:
    client = log_in(kim)
    DeskSession.objects.update(started_at=timezone.now() - timedelta(hours=11, minutes=50))
    assert is_in(client)
    left = DeskSession.objects.get().expire_date - timezone.now()
    assert left <= timedelta(minutes=10)
    DeskSession.objects.update(started_at=timezone.now() - timedelta(hours=12))
    is_in(client)
    assert not is_in(client)


def test_a_late_save_revives_nothing(kim: Person) -> None:
    client = log_in(kim)
    in_flight = sessions.SessionStore(cookie(client))
    in_flight["seen"] = True
    accounts.sign_out_everywhere(officer=kim.officer, by=kim.officer)
    in_flight.save()
    assert not DeskSession.objects.exists()
    assert not is_in(client)


def test_a_session_planted_before_the_log_in_is_not_used(kim: Person) -> None:
    planted = sessions.SessionStore()
    planted["evil"] = "1"
    planted.create()
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = planted.session_key
    log_in(kim, client)
    assert cookie(client) != planted.session_key
    assert "evil" not in sessions.SessionStore(cookie(client)).load()
    assert not DeskSession.objects.filter(officer=None).exists()


def test_a_second_log_in_in_the_same_browser_leaves_one_row(kim: Person, sam: Person) -> None:
    client = log_in(kim)
    old = cookie(client)
    client.post(LOG_IN, credentials(sam))
    assert DeskSession.objects.get().officer == sam.officer
    assert cookie(client) != old


def test_cycling_carries_nothing_over() -> None:
    session = sessions.SessionStore()
    session["planted"] = 1
    session.create()
    session.cycle_key()
    assert dict(session.items()) == {}


def test_the_cookie_goes_with_the_browser(kim: Person) -> None:
    morsel = log_in(kim).cookies[settings.SESSION_COOKIE_NAME]
    assert (morsel["max-age"], morsel["expires"], morsel["path"]) == ("", "", "/desk/")
    assert morsel["httponly"]
    assert morsel["samesite"] == "Strict"


def test_a_changed_row_is_nobody(kim: Person) -> None:
    client = log_in(kim)
    forged = sealing.encrypt(json.dumps({"_auth_user_id": "x"}).encode(), bytes(32), b"")
    DeskSession.objects.update(session_data=forged)
    assert not is_in(client)


def test_a_session_that_lacks_the_newest_desk_key_ends_and_keeps_the_words(
    kim: Person, sam: Person, dana: Person
) -> None:
    client, tip = log_in(kim), new_tip()
    accounts.deactivate(officer=dana.officer, by=sam.officer, held=sam.held)
    typed = {"text": "my words"} | stamp_of(tip, kim)
    answer = client.post(url_of(tip, "note/"), typed)
    assert not Note.objects.exists()
    assert "The desk has a new key" in answer.content.decode()
    assert b'name="carried"' in answer.content
    assert client.get(QUEUE).status_code == 303
    fresh = log_in(kim, ahead=1)
    assert "This tip does not open" not in fresh.get(url_of(new_tip())).content.decode()


def test_a_new_wrap_ends_the_old_session(kim: Person, sam: Person) -> None:
    client = log_in(kim)
    accounts.give_access(officer=kim.officer, by=sam.officer, held=sam.held)
    assert not is_in(client)


@pytest.mark.django_db
def test_a_session_is_written_when_it_begins_and_each_cookie_loads_its_own() -> None:
    stores = []
    for number in range(3):
        store = sessions.SessionStore()
        store.begin({"number": number})
        stores.append(store)
        assert DeskSession.objects.count() == number + 1
    for number, store in enumerate(stores):
        assert sessions.SessionStore(store.session_key).load() == {"number": number}
        assert store.exists(store.session_key or "")
    assert not stores[0].exists("another")
    stores[1]["more"] = 1
    stores[1].save()
    assert sessions.SessionStore(stores[1].session_key).load() == {"number": 1, "more": 1}
    assert sessions.SessionStore(stores[0].session_key).load() == {"number": 0}
    DeskSession.objects.update(expire_date=timezone.now())
    stores[1].save()
    assert sessions.SessionStore(stores[1].session_key).load() == {}
    unsaved = sessions.SessionStore()
    unsaved["more"] = 1
    unsaved.save()
    assert sessions.SessionStore(unsaved.session_key).load() == {"more": 1}


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "minutes"), [("other", 30), (sessions.SET_UP, 15)])
def test_setting_up_may_take_a_quarter_of_an_hour_from_its_beginning(
    name: str, minutes: int
) -> None:
    began = timezone.now()
    store = sessions.SessionStore()
    store.begin({name: True})
    until = began + timedelta(minutes=minutes)
    assert timedelta() <= DeskSession.objects.get().expire_date - until < timedelta(minutes=1)
    store["more"] = 1
    store.save()
    assert timedelta() <= DeskSession.objects.get().expire_date - until < timedelta(minutes=1)
