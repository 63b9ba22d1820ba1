"""States of the pages that the walk does not come by: nothing is out of reach there either."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
import pytest
from django.conf import settings
from playwright.sync_api import expect

from tests.browser.citizen import Citizen, told
from tests.browser.pictures import no_picture
from tests.running import RunningSite

WORDS = "What I saw"


@pytest.fixture
def citizen(walked, new_page, look) -> Citizen:
    return Citizen(new_page(scripts=False), walked.url, look)


@contextmanager
def no_database(site: RunningSite) -> Iterator[None]:
    """Inside, the public door's role is let in nowhere."""
    connection = psycopg2.connect(site.superuser_url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("ALTER ROLE know_the_signs_public NOLOGIN")
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE usename = 'know_the_signs_public'"
            # Whoever is just being let in has no name yet.
            " OR usename IS NULL AND backend_type = 'client backend'"
        )
        try:
            yield
        finally:
            cursor.execute("ALTER ROLE know_the_signs_public LOGIN")
            connection.close()


def test_words_that_meet_a_closed_door_are_sent_later(citizen, walked, watch):
    page = citizen.page
    citizen.opens("/report/")
    page.fill("#what_happened", WORDS)
    page.locator("[name=danger_now][value=yes]").check()
    with no_database(walked):
        page.locator("main form button").first.click()
        expect(page.locator("[role=alert]")).to_contain_text("could not take it just now")
        assert page.input_value("#what_happened") == WORDS
        citizen.look(page)
    page.locator("button:has-text('Send again')").first.click()
    expect(page.locator("h1")).to_have_text("Received. Thank you.")
    citizen.look(page)
    assert set(watch.wrong) == {"503 /report/"}
    watch.wrong.clear()


def test_a_form_from_another_site_waits_for_send(citizen, walked, watch):
    page = citizen.page
    elsewhere = f"""<form method="post" action="{walked.url}/report/">
        <textarea name="what_happened">{WORDS}</textarea><button>Win</button></form>"""
    page.route(
        "http://elsewhere.test/",
        lambda route: route.fulfill(body=elsewhere, content_type="text/html"),
    )
    page.goto("http://elsewhere.test/")
    page.click("text=Win")
    expect(page.locator("[role=alert]")).to_contain_text("Press Send once more")
    assert page.input_value("#what_happened") == WORDS
    citizen.look(page)
    assert set(watch.wrong) == {"asked elsewhere.test"}
    watch.wrong.clear()


def test_no_photo_and_a_photo_that_is_none(citizen):
    page = citizen.page
    citizen.opens("/report/")
    page.fill("#what_happened", WORDS)
    receipt = citizen.sends_tip()
    page.click("text=Send photos")
    expect(page.locator("[role=alert]")).to_contain_text("Choose one or more photos first")
    citizen.look(page)
    citizen.adds_photos(no_picture())
    expect(page.locator("h1")).to_have_text("No photo arrived")
    assert page.inner_text("#receipt-code") == receipt.code
    citizen.look(page)


def test_the_same_page_sent_again_after_the_code_was_typed_back(citizen):
    page = citizen.page
    citizen.opens("/report/")
    key = page.input_value("[name=submission]")
    page.fill("#what_happened", WORDS)
    receipt = citizen.sends_tip()
    citizen.types_back(receipt.code)
    expect(page.locator("h1")).to_have_text("Your messages")
    citizen.opens("/report/")  # as Back shows it, with its key and words
    page.eval_on_selector("[name=submission]", "(field, key) => field.value = key", key)
    page.fill("#what_happened", WORDS)
    page.locator("main form button").first.click()
    expect(page.locator("h1")).to_have_text("We have this already")
    assert page.inner_text("#reference") == receipt.reference
    assert receipt.code not in page.inner_text("body")
    citizen.look(page)


def test_a_too_long_text_is_kept_and_counted(citizen):
    page = citizen.page
    citizen.opens("/report/")
    page.fill("#what_happened", "x" * 20_004)
    page.locator("main form button").first.click()
    expect(page.locator("[role=alert]")).to_contain_text("20,004")
    assert len(page.input_value("#what_happened")) == 20_004
    citizen.look(page)


def test_the_desk_s_other_screens(walked, supervisor, look):
    officer = supervisor(look)
    page = officer.page
    for path in (
        *("tips/officer/", "tips/officer/add/", "tips/tip/?tab=yours", "password_change/"),
        *("tips/tip/?tab=open&district=laborie", "recovery/", "tips/event/"),
        "tips/tip/00000000-0000-4000-8000-000000000000/",
    ):
        officer.opens("/desk/" + path)
        look(page)
    officer.opens("/desk/recovery/")
    page.fill("[name=sheet_1]", "academic")
    page.click("text=Compare")
    expect(page.locator("[role=alert]")).to_be_visible()
    look(page)
    page.fill("#find", "ZZ-0000")
    page.click(".find button")
    expect(page.locator(".found")).to_contain_text("There is no tip ZZ-0000 that you may open.")
    look(page)
    page.fill("#find", "passport")
    page.click("summary:text-is('Narrow')")
    page.fill("#id_since", "2026-01-01")
    page.click("main button:text-is('Find')")
    expect(page.locator(".found")).to_contain_text("Searched")
    assert page.input_value("#id_since") == "2026-01-01"
    look(page)


def test_what_was_typed_when_the_desk_locked_is_offered_again(walked, supervisor, look):
    receipt = told(walked.url, WORDS)

    officer = supervisor(look)
    officer.opens_tip(receipt.reference)
    officer.page.context.clear_cookies()
    officer.notes("kept")
    assert "What you typed is on this page, unsent" in officer.said
    look(officer.page)
    officer.logs_in()
    expect(officer.page.locator("#note")).to_have_value("kept")
    look(officer.page)
    officer.page.click("text=Add note")
    expect(officer.page.locator("#content")).to_contain_text("kept")
    officer.page.click("text=Log out")
    expect(officer.page.locator("#login-form")).to_be_visible()
    look(officer.page)


def test_the_page_leaves_the_screen_when_the_session_ends_and_keeps_the_words(
    walked, supervisor, look
):
    receipt = told(walked.url, WORDS)
    officer = supervisor(look)
    officer.opens_tip(receipt.reference)
    page = officer.page
    page.fill("#answer", "Half an answer.")
    lock = page.locator(".lock")
    expect(lock).to_be_hidden()
    delays = page.evaluate("document.getAnimations().map(one => one.effect.getTiming().delay)")
    assert set(delays) == {settings.SESSION_COOKIE_AGE * 1000}
    page.evaluate("document.getAnimations().forEach(one => one.finish())")
    for what in (".story", "#answer", "#header", ".tip-head"):
        expect(page.locator(what).first).to_be_hidden()
    look(page)
    page.context.clear_cookies()
    page.keyboard.press("Tab")
    page.click("text=Log in and go on")
    look(page)
    officer.logs_in()
    expect(page.locator("#answer")).to_have_value("Half an answer.")
    expect(page.locator("#content")).to_contain_text("not sent yet")


def test_enter_in_a_box_of_the_tips_page_presses_no_verb(walked, supervisor, look):
    receipt = told(walked.url, WORDS)
    officer = supervisor(look)
    officer.opens_tip(receipt.reference)
    officer.presses("Take")
    officer.page.fill("#until", "2099-01-01")
    officer.page.press("#until", "Enter")
    officer.opens_tip(receipt.reference)
    assert officer.status() == "Taken"
