"""Mails of the accounts' acts."""

from functools import partial
from typing import Any

import pytest
from django.core.mail import EmailMessage

from tests.access.outbox import Outbox


@pytest.fixture
def outbox(
    settings: Any, mailoutbox: list[EmailMessage], django_capture_on_commit_callbacks: Any
) -> Outbox:
    """The mails of a site that has somewhere to send them."""
    settings.MAIL_LEAVES = True
    return Outbox(mailoutbox, partial(django_capture_on_commit_callbacks, execute=True))
