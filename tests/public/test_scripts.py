"""What scripts add to the tip pages, in a real browser on the real site."""

import pytest
from playwright.sync_api import Page, expect

from tests.public.noise import photo
from tests.running import RunningSite

BROKEN = {"name": "broken.jpg", "mimeType": "image/jpeg", "buffer": b"not a photo"}


@pytest.fixture
def receipt(site: RunningSite, page: Page) -> Page:
    """The receipt of a tip."""
    page.goto(f"{site.url}/report/")
    page.fill("#what_happened", "A house with many visitors at night")
    page.get_by_role("button", name="Send now").first.click()
    expect(page.locator("#receipt-code")).to_be_visible()
    return page


def test_photos_go_with_a_progress_bar_and_the_code_stays(receipt):
    code = receipt.inner_text("#receipt-code")
    receipt.evaluate(
        "new MutationObserver(() => window.seen ||= document.querySelector('progress')?.ariaLabel)"
        ".observe(document.body, {childList: true, subtree: true})"
    )
    receipt.set_input_files("#photos", [photo(), BROKEN])
    receipt.get_by_role("button", name="Send photos").click()
    expect(receipt.get_by_role("heading", level=1)).to_have_text("1 of 2 photos arrived")
    assert receipt.evaluate("window.seen") == "Sending your photos. Keep this page open."
    assert receipt.inner_text("#receipt-code") == code
    assert receipt.url.endswith("/report/")
    expect(receipt.locator("#main")).to_be_focused()
    receipt.set_input_files("#photos", [photo()])
    receipt.get_by_role("button", name="Send photos").click()
    expect(receipt.get_by_role("heading", level=1)).to_have_text("Your photo arrived")


def test_a_connection_that_breaks_keeps_the_photos_chosen(receipt):
    receipt.set_input_files("#photos", [photo()])
    receipt.route("**/follow-up/", lambda route: route.abort())
    receipt.get_by_role("button", name="Send photos").click()
    expect(receipt.get_by_role("status").filter(has_text="Not sent.")).to_be_visible()
    assert receipt.evaluate("document.querySelector('#photos').files.length") == 1
    receipt.unroute("**/follow-up/")
    receipt.get_by_role("button", name="Send photos").click()
    expect(receipt.get_by_role("heading", level=1)).to_have_text("Your photo arrived")


def test_a_receipt_empties_the_form_it_came_from_wherever_that_still_lives(site, page):
    page.goto(f"{site.url}/report/")
    page.fill("#what_happened", "still in memory")
    key = page.input_value("[name=submission]")
    other = page.context.new_page()
    other.goto(f"{site.url}/report/")
    other.fill("#what_happened", "still in memory")
    other.evaluate("key => document.querySelector('[name=submission]').value = key", key)
    other.get_by_role("button", name="Send now").first.click()
    expect(other.locator("#receipt-code")).to_be_visible()
    expect(page.locator("#what_happened")).to_have_value("")
