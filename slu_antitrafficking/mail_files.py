"""EMAIL_URL=file: each mail as a file that a mail program opens, on this machine alone."""

import os
import time
from collections.abc import Sequence
from uuid import uuid4

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class EmailBackend(BaseEmailBackend):
    """Writes one .eml a mail into MAIL_FOLDER, whole or not at all; newest last by name."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """How many were written. Raises OSError when one could not be."""
        settings.MAIL_FOLDER.mkdir(mode=0o700, parents=True, exist_ok=True)
        for message in email_messages:
            name = f"{time.strftime('%Y-%m-%d-%H%M%S')}-{uuid4().hex[:8]}.eml"
            unfinished = settings.MAIL_FOLDER / f".{name}"
            descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(message.message().as_bytes())
            unfinished.replace(settings.MAIL_FOLDER / name)
        return len(email_messages)
