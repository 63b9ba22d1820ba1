"""What was posted to the desk and could not be taken: shown once more to whoever just typed it."""

from typing import NamedTuple

from django.http import HttpRequest
from django.urls import Resolver404, resolve

# Forms of passphrases, digits and sheets; and those that hold nothing to be kept.
NEVER = ("login", "logout", "set_up", "password_change", "recovery", "sign_out", "carry_on")


class Unsent(NamedTuple):
    """A form that can be sent again: its address, and its fields with their values."""

    path: str
    shown: list[tuple[str, str]]  # what somebody wrote
    hidden: list[tuple[str, str]]


def of(request: HttpRequest | None) -> Unsent | None:
    """The form of this POST; None for any that must not be shown, or is not from our own page.

    It is told from the browser's word alone: who is logged in, only a database knows.
    """
    if request is None or request.method != "POST":
        return None
    if request.headers.get("Sec-Fetch-Site") != "same-origin" or not _may_be_shown(request.path):
        return None
    fields = [(name, str(value)) for name, values in request.POST.lists() for value in values]
    shown = [field for field in fields if is_written(field[1])]
    return Unsent(request.get_full_path(), shown, [one for one in fields if one not in shown])


def is_written(value: str) -> bool:
    """Whether somebody wrote it, as against a choice, a number or a slug."""
    return any(map(str.isspace, value.strip()))


def _may_be_shown(path: str) -> bool:
    try:
        match = resolve(path)
    except Resolver404:
        return False
    return match.app_name == "admin" and match.url_name not in (None, *NEVER)
