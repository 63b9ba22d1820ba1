"""Attackers, and the people they attack.

The cast (`sam` a supervisor, `kim` an officer, in the test's own database) is tests/core's.
"""

import itertools
import time
from collections.abc import Callable
from typing import Any

import pyotp
import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client

from tests.attacks.visitor import Clerk, Visitor
from tests.core.conftest import Person, first, kim, sam  # noqa: F401
from tests.running import RunningSite

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


@pytest.fixture
def log_in() -> Callable[..., Browser]:
    """A browser in which this person has just logged in."""

    def enter(person: Person, browser: Browser | None = None, later: int = 0) -> Browser:
        browser = browser or Browser()
        answer = browser.log_in(person.officer.username, person.words, digits(person.totp, later))
        assert answer.status_code == 303, answer.content.decode()
        return browser

    return enter


@pytest.fixture(scope="session")
def _boss(_site: RunningSite) -> Clerk:
    _site.start()
    name, words = _site.first["account"]
    clerk = Clerk(_site.desk_url, name, words, Visitor())
    clerk.set_up()
    clerk.log_in()
    return clerk


@pytest.fixture
def boss(site: RunningSite, _boss: Clerk) -> Clerk:
    """The first supervisor of the running site, logged in."""
    return _boss
