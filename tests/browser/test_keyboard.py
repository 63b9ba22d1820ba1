"""The form by keyboard alone: everything is reached, in order, and is seen to be reached."""

from playwright.sync_api import Page, expect

NAME = "document.activeElement.name || document.activeElement.textContent.trim().slice(0, 40)"
SEEN = """[document.activeElement, document.activeElement.closest(".pick")].some(one => {
  const {outlineStyle, boxShadow} = one ? getComputedStyle(one) : {outlineStyle: "none"};
  return outlineStyle !== "none" || (boxShadow ?? "none") !== "none";
})"""
FOLDED = (
    *("relation", "first_hand", "signs", "when", "people_harmed", "people_responsible"),
    *("vehicles_phones_online", "official_involved", "reported_before", "may_share"),
    *("answer_language", "contact_name", "contact_details", "contact_safely"),
)


def tab_to(page: Page, name: str, presses: int = 60) -> None:
    """Presses Tab until this has the focus; each stop on the way shows that it has it."""
    for _ in range(presses):
        page.keyboard.press("Tab")
        assert page.evaluate(SEEN), page.evaluate(NAME)
        if page.evaluate(NAME).startswith(name):
            return
    raise AssertionError(f"no {name} within {presses} presses")


def test_the_whole_form_by_keyboard(walked, new_page):
    page = new_page()
    page.goto(walked.url + "/report/")
    page.keyboard.press("Tab")
    assert page.evaluate(NAME) == "Skip to content"
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()

    tab_to(page, "what_happened")
    page.keyboard.type("typed")
    tab_to(page, "danger_now")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    tab_to(page, "under_18", 1)
    page.keyboard.press("Space")
    tab_to(page, "district", 1)
    page.keyboard.type("Cas")
    tab_to(page, "place", 1)
    tab_to(page, "Send", 1)
    tab_to(page, "I can tell more", 1)
    page.keyboard.press("Enter")
    for name in FOLDED:
        tab_to(page, name, 20 if name == "when" else 1)
    page.keyboard.type("by text")
    tab_to(page, "Send", 1)

    assert page.locator("[name=danger_now]:checked").get_attribute("value") == "no"
    assert page.locator("[name=under_18]:checked").get_attribute("value") == "yes"
    assert page.input_value("#district") == "castries"
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Received. Thank you.")


def test_an_error_s_link_leads_to_its_field(walked, new_page):
    page = new_page()
    page.goto(walked.url + "/report/")
    page.locator("main form button").first.press("Enter")
    expect(page.locator("[role=alert]")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("x")
    assert page.url.endswith("/report/#what_happened")


def test_enter_in_a_line_of_the_form_sends_it(walked, new_page):
    page = new_page(scripts=False)
    page.goto(walked.url + "/report/")
    page.fill("#what_happened", "typed")
    page.press("#place", "Enter")
    expect(page.locator("h1")).to_have_text("Received. Thank you.")
