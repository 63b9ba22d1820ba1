"""Every screen of the desk at each width, light and dark: in reach, in order, within its policy."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page

from tests.admin.desk import QUEUE, enter, new_tip, stamp_of, url_of, with_photos
from tests.admin.screen import desk_screen
from tests.browser.looking import closer
from tests.cast import Person
from tips import actions
from tips.crypto import receipts
from tips.models import Tip

pytestmark = pytest.mark.django_db

WIDTHS, SCHEMES = (390, 768, 1280), ("light", "dark")
NO_TIP = f"{QUEUE}00000000-0000-4000-8000-000000000000/"
TABS = ("take", "yours", "colleagues", "citizen", "agency", "parked", "open", "aside", "closed")
TABS_FOR_NOBODY = "?tab=open&district=canaries&language=ht"
Axe = Callable[[Page], None]


def taken(by: Person, **fields: object) -> Tip:
    """A tip that this person has."""
    tip = new_tip(**fields)
    actions.open_tip(tip=tip, by=by.officer, keys=by.keys)
    actions.take(tip=tip, by=by.officer)
    return tip


def tips_in_every_state(kim: Person, dana: Person, sam: Person) -> dict[str, Tip]:
    """By what is shown of it to kim."""
    tips = {"untaken": new_tip(danger_now="yes", under_18="yes", relation="self")}
    tips |= {name: taken(kim) for name in ("mine", "asked", "parked", "closed", "held")}
    tips["colleague's"] = taken(dana)
    actions.reply(tip=tips["asked"], by=kim.officer, text="Where is it?", wait=True)
    until = timezone.localdate() + timedelta(days=3)
    actions.park(tip=tips["parked"], by=kim.officer, until=until)
    actions.note(tip=tips["mine"], by=kim.officer, text="A note.")
    actions.note(tip=tips["mine"], by=dana.officer, text="A translation.", into="en")
    actions.hold(tip=tips["held"], by=kim.officer, reason="For the hearing.")
    actions.close(tip=tips["closed"], by=kim.officer, outcome="helped")
    tips["with photos"] = with_photos(3)
    return tips


def of_officer(client: Client, kim: Person, tips: dict[str, Tip]) -> Iterator[tuple[str, Any]]:
    """What an officer sees, by name."""
    yield "start", client.get("/desk/")
    for tab in TABS:
        yield tab, client.get(f"{QUEUE}?tab={tab}")
    yield "nothing in a tab", client.get(QUEUE + TABS_FOR_NOBODY)
    for name, tip in tips.items():
        yield name, client.get(url_of(tip))
    yield "a photo", client.get(url_of(tips["with photos"]) + "?photo=1")
    mine = tips["mine"]
    stamp = stamp_of(mine, kim)
    yield "nothing to send", client.post(url_of(mine, "reply/"), stamp | {"answer": ""})
    for verb in ("close", "transcribe", "recuse", "restrict", "hold", "lock_photo"):
        yield f"{verb}, asked", client.post(url_of(mine, f"{verb}/"), stamp | {"ask": "1"})
    yield "close, refused", client.post(url_of(mine, "close/"), stamp)
    first = client.get("/desk/pile/", follow=True)
    yield "pile", first
    yield "end of the pile", client.get("/desk/pile/end/")
    yield "call", client.get(f"{QUEUE}add/")
    key = receipts.new_idempotency_key()
    said = {"danger_now": "yes", "place": "By the jetty", "submission": key}
    yield "call, nothing said", client.post(f"{QUEUE}add/", {"act": "save"})
    yield "call, kept", client.post(f"{QUEUE}add/", said | {"act": "keep"})
    yield "call, saved", client.post(f"{QUEUE}add/", said | {"act": "save"})
    counted = {"kind": "silent", "once": receipts.new_idempotency_key()}
    yield "call, counted", client.post(f"{QUEUE}add/no-tip/", counted)
    yield "blank sheet", client.get(f"{QUEUE}add/sheet/")
    yield "find", client.get(f"{QUEUE}find/")
    for terms in ("story", "zeppelin", "ZZ-0000"):
        yield f"find {terms}", client.post(f"{QUEUE}find/", {"terms": terms})
    for verb in ("recuse", "restrict", "lock_photo"):
        yield f"left by {verb}", client.get(f"{QUEUE}left/{verb}/")
    yield "alarms", client.get("/desk/alarms/")
    yield "passphrase", client.get("/desk/password_change/")
    yield "403", client.get("/desk/tips/event/")
    yield "404", client.get(NO_TIP)


def of_others(sam: Person, ada: Person, ed: Person) -> Iterator[tuple[str, Any]]:
    """What the other roles see."""
    supervisor, auditor, editor = enter(sam), enter(ada), enter(ed)
    restricted = new_tip(official_involved="yes")
    yield "start of a supervisor", supervisor.get("/desk/")
    yield "a restricted tip", supervisor.get(url_of(restricted))
    yield "accounts", supervisor.get("/desk/tips/officer/")
    yield "a new account", supervisor.get("/desk/tips/officer/add/")
    yield "start of an auditor", auditor.get("/desk/")
    for asked in (f"reference={restricted}", "who=sam&what=openings", "what=watched", ""):
        yield f"trail {asked}", auditor.get(f"/desk/tips/event/?{asked}")
    yield "start of an editor", editor.get("/desk/")
    yield "log-in", Client().get("/desk/login/")


def look_at(browser: Browser, look: Callable[[Page], None], name: str, answer: Any) -> None:
    """Fails with the screen's name."""
    assert answer.status_code < 500, name
    if answer.status_code in (302, 303):
        return  # leads to a screen that is looked at by itself
    with desk_screen(browser) as screen:
        screen.shows(answer)
        assert screen.cut_off() == [], name
        look(screen.page)


@pytest.mark.audit
@pytest.mark.parametrize("part", ["officer", "others"])
def test_every_screen_at_every_width(
    part: str,
    sam: Person,
    kim: Person,
    dana: Person,
    ada: Person,
    ed: Person,
    browser: Browser,
    axe: Axe,
) -> None:
    look = closer(axe, WIDTHS, SCHEMES)
    if part == "officer":
        screens = of_officer(enter(kim), kim, tips_in_every_state(kim, dana, sam))
    else:
        screens = of_others(sam, ada, ed)
    seen = 0
    for name, answer in screens:
        look_at(browser, look, name, answer)
        seen += answer.status_code == 200
    assert seen == (45 if part == "officer" else 11)  # and 403 and 404 of an officer


def test_an_officer_s_first_screens_on_a_telephone(kim: Person, browser: Browser, axe: Axe) -> None:
    tip, client = taken(kim), enter(kim)
    look = closer(axe, (390,), ("dark",))
    for name, path in (("tip", url_of(tip)), ("queue", f"{QUEUE}?tab=yours"), ("404", NO_TIP)):
        look_at(browser, look, name, client.get(path))
    with desk_screen(browser) as screen:
        screen.shows(client.get(f"{QUEUE}?tab=yours"))
        first = screen.page.locator("#result_list tbody tr").first.bounding_box()
        assert first
        assert first["y"] + first["height"] <= 844
        screen.shows(client.get(url_of(tip)))
        answer = screen.page.locator(".verbs .verb--main").first.bounding_box()
        assert answer
        assert answer["y"] + answer["height"] <= 844
        note, words = (screen.page.locator(f"#{one}").bounding_box() for one in ("note", "answer"))
        assert note
        assert words
        assert note["y"] < words["y"]


def test_a_refusal_looks_like_the_desk_and_tells_of_no_tip(kim: Person, sam: Person) -> None:
    restricted, client = new_tip(official_involved="yes"), enter(kim)
    pages = [client.get(url) for url in (NO_TIP, url_of(restricted), "/desk/no/such/page/")]
    assert {page.status_code for page in pages} == {404}
    forbidden = client.get("/desk/tips/event/")
    assert forbidden.status_code == 403
    for page in (*pages, forbidden):
        words = page.content.decode()
        assert 'id="logout-form"' in words
        assert "To Start" in words
        assert str(restricted) not in words
