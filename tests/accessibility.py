"""axe over a page of a real browser: WCAG 2.2 AA and good practice."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_twins: dict[Browser, Page] = {}


def check(page: Page) -> None:
    """Fails, naming each, if the page has a violation."""
    if page.evaluate("matchMedia('(scripting: none)').matches"):
        page = twin(page)
    # Not a script element, which the page's own rules would refuse.
    page.evaluate(AXE_SCRIPT)
    # Without a preload axe asks for no style sheet, which the page's own rules might refuse.
    options = {"runOnly": RULES, "resultTypes": ["violations"], "preload": False}
    if page.evaluate("matchMedia('(forced-colors: active)').matches"):
        # Chromium paints with the reader's colours and still tells a script ours.
        options["rules"] = {"color-contrast": {"enabled": False}}
    found = page.evaluate("options => axe.run(document, options)", options)
    assert not [
        f"{violation['id']}: {violation['help']}: {node['html'][:200]}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ], page.url


def twin(page: Page) -> Page:
    """The same page where scripts run: without them no timer rings, and axe would wait for good.

    One page serves as the twin of all: to open one takes longer than to look at it.
    """
    browser, html, address = page.context.browser, page.content(), page.url.partition("#")[0]
    assert browser
    if browser not in _twins:
        _twins[browser] = browser.new_page()
    scripted = _twins[browser]
    dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    assert page.viewport_size
    scripted.set_viewport_size(page.viewport_size)
    scripted.emulate_media(color_scheme="dark" if dark else "light")
    scripted.unroute_all()
    scripted.route(
        lambda url: url == address,
        lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8"),
    )
    scripted.goto(address)
    return scripted
