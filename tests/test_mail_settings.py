"""Where mail goes, as the environment says it."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from slu_antitrafficking import env


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


def test_addresses_are_addresses(monkeypatch):
    monkeypatch.setenv("DESK_EMAIL", "a@example.org, b@example.org")
    assert env.addresses("DESK_EMAIL") == ["a@example.org", "b@example.org"]
    monkeypatch.setenv("DESK_EMAIL", "a@example.org, desk")
    with pytest.raises(ImproperlyConfigured, match="DESK_EMAIL must be an e-mail address"):
        env.addresses("DESK_EMAIL")
