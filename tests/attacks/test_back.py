"""Somebody presses Back on a phone that was handed over."""

from contextlib import closing

import pytest
from playwright.sync_api import expect

from tests.conftest import CHROMIUM, PHONE, QUIET

WORDS = "They keep her passport in a drawer."


@pytest.fixture(scope="module")
def keeping(browser):
    """Chromium as people have it: it keeps whole pages in memory for the Back button."""
    kept = browser.browser_type.launch(
        executable_path=CHROMIUM,
        args=[*QUIET, "--no-sandbox"],
        ignore_default_args=["--disable-back-forward-cache"],
    )
    with closing(kept):
        yield kept


@pytest.fixture
def phone(keeping):
    with keeping.new_context(viewport=PHONE) as context:
        yield context.new_page()


def test_this_browser_does_keep_a_page(site, phone):
    phone.goto(site.url + "/contact/")
    phone.evaluate("window.kept = true")
    phone.goto(site.url + "/privacy/")
    phone.go_back(wait_until="commit")
    assert phone.evaluate("window.kept") is True


def test_back_from_the_receipt_opens_an_empty_form(site, phone):
    phone.goto(site.url + "/report/")
    phone.evaluate("window.kept = true")
    phone.fill("#what_happened", WORDS)
    phone.click("main form button[type=submit] >> nth=0")
    expect(phone.locator("#receipt-code")).to_be_visible()
    phone.go_back(wait_until="commit")
    expect(phone.locator("#what_happened")).to_have_value("")
    assert phone.evaluate("window.kept") is None
    assert WORDS not in phone.content()


def test_back_to_the_receipt_shows_no_code(site, phone):
    phone.goto(site.url + "/report/")
    phone.fill("#what_happened", WORDS)
    phone.click("main form button[type=submit] >> nth=0")
    code = phone.locator("#receipt-code").inner_text()
    phone.goto(site.url + "/contact/")
    sent = []
    phone.on("request", lambda request: sent.append(request.method))
    phone.go_back(wait_until="commit")
    phone.wait_for_timeout(500)
    print(sent, phone.url, phone.content()[:300], code in phone.content())
    assert "POST" in sent or code not in phone.content()
