"""The mails of the editors' side, one function each."""

import logging
import smtplib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string

from campaign.models import PendingChange

_log = logging.getLogger(__name__)


class Delivery(NamedTuple):
    """Which addresses a mail reached, and which it did not."""

    reached: list[str]
    unreached: list[str]


class Numbers(NamedTuple):
    """A contact's number as it shows, empty where none does, and the one that waits."""

    before: str
    after: str


def change_asked(
    pending: PendingChange,
    *,
    name: str,
    numbers: Numbers | None,
    may_confirm: Sequence[str],
    path: str,
) -> Delivery:
    """Tells the desk that a change waits; of its words no more than a number."""
    if not settings.DESK_IS_MAILED:
        return Delivery([], list(settings.DESK_EMAIL))
    context = {
        "pending": pending,
        "name": name,
        "numbers": numbers,
        "may_confirm": may_confirm,
        "path": path,
        "desk_url": settings.DESK_URL,
    }
    what = "A number" if numbers else "A change"
    words = render_to_string("mails/change_asked.txt", context)
    return _send(f"{what} waits for a second person", words, settings.DESK_EMAIL)


def _send(subject: str, words: str, addresses: Iterable[str]) -> Delivery:
    """Sends one message an address and says which of them it reached.

    To several at once smtplib raises only when the server refuses all of them, and Django's backend
    drops what it says of the others.
    """
    delivery = Delivery([], [])
    is_away = False
    for address in addresses:
        try:
            is_sent = not is_away and bool(send_mail(subject, words, None, [address]))
        except OSError as error:  # refused, unreachable or too slow; smtplib's errors are these too
            _log.warning("a mail of the editors did not go out: %s", type(error).__name__)
            # No answer at all: the next address would only wait as long for the same.
            is_away, is_sent = not isinstance(error, smtplib.SMTPException), False
        (delivery.reached if is_sent else delivery.unreached).append(address)
    return delivery
