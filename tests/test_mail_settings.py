"""Where mail goes, as the environment says it."""

from email import message_from_bytes

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import send_mail

from slu_antitrafficking import env
from tips.checks import mails_are_files_on_this_machine_alone


@pytest.fixture
def mail_settings(monkeypatch):
    """What the settings are for this EMAIL_URL."""

    def read(url):
        monkeypatch.setenv("EMAIL_URL", url)
        return env.mail("EMAIL_URL")

    return read


def test_no_address_is_no_mail(mail_settings):
    assert mail_settings("")["EMAIL_BACKEND"].endswith("dummy.EmailBackend")
    assert mail_settings("console:")["EMAIL_BACKEND"].endswith("console.EmailBackend")


def test_a_server_with_everything(mail_settings):
    found = mail_settings(
        "smtp://us%40er:pa%3Ass@mail.example.org:2525?tls=1&from=site@example.org"
    )
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"]) == ("mail.example.org", 2525)
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("us@er", "pa:ss")
    assert (found["EMAIL_USE_TLS"], found["EMAIL_USE_SSL"]) == (True, False)
    assert found["DEFAULT_FROM_EMAIL"] == "site@example.org"


def test_a_server_that_is_always_encrypted(mail_settings):
    found = mail_settings("smtps://mail.example.org")
    assert (found["EMAIL_PORT"], found["EMAIL_USE_SSL"], found["EMAIL_USE_TLS"]) == (
        465,
        True,
        False,
    )


@pytest.mark.parametrize("url", ["mail.example.org", "http://x.org", "smtp://", "smtp://x?tsl=1"])
def test_what_makes_no_sense_stops_the_start(mail_settings, url):
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL must look like"):
        mail_settings(url)


@pytest.mark.parametrize("sign", ["/", "#", "?", "@/", "12/", "12?tls=1@"])
def test_of_a_password_with_a_sign_that_ends_it_nothing_is_said(mail_settings, sign):
    with pytest.raises(ImproperlyConfigured, match=r"in a password / is %2F") as refused:
        mail_settings(f"smtp://desk:geh{sign}eim@mail.example.org:587?tls=1")
    assert "geh" not in str(refused.value)
    assert mail_settings("smtp://desk:g%2Fh@mail.example.org:587")["EMAIL_HOST_PASSWORD"] == "g/h"


def test_addresses_are_addresses(monkeypatch):
    monkeypatch.setenv("DESK_EMAIL", "a@example.org, b@example.org")
    assert env.addresses("DESK_EMAIL") == ["a@example.org", "b@example.org"]
    monkeypatch.setenv("DESK_EMAIL", "a@example.org, desk")
    with pytest.raises(ImproperlyConfigured, match="DESK_EMAIL must be an e-mail address"):
        env.addresses("DESK_EMAIL")


@pytest.mark.parametrize(
    "url",
    [
        "http://gateway.example.org/alarm",  # in clear over the net
        "https://user:secret@gateway.example.org/",
        "ftp://gateway.example.org/",
        "https://",
        "https://[::1/alarm",
        "gateway.example.org",
    ],
)
def test_an_alarm_goes_nowhere_in_clear_and_not_to_what_is_no_address(monkeypatch, url):
    monkeypatch.setenv("ALARM_URL", url)
    with pytest.raises(ImproperlyConfigured, match="ALARM_URL must be an address like"):
        env.alarm_address("ALARM_URL")


@pytest.mark.parametrize(
    "url", ["", "https://gateway.example.org/alarm?key=1", "http://127.0.0.1:9/", "http://[::1]:9"]
)
def test_an_alarm_goes_by_https_or_stays_on_this_machine(monkeypatch, url):
    monkeypatch.setenv("ALARM_URL", f" {url} ")
    assert env.alarm_address("ALARM_URL") == url


def test_mails_as_files_are_whole_and_nobody_else_s(settings, tmp_path):
    settings.EMAIL_BACKEND = env_backend("file:")
    settings.MAIL_FOLDER = tmp_path / "mail"
    for to in ("amy@example.lc", "bea@example.lc"):
        send_mail("Read it", "Somebody waits.", None, [to])
    files = sorted(settings.MAIL_FOLDER.iterdir())
    assert [file.suffix for file in files] == [".eml", ".eml"]
    assert {message_from_bytes(file.read_bytes())["To"] for file in files} == {
        "amy@example.lc",
        "bea@example.lc",
    }
    assert {file.stat().st_mode & 0o077 for file in (settings.MAIL_FOLDER, *files)} == {0}


def test_mails_as_files_are_for_this_machine_alone(settings):
    settings.EMAIL_BACKEND = env_backend("file:")
    assert mails_are_files_on_this_machine_alone() == []
    settings.ON_LOOPBACK = False
    assert [error.id for error in mails_are_files_on_this_machine_alone()] == ["tips.E006"]


def env_backend(url):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EMAIL_URL", url)
        return env.mail("EMAIL_URL")["EMAIL_BACKEND"]
