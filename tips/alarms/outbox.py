"""The outbox: one row a mail and recipient, from when it is due until a server has taken it."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Case, IntegerField, Max, Value, When

from tips.models import Mail

# While it is sent nobody else sends it; a sender that died lets it go after so long.
LEASE = timedelta(seconds=45)
# After each failure, the last one for ever.
TRY_AGAIN = tuple(timedelta(minutes=minutes) for minutes in (1, 1, 2, 5, 10, 15))
URGENT_FIRST = Case(
    When(kind__in=(Mail.Kind.URGENT, Mail.Kind.TEST), then=Value(0)),
    default=Value(1),
    output_field=IntegerField(),
)


def add(kind: str, recipient: str, body: str, now: datetime, gap: timedelta = timedelta(0)) -> None:
    """A mail that leaves now, or `gap` after the last one of its kind to this person.

    One that has not left yet tells of this as well. One that was tried may have arrived without an
    answer: it becomes another mail, for a mailbox that has it would drop a repeat.
    """
    mails = Mail.objects.filter(kind=kind, recipient=recipient)
    waiting = mails.filter(sent_at=None).first()
    if waiting is None:
        last = mails.aggregate(last=Max("sent_at"))["last"]
        due = max(now, last + gap) if last else now
        Mail.objects.create(kind=kind, recipient=recipient, body=body, made_at=now, due_at=due)
    elif waiting.tries:
        due = min(waiting.due_at, now + gap)
        mails.filter(pk=waiting.pk).update(id=uuid4(), body=body, due_at=due)
    else:
        mails.filter(pk=waiting.pk).update(body=body)


def add_test(event: UUID, recipient: str, body: str, now: datetime) -> None:
    """A mail of the test alarm that this event tells of."""
    Mail.objects.create(
        kind=Mail.Kind.TEST, recipient=recipient, body=body, made_at=now, due_at=now, test=event
    )


@transaction.atomic
def claim(now: datetime, *, of_alarm_line: bool) -> Mail | None:
    """The next mail that is due, which is nobody else's for LEASE; None when there is none."""
    rows = Mail.objects.select_for_update(skip_locked=True).filter(sent_at=None, due_at__lte=now)
    rows = rows.filter(recipient="") if of_alarm_line else rows.exclude(recipient="")
    mail = rows.order_by(URGENT_FIRST, "due_at").first()
    if mail:
        mail.tries += 1
        mail.due_at = now + LEASE
        mail.save(update_fields=("tries", "due_at"))
    return mail


def mark_sent(mail: Mail, now: datetime) -> None:
    """A server has taken it; its words go."""
    Mail.objects.filter(pk=mail.pk).update(sent_at=now, body="", failed="")


def mark_failed(mail: Mail, now: datetime, failed: str) -> None:
    """It is tried again, after longer and longer."""
    again = TRY_AGAIN[min(mail.tries, len(TRY_AGAIN)) - 1]
    Mail.objects.filter(pk=mail.pk).update(due_at=now + again, failed=failed[:60])
