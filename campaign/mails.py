"""The mails of the editors' side, one function each."""

import logging

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string

from campaign.models import Contact

_log = logging.getLogger(__name__)


def number_asked(contact: Contact, label: str) -> bool:
    """Tells the desk that a number waits for a second person; False where no mail went out."""
    if not settings.EMAIL_IS_SET:
        return False
    context = {"contact": contact, "label": label, "desk_url": settings.DESK_URL}
    words = render_to_string("mails/number_asked.txt", context)
    try:
        sent = send_mail("A number waits for a second person", words, None, settings.DESK_EMAIL)
    except OSError as error:  # refused, unreachable or too slow; smtplib's errors are these too
        _log.warning("the mail about a number did not go out: %s", type(error).__name__)
        return False
    return bool(sent)
