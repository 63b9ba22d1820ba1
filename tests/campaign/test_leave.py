"""The way out, with a script and without, in a real browser."""

import re
from urllib.parse import urlsplit

import pytest

EXIT = "https://www.google.com/search?q=weather"


@pytest.fixture
def outside():
    """Addresses of other sites that the browser was about to fetch; none is fetched."""
    return []


def guard(page, outside):
    def stop(route):
        outside.append((route.request.url, route.request.headers.get("referer")))
        route.fulfill(body="<title>Weather</title>", content_type="text/html")

    page.route(lambda url: urlsplit(url).hostname != "127.0.0.1", stop)
    return page


def test_leave_without_a_script_is_a_link(site, plain_page, outside):
    page = guard(plain_page, outside)
    page.goto(site.url + "/get-help/")
    page.click(".bar__leave")
    page.wait_for_url(EXIT)
    assert outside == [(EXIT, None)]


def test_leave_with_a_script_takes_the_page_s_place(site, page, outside):
    guard(page, outside)
    page.goto(site.url + "/contact/")
    page.goto(site.url + "/get-help/")
    page.click(".bar__leave")
    page.wait_for_url(EXIT)
    assert outside == [(EXIT, None)]
    page.go_back()
    assert page.url == site.url + "/contact/"


def test_three_presses_of_shift_leave(site, page, outside):
    guard(page, outside)
    page.goto(site.url + "/report/")
    page.fill("textarea", "words")
    for _ in range(3):
        page.keyboard.press("Shift")
    page.wait_for_url(EXIT)


def test_capitals_and_two_presses_stay(site, page, outside):
    guard(page, outside)
    page.goto(site.url + "/report/")
    page.focus("textarea")
    page.keyboard.type("AaBbCcDd")
    page.keyboard.press("Shift")
    page.keyboard.press("Shift")
    page.keyboard.press("a")
    page.keyboard.press("Shift")
    assert page.url == site.url + "/report/"
    assert page.input_value("textarea") == "AaBbCcDda"


def test_no_page_asks_another_site_or_breaks_a_rule_of_its_own(site, page, outside):
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    guard(page, outside)
    for path in ("/", "/contact/", "/get-help/", "/privacy/"):
        page.goto(site.url + path, wait_until="networkidle")
    assert said == []
    assert outside == []
    assert page.context.cookies() == []


def test_a_page_that_is_not_there_is_accessible_on_a_narrow_phone(site, page, axe):
    # Those that are there are looked at so on the walk (tests/operations/walks/test_walk.py).
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(site.url + "/nothing/")
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.audit
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 360, 768, 1280])
@pytest.mark.parametrize("path", ["/", "/contact/", "/get-help/", "/privacy/", "/nothing/"])
def test_accessible_at_every_width_and_scheme(site, page, axe, path, width, scheme):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(site.url + path)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_receipt_prints_the_code_alone_on_one_sheet(site, page):
    page.goto(site.url + "/report/")
    page.fill("#what_happened", "help")
    page.click("button[type=submit] >> nth=0")
    page.wait_for_selector("#receipt-code")
    sheet = page.pdf(format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", sheet)) == 1
    page.emulate_media(media="print")
    assert page.is_visible("#receipt-code")
    for other in ("h1", "#reference", "main p >> nth=0", "main button >> nth=0"):
        assert not page.is_visible(other)
