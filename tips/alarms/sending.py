"""Sends what is in the outbox: mail by mail, outside any transaction, for a limited time."""

import signal
import smtplib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from email.utils import parseaddr
from http.client import HTTPException
from types import FrameType
from typing import Any
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone

from tips.alarms import outbox, words
from tips.models import Mail

# Seconds: of a round, of one mail in it, of the answer of ALARM_URL. A lease is longer than a mail.
ROUND, ONE_MAIL, ALARM_LINE = 60.0, 30.0, 10.0
# RFC 3834, and what Exchange listens to: no out-of-office answers.
NOT_TO_BE_ANSWERED = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


class OutOfTimeError(TimeoutError):
    """A server answered too slowly, a byte at a time perhaps."""


class _NoRedirects(HTTPRedirectHandler):
    """Where ALARM_URL leads is what was written there, and nowhere else."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


_opener = build_opener(_NoRedirects)


def deliver(clock: Callable[[], datetime] = timezone.now) -> None:
    """Everything that is due, for ROUND seconds at most. Call it from the main thread alone."""
    ends = time.monotonic() + ROUND
    for of_alarm_line in (True, False):
        while (left := ends - time.monotonic()) > 0:
            mail = outbox.claim(clock(), of_alarm_line=of_alarm_line)
            # A silent server would only let the next one wait for as long.
            if mail is None or not _deliver(mail, left, clock):
                break


def _deliver(mail: Mail, left: float, clock: Callable[[], datetime]) -> bool:
    """Whether any server answered; the mail is sent, or tried again later."""
    try:
        _send(mail, left)
    except (OSError, HTTPException, ValueError) as error:
        outbox.mark_failed(mail, clock(), type(error).__name__)
        return not (isinstance(error, OSError) and is_silence(error))
    outbox.mark_sent(mail, clock())
    return True


def is_silence(error: OSError) -> bool:
    """Whether no server answered at all: the next address would only wait as long for the same.

    One that falls silent within its greeting is a TimeoutError behind SMTPServerDisconnected.
    """
    is_of_smtp = isinstance(error, smtplib.SMTPException)
    return not is_of_smtp or isinstance(error.__context__, TimeoutError)


def _send(mail: Mail, left: float) -> None:
    """Raises OSError, HTTPException or ValueError when no server has taken it."""
    if mail.recipient == Mail.ALARM_LINE:
        with _time_limit(min(ALARM_LINE, left)):
            _call_alarm_line(mail)
    else:
        with _time_limit(min(ONE_MAIL, left)):
            message_of(mail).send()


def message_of(mail: Mail) -> EmailMessage:
    """The mail as it leaves: the same in every repeat but for its date."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    headers = {"Message-ID": f"<{mail.pk}@{domain}>", **NOT_TO_BE_ANSWERED}
    subject = words.SUBJECTS[Mail.Kind(mail.kind)]
    return EmailMessage(subject, mail.body, None, [mail.recipient], headers=headers)


def _call_alarm_line(mail: Mail) -> None:
    """Raises HTTPError for any answer but 2xx."""
    headers = {
        "Content-Type": "text/plain; charset=utf-8",
        "User-Agent": "know-the-signs",
        "Idempotency-Key": str(mail.pk),
    }
    line = f"{words.URGENT}\n".encode()
    request = Request(settings.ALARM_URL, line, headers, method="POST")
    with _opener.open(request, timeout=ALARM_LINE) as answer:
        answer.read(1)


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """Raises OutOfTimeError when what is inside takes longer; a socket's timeout is one an answer.

    It does so again each second: what it interrupts may try something else first.
    """

    def over(_number: int, _frame: FrameType | None) -> None:
        raise OutOfTimeError

    before = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001), 1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
