"""An officer who found tips by their words reads one after the other, and comes back."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.citizen import told

WORD = "zeppelin"
RESULTS = re.compile(r"/desk/tips/tip/find/[0-9a-f-]{36}/$")


@pytest.mark.parametrize("scripts", [True, False])
def test_from_results_to_a_tip_to_the_next_and_back(walked, supervisor, look, scripts):
    words = [f"A {WORD}{scripts} over the jetty, number {number}." for number in (1, 2)]
    sent = [told(walked.url, one).reference for one in words]
    officer = supervisor(look, scripts=scripts)
    page = officer.page
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    page.fill("#find", f"{WORD}{scripts}")
    page.press("#find", "Enter")
    expect(page.locator("#result_list .ref")).to_have_count(2)
    look(page)
    shown = page.locator("#result_list .ref").all_inner_texts()
    assert sorted(shown) == sorted(sent)

    page.click(f"#result_list >> text={shown[0]}")
    expect(page.locator("h1")).to_have_text(shown[0])
    look(page)
    if scripts:  # the browser's own Back: no question whether to send a form again
        page.go_back()
        expect(page).to_have_url(RESULTS)
        expect(page.locator("#result_list .ref")).to_have_count(2)
        page.reload()
        expect(page.locator("#result_list .ref")).to_have_count(2)
        page.click(f"#result_list >> text={shown[0]}")
    page.click(".verbs button:text-is('Take')")
    page.click("text=Next result")
    expect(page.locator("h1")).to_have_text(shown[1])
    page.click("text=Back to results")
    expect(page).to_have_url(RESULTS)
    expect(page.locator("#find-terms, .find-form [name=terms]")).to_have_value(f"{WORD}{scripts}")
    assert page.locator("#result_list .ref").all_inner_texts() == shown
    page.go_back()
    expect(page.locator("h1")).to_have_text(shown[1])
    page.click("text=Next result")
    expect(page).to_have_url(RESULTS)
    assert f"{shown[1]} was the last one that has it." in officer.said
    look(page)
    assert not [address for address in addresses if WORD in address.lower()]
