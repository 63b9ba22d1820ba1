"""What the mails of the editors' side say, one function each."""

from collections.abc import Sequence
from typing import NamedTuple

from django.conf import settings
from django.template.loader import render_to_string

from campaign.models import PendingChange


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
) -> str:
    """That a change waits; of its words no more than a number."""
    context = {
        "pending": pending,
        "name": name,
        "numbers": numbers,
        "may_confirm": may_confirm,
        "path": path,
        "desk_url": settings.DESK_URL,
    }
    return render_to_string("mails/change_asked.txt", context)
