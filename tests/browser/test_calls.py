"""A call at the desk, in a real browser: by keyboard, with impatient clicks, over a log-in."""

import pytest
from playwright.sync_api import expect

from tests.browser.looking import SCREEN
from tests.browser.officer import Officer

WORDS = "A boy locked in a store room at the jetty."


@pytest.fixture
def officer(supervisor, look) -> Officer:
    """Somebody with scripts off, as the whole page must do without."""
    return supervisor(look, scripts=False)


def test_a_call_from_the_first_word_to_what_is_read_aloud(officer: Officer) -> None:
    page = officer.page
    officer.opens()
    page.click("nav >> text=Take a call")
    officer.look(page)
    page.locator("[name=danger_now][value=yes]").check()
    page.fill("#place", "The old jetty")
    page.fill("#contact_details", "758 284 1234")
    page.press("#place", "Enter")  # as good as the button
    expect(page.locator("h1")).to_have_text("Call stored, keep writing")
    expect(page.locator("main")).to_contain_text("The number is not stored")
    reference, code = page.inner_text("#reference"), page.inner_text("#receipt-code")
    officer.look(page)
    assert page.input_value("#place") == "The old jetty"
    page.locator("#call_back").check()
    page.fill("#what_happened", WORDS)
    page.press("#when", "Enter")  # is no Save here, for that works once
    expect(page.locator("main")).to_contain_text("The rest is not stored yet")
    assert page.input_value("#what_happened") == WORDS
    page.click("button[value=save]", click_count=3)
    expect(page.locator("main")).to_contain_text("It is your turn")
    assert page.inner_text("#receipt-code") == code
    expect(page.locator("main")).to_contain_text("758 284 1234")
    officer.look(page)
    page.click("text=They brought pictures")
    officer.look(page)
    page.fill("#said", "They moved him.")
    page.click("text=Add to the tip")
    expect(page.locator("h1")).to_have_text(reference)
    assert WORDS in officer.said
    assert "They moved him." in officer.said
    assert code not in page.content()


def test_a_reference_alone_and_enter_lead_to_the_earlier_tip(officer: Officer) -> None:
    page = officer.page
    officer.opens("/desk/tips/tip/add/")
    page.fill("#what_happened", WORDS)
    page.click("button[value=save]")
    reference = page.inner_text("#reference")
    officer.opens("/desk/tips/tip/add/")
    page.fill("#earlier_tip", reference.lower())
    page.press("#earlier_tip", "Enter")
    expect(page.locator("h1")).to_contain_text(f"Said on the phone: {reference}")
    officer.opens("/desk/tips/tip/add/")
    page.fill("#earlier_tip", "ZZ-0000")
    page.click("text=Look it up")
    expect(page.locator("[role=alert]")).to_contain_text("There is no tip ZZ-0000")
    officer.look(page)


def test_a_silent_call_is_counted_and_taken_back(officer: Officer) -> None:
    page = officer.page
    officer.opens("/desk/tips/tip/add/")
    page.click("button:text-is('Silent')", click_count=3)
    expect(page.locator("[role=status]").last).to_contain_text("Counted for today: silent.")
    officer.look(page)
    page.click("text=Undo")
    expect(page.locator("main")).to_contain_text("Not counted: silent.")


def test_the_blank_sheet_prints_on_both_sides_of_one_page(supervisor, look) -> None:
    officer = supervisor(look)
    page = officer.page
    page.set_viewport_size(SCREEN)
    officer.opens("/desk/tips/tip/add/sheet/")
    officer.look(page)
    printed = page.pdf(format="A4")
    assert printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") in (1, 2)
