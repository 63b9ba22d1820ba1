"""Attackers, and the people they attack."""

from collections.abc import Callable

import pytest

from tests.attacks.browser import Browser, digits
from tests.attacks.visitor import Clerk, Visitor
from tests.cast import Person
from tests.running import RunningSite


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
