"""The main job from end to end: a tip, the desk's question, the citizen's answer, the outcome."""

import io
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.citizen import EVERY_WORD, Citizen, Look, Receipt
from tests.browser.looking import SCREEN, no_look
from tests.browser.officer import Officer
from tests.browser.pictures import heic, jpeg_12_megapixels, no_picture, png
from tests.running import RunningSite

QUESTION = "Is she there at night too?"
ANSWER = "Yes, every night. Here is the gate."
NOTE = "Ask the school about her."
PHOTOS_WITHIN = 95_000  # milliseconds; all of a sending have 90 s (slu_antitrafficking/sandbox.py)


def test_a_tip_from_end_to_end_without_scripts(walked, new_page, supervisor, look):
    walk(walked, new_page, supervisor, look, scripts=False, restart=lambda: None)


@pytest.mark.audit  # in the suite each script has tests of its own
def test_a_tip_from_end_to_end_with_scripts(walked, new_page, supervisor):
    walk(walked, new_page, supervisor, no_look, scripts=True, restart=walked.restart)


def walk(
    site: RunningSite,
    new_page: Callable[..., Page],
    supervisor: Callable[..., Officer],
    look: Look,
    *,
    scripts: bool,
    restart: Callable[[], object],
) -> None:
    """`restart` is called between a log-in and its use, and between a form and its sending."""
    citizen = Citizen(new_page(scripts=scripts), site.url, look)
    reads_the_numbers(citizen)
    word = says_one_word(citizen)
    first = supervisor(look, scripts=scripts)
    tip = tells_everything(citizen, restart)
    adds_four_photos(citizen, tip)

    finds_it_in_its_place(first, tip, word)
    works_on_it(first, tip)

    comes_back(citizen, tip)
    answers(citizen)
    assert citizen.page.context.cookies() == []

    closes_it(first, tip)
    if scripts:  # an editor's day has a colleague's first pages with them
        return
    account = first.adds(f"reader-of-{tip.reference}", "officer")
    second = Officer(new_page(scripts=scripts, screen=SCREEN), site.desk_url, account, look)
    second.sets_up()
    second.logs_in()
    second.opens_tip(tip.reference)
    assert_all_is_there(second)


def reads_the_numbers(citizen: Citizen) -> None:
    citizen.opens("/")
    for told in ("999", "911", "847", "police@antitraffickingslu.org"):
        assert told in citizen.page.inner_text("body")


def says_one_word(citizen: Citizen) -> Receipt:
    page = citizen.page
    page.click("text=I saw something")
    page.locator("main form button").first.click()
    expect(page.locator("[role=alert]")).to_be_focused()
    citizen.look(page)
    page.fill("#what_happened", "help")
    return citizen.sends_tip()


def tells_everything(citizen: Citizen, restart: Callable[[], object]) -> Receipt:
    page = citizen.page
    citizen.opens("/report/")
    signs = citizen.fills_in_everything()
    assert len(set(signs)) == 3
    restart()
    receipt = citizen.sends_tip()
    citizen.look(page)
    page.wait_for_load_state()
    page.emulate_media(media="print")
    assert page.inner_text("body").split() == receipt.code.split()
    page.emulate_media(media="screen")
    return receipt


def adds_four_photos(citizen: Citizen, tip: Receipt) -> None:
    page = citizen.page
    citizen.adds_photos(jpeg_12_megapixels(), heic(), png(), no_picture())
    expect(page.locator("h1")).to_have_text("3 of 4 photos arrived", timeout=PHOTOS_WITHIN)
    assert "Photo 4 is a kind of file that we cannot read" in citizen.said
    assert page.inner_text("output#receipt-code") == tip.code
    citizen.look(page)
    citizen.types_back(tip.misread)
    expect(page.locator("h1")).to_have_text("Your messages")
    assert "Not read yet" in citizen.said
    assert tip.code not in page.inner_text("body")
    citizen.look(page)


def finds_it_in_its_place(officer: Officer, tip: Receipt, word: Receipt) -> None:
    officer.look(officer.page)
    listed = officer.queue("take")
    assert listed.index(tip.reference) < listed.index(word.reference)
    officer.look(officer.page)
    officer.page.click(f".field-ref a:has-text('{tip.reference}')")


def works_on_it(officer: Officer, tip: Receipt) -> None:
    for words in EVERY_WORD.values():
        assert " ".join(words.split()) in with_everything_open(officer)
    for number in (1, 2, 3):
        kind, picture = officer.shows_photo(number)
        image = Image.open(io.BytesIO(picture))
        assert kind == f"image/{image.format.lower()}"
        assert max(image.size) <= 2560
        assert not image.getexif()
        if number == 1:
            assert image.height > image.width
            officer.look(officer.page)
    officer.presses("Take")
    assert "You have it." in officer.said
    officer.notes(NOTE)
    assert NOTE in officer.said
    officer.asks(QUESTION)
    assert officer.status().startswith("Asked until ")
    officer.look(officer.page)


def comes_back(citizen: Citizen, tip: Receipt) -> None:
    page = citizen.page
    citizen.opens("/follow-up/")
    citizen.types_back("ABCD-EFGH-JKMN-PQRS")
    expect(page.locator("[role=alert]")).to_be_focused()
    citizen.look(page)
    citizen.types_back(tip.misread)
    assert "Read by the desk on" in citizen.said
    assert QUESTION in citizen.said
    assert NOTE not in citizen.said
    citizen.look(page)


def answers(citizen: Citizen) -> None:
    citizen.writes("")
    expect(citizen.page.locator("[role=alert]")).to_be_focused()
    citizen.look(citizen.page)
    citizen.writes(ANSWER, png())
    expect(citizen.page.locator("main")).to_contain_text(
        "Your photo arrived", timeout=PHOTOS_WITHIN
    )
    assert ANSWER not in citizen.said
    citizen.look(citizen.page)


def closes_it(officer: Officer, tip: Receipt) -> None:
    assert tip.reference in officer.queue("yours")
    officer.opens_tip(tip.reference)
    assert officer.status() == "Citizen wrote"
    assert ANSWER in officer.said
    officer.shows_photo(4)
    officer.presses("Raise to urgent")
    assert "Urgent" in officer.page.inner_text(".tip-id")
    officer.closes("passed_on", "The police have her safe.")
    assert officer.status() == "Closed: Passed on"
    officer.look(officer.page)


def assert_all_is_there(officer: Officer) -> None:
    said = with_everything_open(officer)
    for words in (*EVERY_WORD.values(), QUESTION, ANSWER, NOTE, "The police have her safe."):
        assert " ".join(words.split()) in said
    officer.shows_photo(4)


def with_everything_open(officer: Officer) -> str:
    officer.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    return officer.said
