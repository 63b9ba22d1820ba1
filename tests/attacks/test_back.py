"""Somebody presses Back on a phone that was handed over."""

from contextlib import closing

import pytest

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
