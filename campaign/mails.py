"""The mails of the editors' side, one function each."""

from collections.abc import Sequence
from typing import NamedTuple

from django.conf import settings
from django.template.loader import render_to_string

from campaign.models import PendingChange
from slu_antitrafficking.mailing import Delivery, send_each


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
    return send_each(f"{what} waits for a second person", words, settings.DESK_EMAIL)
