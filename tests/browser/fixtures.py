"""For walks: browsers that notice what should not be, and a site to walk through."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, Response

from tests.browser.citizen import Look
from tests.browser.looking import PATIENCE, SCREEN, closer, of_each_kind_one
from tests.browser.officer import Account, Officer
from tests.chromium import PHONE, stranger
from tests.running import CHEAP_WORDS, RunningSite


@pytest.fixture(scope="package")
def _walked() -> Iterator[RunningSite]:
    site = RunningSite(**CHEAP_WORDS).after_first_start()
    yield site
    site.throw_away()


@pytest.fixture
def walked(_walked: RunningSite) -> RunningSite:
    """A site for this folder alone: its first supervisor is set up here, and an editor leaves
    other words, numbers and days on its pages."""
    return _walked.start()


class Watch:
    """What a browser must not do: complain, break a rule of the page, ask anybody else."""

    def __init__(self) -> None:
        self.wrong: list[str] = []

    def over(self, context: BrowserContext) -> BrowserContext:
        """Listens to every page of it."""
        context.set_default_timeout(PATIENCE)
        context.on("console", lambda message: self._said(message.text, message.type))
        context.on("weberror", lambda error: self.wrong.append(str(error.error)))
        context.on("response", self._answered)
        context.on("request", self._asked)
        return context

    def _said(self, text: str, kind: str) -> None:
        # A refused form is a page like any other, though its status is an error's.
        if kind in ("error", "warning") and not text.startswith("Failed to load resource"):
            self.wrong.append(text)

    def _answered(self, response: Response) -> None:
        if response.status >= 500:
            self.wrong.append(f"{response.status} {urlsplit(response.url).path}")

    def _asked(self, request: Request) -> None:
        if host := stranger(request):
            self.wrong.append(f"asked {host}")


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Fails the test at its end if a browser noticed anything."""
    watch = Watch()
    yield watch
    assert watch.wrong == []


@pytest.fixture
def new_page(browser: Browser, watch: Watch) -> Iterator[Callable[..., Page]]:
    """new_page(scripts=…, screen=…): a page of a browser that nobody used before."""
    with ExitStack() as contexts:

        def new(*, scripts: bool = True, screen: dict[str, int] = PHONE) -> Page:
            context = contexts.enter_context(
                browser.new_context(viewport=screen, java_script_enabled=scripts)
            )
            return watch.over(context).new_page()

        yield new


@pytest.fixture(params=["narrow", pytest.param("everywhere", marks=pytest.mark.audit)])
def look(request: pytest.FixtureRequest, axe: Callable[[Page], None]) -> Look:
    """Looks at a page on the narrowest phone; in the audit at every width, light and dark.

    There axe looks at each page that comes up, here at one of each kind.
    """
    if request.param == "narrow":
        return closer(of_each_kind_one(axe), (320,), ("light",))
    return closer(axe, (320, 360, 768, 1280), ("light", "dark"))


@pytest.fixture(scope="package")
def accounts() -> dict[str, Account]:
    """Whoever was set up on this folder's site, by name."""
    return {}


@pytest.fixture
def supervisor(walked, new_page, accounts) -> Callable[..., Officer]:
    """supervisor(look, scripts=…): the first one, logged in; the first test to come sets up."""

    def come(look: Look, *, scripts: bool = True) -> Officer:
        name, words = walked.first["account"]
        account = accounts.setdefault(name, Account(name, words))
        page = new_page(scripts=scripts, screen=SCREEN)
        officer = Officer(page, walked.desk_url, account, look)
        officer.comes_in()
        return officer

    return come
