"""Where a tip stands, that it has become dangerous, an answer that goes, a desk that is silent."""

import re

import psycopg2
import pytest
from playwright.sync_api import expect

from tests.browser.citizen import Citizen, Look
from tests.running import RunningSite

SENTENCE = "No es su culpa. Gracias por contárnoslo."
SILENCE = "Nobody at the desk has read a tip for two days."


@pytest.fixture
def citizen(walked, new_page, look: Look) -> Citizen:
    return Citizen(new_page(scripts=False), walked.url, look)


def sends(citizen: Citizen):
    citizen.opens("/report/")
    citizen.page.fill("#what_happened", "The van PA 1234 comes on Fridays.")
    citizen.page.click("summary:has-text('I can tell more')")
    citizen.page.select_option("#answer_language", "es")
    return citizen.sends_tip()


def comes_back(citizen: Citizen, code: str) -> None:
    citizen.opens("/follow-up/")
    citizen.types_back(code)


def answers_by_a_sentence(officer, reference: str) -> None:
    """Ticks it, repeats the plate, is asked, and sends all the same."""
    page = officer.page
    officer.opens_tip(reference)
    officer.presses("Take")
    page.click("summary:has-text('Sentences to tick')")
    page.locator("[name=sentence][value=next-not-fault]").check()
    officer.asks("Is PA 1234 there?")
    expect(page.locator("[role=alert]")).to_contain_text("Your answer says PA 1234")
    assert page.locator("[name=sentence][value=next-not-fault]").is_checked()
    officer.look(page)
    page.click("button:text-is('Send all the same')")
    expect(page.locator(".thread--desk").last).to_contain_text(SENTENCE)
    officer.look(page)


def test_a_line_from_unread_to_work_danger_without_a_word_and_an_answer_that_goes(
    citizen, supervisor, look
):
    receipt, page = sends(citizen), citizen.page
    comes_back(citizen, receipt.code)
    assert "Where it stands: not read yet." in citizen.said
    citizen.look(page)
    officer = supervisor(look)
    answers_by_a_sentence(officer, receipt.reference)
    comes_back(citizen, receipt.code)
    assert re.search(r"Where it stands: somebody works on it, since \d+ \w+ \d{4}\.", citizen.said)
    assert SENTENCE in citizen.said
    citizen.look(page)
    page.locator("#danger_now").check()
    page.locator("main form:has(#message) button").click()
    expect(page.locator("main .note[role=status]")).to_contain_text("Received.")
    citizen.look(page)
    page.click("text=Remove this answer")
    expect(page.locator("h1")).to_have_text("Remove this answer?")
    citizen.look(page)
    page.click("button:text-is('Remove it')")
    expect(page.locator("main")).to_contain_text("You removed this answer.")
    assert SENTENCE not in citizen.said
    citizen.look(page)
    officer.opens_tip(receipt.reference)
    assert "The citizen says that it has become dangerous." in officer.said
    assert "The citizen has read this answer and removed it" in officer.said
    officer.look(officer.page)


@pytest.fixture
def silent() -> RunningSite:
    """A site whose desk nobody has come to."""
    site = RunningSite().after_first_start()
    yield site.start()
    site.throw_away()


# tests/public/test_desk_reading.py asks the same of every page, without a site of its own.
@pytest.mark.parametrize("look", ["everywhere"], indirect=True)
@pytest.mark.audit
def test_a_desk_that_has_read_nothing_for_two_days_says_so_before_anything_else(
    silent, new_page, look
):
    citizen = Citizen(new_page(scripts=False), silent.url, look)
    receipt = sends(citizen)
    assert SILENCE not in citizen.said
    connection = psycopg2.connect(silent.superuser_url)
    with connection, connection.cursor() as cursor:
        cursor.execute("UPDATE tips_tip SET received_at = received_at - interval '3 days'")
    connection.close()
    silent.restart()
    page = citizen.page
    for path in ("/report/", "/follow-up/"):
        citizen.opens(path)
        assert citizen.said.startswith(SILENCE)
        assert page.locator(".note--alert a[href^='tel:']").count() >= 2
        citizen.look(page)
    citizen.types_back(receipt.code)
    assert citizen.said.startswith(SILENCE)
    citizen.look(page)
