"""The public pages in a real browser. These walks send next to nothing, so they share one site.

visit   visit(path, width=…, …): a page of a browser of its own, and what it complained of.
typeset typeset(font, width=…, …): the same, on a machine that has this font alone.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request

from slu_antitrafficking.start.system_packages import FONTS
from tests.chromium import CHROMIUM, flags, stranger
from tests.running import RunningSite

# The aliases by which a style sheet's "Arial" finds its stand-in are the system's own.
ALONE = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
<dir>{folder}</dir><cachedir>{folder}/cache</cachedir>
<include ignore_missing="yes">/etc/fonts/conf.d</include></fontconfig>"""


class Visit:
    """A page and all that a browser noticed on the way."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        self.wrong: list[str] = []
        page.on("console", lambda message: self.wrong.append(message.text))
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("request", self._asked)

    def goes(self, path: str) -> "Visit":
        """Opens the page and waits for all of it; what was noticed before is forgotten."""
        self.wrong.clear()
        answer = self.page.goto(self.url + path, wait_until="load")
        assert answer
        assert answer.status == 200, path
        return self

    def _asked(self, request: Request) -> None:
        if host := stranger(request):
            self.wrong.append(f"asked {host}")


@pytest.fixture
def visit(site: RunningSite, browser: Browser) -> Iterator[Callable[..., Visit]]:
    """visit(path, …) opens the page, visit() none yet; the options are Playwright's."""
    with ExitStack() as contexts:

        def opened(path: str = "", **options) -> Visit:
            came = Visit(contexts.enter_context(phone(browser, **options)).new_page(), site.url)
            return came.goes(path) if path else came

        yield opened


@pytest.fixture(scope="session")
def _with_font(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Browser]]:
    with ExitStack() as browsers:

        @cache
        def launched(font: str) -> Browser:
            folder = tmp_path_factory.mktemp(font)
            for file in (file for fonts in FONTS for file in fonts.rglob(f"{font}*.ttf")):
                (folder / file.name).symlink_to(file)
            (folder / "fonts.conf").write_text(ALONE.format(folder=folder))
            environment = os.environ | {"FONTCONFIG_FILE": str(folder / "fonts.conf")}
            return browsers.enter_context(
                browser.browser_type.launch(
                    executable_path=CHROMIUM, args=flags(), env=dict(environment)
                )
            )

        yield launched


@pytest.fixture
def typeset(
    site: RunningSite, _with_font: Callable[[str], Browser]
) -> Iterator[Callable[..., Visit]]:
    """typeset(font, …), `font` as its files' names begin; the options are Playwright's."""
    with ExitStack() as contexts:

        def opened(font: str, **options) -> Visit:
            context = contexts.enter_context(phone(_with_font(font), **options))
            return Visit(context.new_page(), site.url)

        yield opened


def phone(browser: Browser, *, width: int = 360, height: int = 740, **options) -> BrowserContext:
    """A context with a phone's screen, in a light scheme unless another is asked for."""
    options.setdefault("color_scheme", "light")
    return browser.new_context(viewport={"width": width, "height": height}, **options)
