"""The mails that wait for the mail process."""

from django.core.mail import EmailMessage

from tips.alarms.sending import message_of
from tips.models import Mail


def letters() -> list[tuple[str, list[str]]]:
    """Subject and addresses of each, the oldest first."""
    return [(message.subject, message.to) for message in messages()]


def messages() -> list[EmailMessage]:
    """Each as it would leave, the oldest first."""
    return [message_of(mail) for mail in Mail.objects.order_by("made_at", "recipient")]
