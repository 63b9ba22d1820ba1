"""Five people who come once: a reader, a worker, a teacher, a driver, a journalist."""

import re

import pytest
from playwright.sync_api import expect

from tests.variants import played

# A cheap phone on a slow link: bytes a second, and milliseconds there and back.
SLOW = {"offline": False, "downloadThroughput": 200_000, "uploadThroughput": 93_000, "latency": 150}


def test_a_reader_on_a_slow_phone_has_the_words_after_one_request_and_all_after_two(visit):
    came = visit()
    session = came.page.context.new_cdp_session(came.page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})  # each page is the first
    session.send("Network.emulateNetworkConditions", SLOW)
    asked = []
    session.on("Network.requestWillBeSent", lambda one: asked.append(one))
    for path in ("/", "/signs/", "/types/debt-bondage/", "/contact/", "/get-help/"):
        asked.clear()
        came.goes(path)
        # Whatever belongs to the page is named in the page itself, not in a sheet or a script.
        first, *rest = (one for one in asked if one["type"] != "Other")  # a tab's icon
        assert first["type"] == "Document"
        assert rest, path
        for one in rest:
            assert one["initiator"].get("url") == first["request"]["url"], one["request"]["url"]


def test_a_worker_who_reads_only_spanish_finds_help_and_leaves_at_once(visit):
    came = visit("/", locale="es-DO")
    page = came.page
    first_row = page.locator(".langs a[lang=es]")
    assert first_row.bounding_box()["y"] < 100
    first_row.click()
    expect(page).to_have_url(re.compile("/es/$"))
    page.get_by_role("link", name="Necesito ayuda").first.click()
    expect(page).to_have_url(re.compile("/es/get-help/$"))
    expect(page.locator("html")).to_have_attribute("lang", "es")
    assert "trata" not in page.title().casefold()
    assert page.locator(".faq summary").count() >= 9
    call = page.locator(".faq details", has_text="si llamo")
    expect(call.locator("p").first).to_be_visible()
    expect(call).to_contain_text("no tiene que decir quién es")
    page.locator("main a[href='/es/get-help/card/']").first.click()
    lines = page.locator(".say li").all_inner_texts()
    assert any("Necesito ayuda" in line and "I need help" in line for line in lines)
    assert any("Tienen mi pasaporte" in line for line in lines)
    page.route("**/search?q=weather", lambda route: route.fulfill(body="rain"))
    page.locator(".bar__leave").click()
    expect(page.locator("body")).to_have_text("rain")
    page.go_back()
    assert "/es/get-help/card/" not in page.url


@pytest.mark.parametrize("scripts", [True, False])
def test_who_is_held_and_cannot_write_asks_for_help_in_three_taps(visit, scripts):
    page = visit("/es/", java_script_enabled=scripts).page
    page.get_by_role("link", name="Necesito ayuda").first.click()
    page.locator("label.pick", has_text="Tienen mi pasaporte").click()
    page.locator(".plea button").click()
    expect(page.locator("#receipt-code")).to_have_text(re.compile("^([0-9A-Z]{4}-){3}[0-9A-Z]{5}$"))
    expect(page).to_have_title("Recibido")
    page.go_back()
    expect(page.locator(".plea button")).to_be_visible()
    expect(page.locator(".plea input:checked")).to_have_count(0)


def test_the_plea_needs_no_more_than_a_keyboard(visit):
    page = visit("/fr/get-help/").page
    page.locator(".plea input[value=passport]").focus()
    page.keyboard.press("Space")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.plea button')"):
            break
    page.keyboard.press("Enter")
    expect(page).to_have_title("Reçu")
    expect(page.locator("html")).to_have_attribute("lang", "fr")


def test_on_paper_every_answer_stands_and_no_form(visit):
    page = visit("/get-help/").page
    page.emulate_media(media="print")
    answers = page.locator(".faq details > p:first-of-type")
    assert answers.count() == 10
    heights = answers.evaluate_all("all => all.map(one => one.getBoundingClientRect().height)")
    assert min(heights) > 0
    expect(page.locator("#plea")).to_be_hidden()


def test_a_teacher_ticks_four_signs_and_finds_them_ticked_in_the_form(visit):
    page = visit("/signs/", java_script_enabled=False).page
    page.locator("a[href='#for-school']").click()
    shown = page.locator("label.pick:visible")
    assert 4 <= shown.count() < page.locator("label.pick").count()
    ticked = [shown.nth(at).locator("input").get_attribute("value") for at in range(4)]
    for at in range(4):
        shown.nth(at).locator("input").check()
    page.locator(".carry button").click()
    expect(page).to_have_url(re.compile("/report/$"))
    assert page.locator(".err").count() == 0
    checked = page.locator("input[name=signs]:checked")
    expect(page.locator(".note a[href='#signs']").locator("..")).to_contain_text(
        "4 signs are ticked"
    )
    assert {checked.nth(at).get_attribute("value") for at in range(checked.count())} == set(ticked)


TRADES = ["taxi", "hotel", "school", "clinic", "boats", "employers", "border"]


@pytest.mark.parametrize("trade", played(TRADES, "taxi", "border"))
def test_a_trade_s_filter_leaves_the_signs_of_its_card(visit, trade):
    came = visit(f"/signs/#for-{trade}", java_script_enabled=False)
    titles = "all => all.map(one => one.firstChild.textContent.trim())"
    shown = came.page.locator("label.pick:visible > span").evaluate_all(titles)
    came.goes(f"/materials/{trade}/")
    card = came.page.locator("article.card[lang=en] section:first-child li").all_inner_texts()
    assert sorted(shown) == sorted(card)


def test_a_driver_s_card_carries_two_languages_the_numbers_and_the_way_to_the_form(visit, site):
    page = visit("/materials/taxi/").page
    cards = page.locator("article.card")
    assert [cards.nth(at).get_attribute("lang") for at in range(cards.count())] == ["en", "es"]
    numbers = set(page.locator(".bar a[href^='tel:']").all_inner_texts())
    for at in range(2):
        shown = cards.nth(at).locator(".sheet__call").inner_text()
        for number in ("999", "911", "847"):
            assert number in shown
            assert any(number in one for one in numbers)
        assert cards.nth(at).locator(".qr svg path").count() == 1


def test_a_journalist_finds_section_source_date_and_whom_to_call(visit):
    page = visit("/", width=1280).page
    page.locator(".nav a[href='/law/']").click()
    expect(page).to_have_url(re.compile("/law/$"))
    act = page.locator("#act-10")
    expect(act).to_contain_text("Aggravated circumstances")
    expect(act).to_contain_text("Checked 23 November 2026")
    assert act.locator(".source a[href^='https://']").count() == 1
    for anchor in ("law-offences", "law-2021", "law-advice"):
        assert page.locator(f"#{anchor}").count() == 1
    expect(page.locator("main")).to_contain_text("not legal advice")
    page.locator(
        "#law-advice ~ p a[href='/press/'], section:has(#law-advice) a[href='/press/']"
    ).click()
    expect(page.locator("#press-cases")).to_be_visible()
    page.locator(".nav a[href='/contact/']").click()
    expect(page.locator("#contact-press")).to_be_visible()
