"""A browser at the desk, in a network of its own."""

import itertools
import time
from typing import Any

import pyotp
from django.conf import settings
from django.http import HttpResponse
from django.test import Client

NETWORKS = (f"10.{number // 250}.{number % 250}.7" for number in itertools.count())


class Browser(Client):
    """A browser in a network of its own, as the desk sees it: its forms are its own."""

    def __init__(self, network: str = "") -> None:
        super().__init__(enforce_csrf_checks=True, REMOTE_ADDR=network or next(NETWORKS))

    @property
    def cookie(self) -> str:
        """The session's cookie."""
        morsel = self.cookies.get(settings.SESSION_COOKIE_NAME)
        return morsel.value if morsel else ""

    @cookie.setter
    def cookie(self, value: str) -> None:
        self.cookies[settings.SESSION_COOKIE_NAME] = value

    def send(self, path: str, **fields: str) -> HttpResponse:
        """A POST from the desk's own page."""
        if settings.CSRF_COOKIE_NAME not in self.cookies:
            self.get("/desk/login/")
        token = {"csrfmiddlewaretoken": self.cookies[settings.CSRF_COOKIE_NAME].value}
        answer: Any = self.post(path, fields | token, headers={"sec-fetch-site": "same-origin"})
        return answer

    def log_in(self, username: str, words: str, digits: str = "") -> HttpResponse:
        """What the log-in page answers."""
        fields = {"username": username, "password": words, "otp_token": digits}
        return self.send("/desk/login/", **fields)

    @property
    def is_in(self) -> bool:
        """Whether the start page opens."""
        return self.get("/desk/").status_code == 200


def digits(totp: str, later: int = 0) -> str:
    """The six digits of now, or of a later step."""
    return pyotp.TOTP(totp).at(int(time.time()) + 30 * later)
