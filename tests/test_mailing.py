"""Mails to several addresses, by a server that refuses some and by one that is silent."""

import logging
import socket
from typing import Any

import pytest

from slu_antitrafficking import mailing
from tests.mail_server import mail_server

EVERYBODY = ["amy@example.lc", "bea@example.lc", "cid@example.lc"]


@pytest.fixture(autouse=True)
def by_smtp(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_TIMEOUT = "127.0.0.1", 0.3


def send() -> mailing.Delivery:
    return mailing.send_each("Read it", "Somebody was given access.", EVERYBODY)


def test_one_mailbox_that_refuses_hides_no_other(
    settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with mail_server(refused=("amy@example.lc",)) as server:
        settings.EMAIL_PORT = server.port
        delivery = send()
    assert delivery == (EVERYBODY[1:], EVERYBODY[:1])
    assert all(f"To: {to}" in mail for to, mail in zip(EVERYBODY[1:], server.taken, strict=True))
    assert all("amy" not in mail for mail in server.taken)
    assert caplog.messages == ["a mail did not go out: SMTPRecipientsRefused"]


def test_a_silent_server_is_waited_for_once(
    settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.EMAIL_PORT = silent.getsockname()[1]
        assert send() == ([], EVERYBODY)
        silent.settimeout(0)
        silent.accept()[0].close()
        with pytest.raises(BlockingIOError):
            silent.accept()
    assert len(caplog.records) == 1
    assert caplog.records[0].levelno == logging.WARNING


def test_a_server_that_is_not_there_is_asked_once(
    settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.EMAIL_PORT = 9
    assert send() == ([], EVERYBODY)
    assert caplog.messages == ["a mail did not go out: ConnectionRefusedError"]
