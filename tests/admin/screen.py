"""The desk's pages in a real browser without a server: what a client got, with its headers."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.staticfiles import finders
from playwright.sync_api import Browser, ConsoleMessage, Page, Route

ADDRESS = "http://127.0.0.1/desk/"
PHONE_390 = {"width": 390, "height": 844}
# Words that a box hides: it is narrower than they are, and nothing scrolls.
CUT_OFF = """() => [...document.querySelectorAll("#container *")].filter(one => {
  const {overflowX, textOverflow, clipPath} = getComputedStyle(one);
  const hides = ["hidden", "clip"].includes(overflowX) || textOverflow === "ellipsis";
  const shows = clipPath === "none" && one.clientWidth > 1 && one.innerText;
  return hides && shows && one.scrollWidth > one.clientWidth + 1;
}).map(one => one.outerHTML.slice(0, 200))"""


class Screen:
    """A browser's page, and what it complained of: what the page's own policy forbids."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        self._answer: Any = None
        page.on("console", self._said)
        page.route("**/*", self._fulfil)

    def shows(self, answer: Any) -> None:
        """This answer of a client's, as if the browser had asked for it."""
        self._answer = answer
        self.page.goto(ADDRESS)

    def cut_off(self) -> list[str]:
        """What has words that nobody can see or scroll to."""
        found = self.page.evaluate(CUT_OFF)
        assert isinstance(found, list)
        return found

    def _fulfil(self, route: Route) -> None:
        _, static, name = route.request.url.partition("/static/")
        if static:
            route.fulfill(path=str(finders.find(name)))
            return
        if route.request.url != ADDRESS:
            route.abort()
            return
        headers = {key: value for key, value in self._answer.items() if key != "Content-Length"}
        route.fulfill(status=self._answer.status_code, headers=headers, body=self._answer.content)

    def _said(self, message: ConsoleMessage) -> None:
        # That the status is an error's is no complaint.
        about_status = message.text.startswith("Failed to load resource")
        if message.type in ("error", "warning") and not about_status:
            self.complaints.append(message.text)


@contextmanager
def desk_screen(browser: Browser, size: dict[str, int] | None = None) -> Iterator[Screen]:
    """A screen of this size, else a telephone's; fails at the end if the browser complained."""
    with browser.new_context(viewport=size or PHONE_390) as context:
        screen = Screen(context.new_page())
        yield screen
    assert screen.complaints == []
