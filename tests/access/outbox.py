"""The mails that leave while a test's transaction never ends."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

from django.core.mail import EmailMessage


class Outbox(NamedTuple):
    """The mails sent so far, and a context at whose end those that wait for a commit are sent."""

    sent: list[EmailMessage]
    commit: Callable[[], AbstractContextManager[Any]]

    def letters(self) -> list[tuple[str, list[str]]]:
        """Subject and addresses of each."""
        return [(mail.subject, mail.to) for mail in self.sent]
