"""What the mails say: nothing of a tip but the hour since which somebody waits.

First lines are plain ASCII under 140 characters: they are all that a text message shows.
"""

from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone

from campaign import offers
from tips.models import Mail

HELPLINE = "847"  # the contact
WAITS = "Know the Signs: something waits"
URGENT = "Know the Signs: URGENT, something waits"
SUBJECTS = {
    Mail.Kind.URGENT: URGENT,
    Mail.Kind.TEST: URGENT,  # what wakes somebody is tried as it is
    Mail.Kind.WAITING: WAITS,
    Mail.Kind.MORNING: WAITS,
    Mail.Kind.RED_LINE: "Know the Signs: read the desk's red line",
    Mail.Kind.ACCESS: "Know the Signs: access was given",
    Mail.Kind.ADDRESS: "Know the Signs: your address was changed",
    Mail.Kind.NUMBER: "A number waits for a second person",
    Mail.Kind.CHANGE: "A change waits for a second person",
}


def of_alarm(*, urgent: bool, since: datetime, step: int) -> str:
    """The body of a mail about tips of which the first waits since then."""
    hour = timezone.localtime(since)
    contact = offers.contacts().get(HELPLINE)
    context = {
        "urgent": urgent,
        "since": f"{hour:%a} {hour.day} {hour:%b}, {hour:%H}h",
        "step": step,
        "number": contact.number if contact else "",
    }
    return _body("alarm", context)


def of_morning(digits: str) -> str:
    """The body of the morning mail."""
    return _body("morning", {"digits": digits})


def of_test() -> str:
    """The body of a test alarm's mails."""
    return _body("alarm_test", {})


def _body(name: str, context: dict[str, object]) -> str:
    return render_to_string(f"mails/{name}.txt", context | {"desk_url": settings.DESK_URL})
