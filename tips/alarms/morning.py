"""The morning mail: every day, also when nothing waits, with four digits that prove it is read."""

import secrets
from datetime import datetime, time, timedelta

from django.utils import timezone

from tips.alarms import recipients, words
from tips.alarms.outbox import add
from tips.models import Mail, MorningDigits

AT = time(7)  # in Saint Lucia
KEPT = timedelta(days=8)


def plan(now: datetime) -> None:
    """Today's mails, once; later in the day where the site did not run at that time."""
    local = timezone.localtime(now)
    if local.time() < AT:
        return
    people = recipients.of_mail()
    if not people or MorningDigits.objects.filter(day=local.date()).exists():
        return
    MorningDigits.objects.filter(day__lt=local.date() - KEPT).delete()
    digits = f"{secrets.randbelow(10_000):04}"
    MorningDigits.objects.create(day=local.date(), digits=digits)
    for person in people:
        add(Mail.Kind.MORNING, person, words.of_morning(digits), now)
