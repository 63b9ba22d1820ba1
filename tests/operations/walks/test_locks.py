"""An officer who may not go on with a tip, and an auditor who asks what was done."""

from playwright.sync_api import expect

from tests.browser.citizen import Citizen, told
from tests.browser.looking import SCREEN
from tests.browser.officer import Officer
from tests.browser.pictures import png

WORDS = "They keep her passport in the office."


def test_an_officer_locks_a_photo_leaves_a_tip_and_the_auditor_reads_it(
    walked, supervisor, new_page, look
):
    citizen = Citizen(new_page(), walked.url, look)
    citizen.opens("/report/")
    citizen.page.fill("#what_happened", WORDS)
    photographed = citizen.sends_tip()
    citizen.adds_photos(png())
    known = told(walked.url, f"{WORDS} Again.")

    head = supervisor(look)
    accounts = {role: head.adds(f"the-{role}-of-locks", role) for role in ("officer", "auditor")}
    officer = Officer(new_page(screen=SCREEN), walked.desk_url, accounts["officer"], look)
    officer.sets_up()
    officer.logs_in()
    page = officer.page
    officer.opens_tip(photographed.reference)
    look(page)
    for verb in ("Restrict", "Hold"):
        page.click(f".rare button:has-text('{verb}')")
        look(page)
        page.click("text=Back to the tip")
    page.click("button:text-is('Lock photo 1')")
    expect(page.locator("h1")).to_have_text("The photo is locked")
    assert "A supervisor telephones the police" in officer.said
    look(page)
    officer.opens_tip_in_vain(photographed.reference)
    officer.opens_tip(known.reference)
    page.click(".rare button:has-text('I know these people')")
    look(page)
    page.click("button:text-is('I know these people')")
    expect(page.locator("h1")).to_have_text("You are out of this tip")
    look(page)
    officer.opens_tip_in_vain(known.reference)

    head.opens_tip(photographed.reference)
    assert "Photo 1 is locked" in head.said
    look(head.page)
    for verb in ("Unlock photo", "Lift restriction", "End the hold"):
        head.page.click(f".rare button:has-text('{verb}')")
        look(head.page)
        head.page.click("text=Back to the tip")
    head.opens_tip(known.reference)
    head.page.click(".rare button:has-text('Let in again')")
    head.page.click("button:text-is('Let in again')")
    expect(head.page.locator("[role=alert]")).to_contain_text("Say why they are let in again")
    look(head.page)
    head.page.fill("#reason", "Another family of that name.")
    head.page.click("button:text-is('Let in again')")
    officer.opens_tip(known.reference)

    auditor = Officer(new_page(screen=SCREEN), walked.desk_url, accounts["auditor"], look)
    auditor.sets_up()
    auditor.logs_in()
    page = auditor.page
    assert not page.locator("text=Queue").count()
    look(page)
    page.select_option("#ask-who", "the-officer-of-locks")
    page.click("form:has(#ask-who) button")
    assert "the-officer-of-locks opened 2 tips" in auditor.said
    look(page)
    page.fill("#reference", known.reference)
    page.select_option("#who", "")
    page.select_option("#what", "")
    page.click("button:text-is('Show')")
    assert "the-officer-of-locks knows the people of it and is out of it" in auditor.said
    look(page)
    page.emulate_media(media="print")
    assert "knows the people" not in auditor.said  # printing has a button, and an event
    page.emulate_media(media="screen")
    page.click("button:text-is('Print…')")
    look(page)
    page.emulate_media(media="print")
    assert "knows the people of it and is out of it" in auditor.said
    assert "Print this page now" not in auditor.said
