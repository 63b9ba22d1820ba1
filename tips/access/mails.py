"""The mails about access, one function each. None names anybody: others read a mailbox too.

They count with the act that they tell of and leave by the mail process: no page waits for a server.
"""

from collections.abc import Iterable

from django.conf import settings
from django.template.loader import render_to_string

from tips.models import Mail, Officer


def something_is_wrong() -> None:
    """To every supervisor with an address: the start page has a red line about keys, rights or
    backups."""
    _to_supervisors(Mail.Kind.RED_LINE, "something_is_wrong")


def access_given(by: Officer) -> None:
    """To every other supervisor with an address: somebody was given access."""
    _to_supervisors(Mail.Kind.ACCESS, "access_given", but=by.email)


def address_changed(old: str) -> None:
    """To the address that is no longer told."""
    if old:
        _post(Mail.Kind.ADDRESS, "address_changed", [old])


def _to_supervisors(kind: str, template: str, but: str = "") -> None:
    addresses = Officer.objects.mailed_supervisors().values_list("email", flat=True)
    _post(kind, template, sorted(set(addresses) - {but}))


def _post(kind: str, template: str, addresses: Iterable[str]) -> None:
    if settings.MAIL_LEAVES:
        body = render_to_string(f"mails/{template}.txt", {"desk_url": settings.DESK_URL})
        Mail.objects.post(kind, addresses, body)
