"""The recovery key, typed into a command."""

import getpass
import sys

from django.core.management.base import CommandError

from tips.crypto import passphrases


def recovery_text(prompt: str = "Recovery key: ") -> str:
    """What was typed at a terminal without showing it, or the first line of standard input."""
    return getpass.getpass(prompt) if sys.stdin.isatty() else sys.stdin.readline()


def recovery_secret() -> bytes:
    """The recovery key's 32 bytes; a slip is named, so that it can be typed again."""
    secret = passphrases.parse_recovery_key(recovery_text())
    if secret is None:
        raise CommandError("A character is wrong or missing: 14 groups of four were expected.")
    return secret
