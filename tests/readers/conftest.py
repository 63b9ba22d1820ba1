"""The public pages in a real browser. These walks send next to nothing, so they share one site.

visit   visit(path, width=…, …): a page of a browser of its own, and what it complained of.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Response

from tests.running import RunningSite


class Visit:
    """A page and all that a browser noticed on the way."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        self.wrong: list[str] = []
        self.loaded: list[Response] = []
        page.on("console", lambda message: self.wrong.append(message.text))
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("response", lambda answer: self.loaded.append(answer))
        page.route(lambda to: urlsplit(to).hostname != "127.0.0.1", self._outside)

    def goes(self, path: str) -> "Visit":
        """Opens the page and waits for all of it; what was noticed before is forgotten."""
        self.wrong.clear()
        self.loaded.clear()
        answer = self.page.goto(self.url + path, wait_until="load")
        assert answer
        assert answer.status == 200, path
        return self

    def _outside(self, route) -> None:
        self.wrong.append(f"asked {urlsplit(route.request.url).hostname}")
        route.abort()


@pytest.fixture
def visit(site: RunningSite, browser: Browser) -> Iterator[Callable[..., Visit]]:
    """visit(path, …) opens the page, visit() none yet; the options are Playwright's."""
    with ExitStack() as contexts:

        def opened(path: str = "", *, width: int = 360, height: int = 740, **options) -> Visit:
            options.setdefault("color_scheme", "light")
            context = contexts.enter_context(
                browser.new_context(viewport={"width": width, "height": height}, **options)
            )
            came = Visit(context.new_page(), site.url)
            return came.goes(path) if path else came

        yield opened
