"""What a thief does with the table of sessions, and cannot."""

import pytest
from django.conf import settings

from tests.attacks.browser import Browser
from tips.access.sessions import SessionStore
from tips.models import DeskSession

pytestmark = pytest.mark.django_db


def test_a_stolen_row_is_no_cookie_and_holds_no_secret(sam, log_in):
    log_in(sam)
    (row,) = DeskSession.objects.all()
    thief = Browser()
    thief.cookie = row.session_key
    assert not thief.is_in
    data = bytes(row.session_data)
    for secret in (*sam.held.values(), str(sam.officer.pk).encode(), sam.officer.username.encode()):
        assert secret not in data
        assert secret.hex().encode() not in data


def test_a_row_moved_to_another_cookie_opens_nothing(sam, kim, log_in):
    log_in(sam)
    thief = log_in(kim)
    stolen = DeskSession.objects.get(officer=sam.officer)
    own = DeskSession.objects.filter(officer=kim.officer)
    own.update(session_data=stolen.session_data, officer=sam.officer)
    assert not thief.is_in


def test_a_row_turned_over_to_somebody_else_opens_nothing(sam, kim, log_in):
    thief = log_in(kim)
    DeskSession.objects.filter(officer=kim.officer).update(officer=sam.officer)
    assert not thief.is_in


def test_rows_and_cookies_open_nothing_under_another_secret_key(sam, log_in, settings):
    browser = log_in(sam)
    assert SessionStore(browser.cookie).load()
    settings.SECRET_KEY = "a thief's own server"
    assert not SessionStore(browser.cookie).load()
    assert not browser.is_in


def test_a_cookie_kept_after_the_log_out_opens_nothing(sam, log_in):
    browser = log_in(sam)
    kept = browser.cookie
    answer = browser.send("/desk/logout/")
    assert "cache" in answer["Clear-Site-Data"]
    assert "storage" in answer["Clear-Site-Data"]
    browser.cookie = kept
    assert not browser.is_in


def test_the_cookie_is_read_by_no_script_and_sent_by_no_other_site(sam, log_in):
    browser = log_in(sam)
    for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME):
        morsel = browser.cookies[name]
        assert morsel["httponly"]
        assert morsel["samesite"] == "Strict"
        assert morsel["path"] == "/desk/"
        assert not morsel["max-age"]
        assert not morsel["expires"]
