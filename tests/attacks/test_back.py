"""Somebody presses Back on a phone that was handed over."""

from contextlib import closing

import pytest
from playwright.sync_api import Error, expect

from tests.chromium import PHONE, WHOLE_CHROMIUM, flags

WORDS = "They keep her passport in a drawer."


@pytest.fixture(scope="module")
def keeping(browser):
    """Chromium as people have it: it keeps whole pages in memory for the Back button."""
    kept = browser.browser_type.launch(
        executable_path=WHOLE_CHROMIUM,
        args=flags(),
        ignore_default_args=["--disable-back-forward-cache"],
    )
    with closing(kept):
        yield kept


@pytest.fixture
def phone(keeping):
    with keeping.new_context(viewport=PHONE) as context:
        yield context.new_page()


def test_back_from_the_receipt_opens_an_empty_form_where_another_page_is_kept(site, phone):
    phone.goto(site.url + "/contact/")
    phone.evaluate("window.kept = true")
    phone.goto(site.url + "/report/")
    phone.go_back(wait_until="commit")
    assert phone.evaluate("window.kept") is True
    phone.goto(site.url + "/report/")
    phone.evaluate("window.kept = true")
    phone.fill("#what_happened", WORDS)
    phone.click("main form button[type=submit] >> nth=0")
    expect(phone.locator("#receipt-code")).to_be_visible()
    phone.go_back(wait_until="commit")
    expect(phone.locator("#what_happened")).to_have_value("")
    assert phone.evaluate("window.kept") is None
    assert WORDS not in phone.content()


@pytest.mark.parametrize("scripts", [True, False])
def test_back_to_the_receipt_shows_no_code_without_sending_anew(site, keeping, scripts):
    with keeping.new_context(viewport=PHONE, java_script_enabled=scripts) as context:
        phone = context.new_page()
        phone.goto(site.url + "/report/")
        phone.fill("#what_happened", WORDS)
        phone.click("main form button[type=submit] >> nth=0")
        expect(phone.locator("#receipt-code")).to_be_visible()
        phone.click("header a[href='/'] >> nth=0")
        phone.wait_for_url(site.url + "/")
        # The browser asks whether to send the form once more, and nobody answers.
        with pytest.raises(Error, match="ERR_CACHE_MISS"):
            phone.go_back(wait_until="commit")
        expect(phone.locator("#receipt-code")).to_have_count(0)
