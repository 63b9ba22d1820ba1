"""Sends a mail to each of several addresses and says whom it reached."""

import logging
import smtplib
from collections.abc import Iterable
from typing import NamedTuple

from django.core.mail import send_mail

_log = logging.getLogger(__name__)


class Delivery(NamedTuple):
    """Which addresses a mail reached, and which it did not."""

    reached: list[str]
    unreached: list[str]


def send_each(subject: str, words: str, addresses: Iterable[str]) -> Delivery:
    """One message an address, so that a refusal hides no other; none after a server was silent.

    To several at once smtplib raises only when the server refuses all of them, and Django's backend
    drops what it says of the others.
    """
    delivery = Delivery([], [])
    is_away = False
    for address in addresses:
        try:
            is_sent = not is_away and bool(send_mail(subject, words, None, [address]))
        except OSError as error:  # refused, unreachable or too slow; smtplib's errors are these too
            _log.warning("a mail did not go out: %s", type(error).__name__)
            is_away, is_sent = is_silence(error), False
        (delivery.reached if is_sent else delivery.unreached).append(address)
    return delivery


def is_silence(error: OSError) -> bool:
    """Whether no server answered at all: the next address would only wait as long for the same.

    One that falls silent within its greeting is a TimeoutError behind SMTPServerDisconnected.
    """
    is_of_smtp = isinstance(error, smtplib.SMTPException)
    return not is_of_smtp or isinstance(error.__context__, TimeoutError)
