"""The mails about access, one function each. None names anybody: others read a mailbox too."""

from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string

from slu_antitrafficking.mailing import send_each
from tips.models import Officer


def something_is_wrong() -> None:
    """To every supervisor with an address: a key at the desk that nobody there gave."""
    _to_supervisors("Know the Signs: read the desk's red line", "mails/something_is_wrong.txt")


def access_given(by: Officer) -> None:
    """To every other supervisor with an address: somebody was given access."""
    _to_supervisors("Know the Signs: access was given", "mails/access_given.txt", but=by.email)


def address_changed(old: str) -> None:
    """To the address that is no longer told."""
    if old:
        _send("Know the Signs: your address was changed", "mails/address_changed.txt", [old])


def _to_supervisors(subject: str, template: str, but: str = "") -> None:
    addresses = Officer.objects.mailed_supervisors().values_list("email", flat=True)
    _send(subject, template, sorted(set(addresses) - {but}))


def _send(subject: str, template: str, addresses: Iterable[str]) -> None:
    """Once the transaction counts."""
    if not settings.MAIL_LEAVES:
        return
    body = render_to_string(template, {"desk_url": settings.DESK_URL})
    recipients = list(addresses)
    transaction.on_commit(lambda: send_each(subject, body, recipients))
