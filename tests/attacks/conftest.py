"""Attackers, and the people they attack."""

from collections.abc import Callable

import pytest

from tests.attacks.browser import Browser, digits
from tests.cast import Person


@pytest.fixture
def log_in() -> Callable[..., Browser]:
    """A browser in which this person has just logged in."""

    def enter(person: Person, browser: Browser | None = None, later: int = 0) -> Browser:
        browser = browser or Browser()
        answer = browser.log_in(person.officer.username, person.words, digits(person.totp, later))
        assert answer.status_code == 303, answer.content.decode()
        return browser

    return enter
