"""From a tip back to its list, and to the next one there."""

import html
import re

import pytest
from django.test import Client

from tests.admin.desk import QUEUE, enter, new_tip, stamp_of, url_of
from tests.admin.triage.listing import many, page_of
from tests.cast import Person
from tips import actions
from tips.admin.triage import list_places, queue
from tips.models import Tip

pytestmark = pytest.mark.django_db


def test_from_a_tip_the_queue_comes_back_to_its_page(
    kim: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "ROWS", 2)
    many(5, district="laborie")
    client = enter(kim)
    _, older = page_of(client, "tab=open&district=laborie")
    page_of(client, older)
    page = client.get(url_of(new_tip())).content.decode()
    back = re.search(r'href="([^"]+)">Queue</a>', page.partition("breadcrumbs")[2])
    assert back
    assert html.unescape(back[1]) == f"{QUEUE}?{older}"


def opened_from(client: Client, query: str, tip: Tip) -> str:
    """The page of a tip that was opened by its link in that list."""
    page = client.get(f"{QUEUE}?{query}").content.decode()
    link = re.search(rf'href="({url_of(tip)}[^"]*)"', page)
    assert link
    return client.get(html.unescape(link[1])).content.decode()


def go_on(client: Client, tip: Tip) -> str:
    return str(client.get(url_of(tip, "next/")).headers["Location"])


def test_next_in_this_list_leads_on_when_the_tip_has_left_it(kim: Person, sam: Person) -> None:
    tips = [new_tip(district="micoud") for _ in range(4)]
    new_tip(district="dennery")
    order = sorted(tips, key=lambda tip: tip.pk)
    client = enter(kim)
    assert "Next in this list" in opened_from(client, "tab=take&district=micoud", order[0])
    client.post(url_of(order[0], "take/"), stamp_of(order[0], kim))
    assert "Next in this list" in client.get(url_of(order[0])).content.decode()
    actions.recuse(tip=order[0], by=kim.officer)
    actions.take(tip=order[1], by=sam.officer)
    there = go_on(client, order[0])
    assert there.partition("?")[0] == url_of(order[2])
    assert "Next in this list" in client.get(there).content.decode()
    there = go_on(client, order[2])
    assert there.partition("?")[0] == url_of(order[3])
    client.get(there)
    end = go_on(client, order[3])
    assert end == f"{QUEUE}?tab=take&district=micoud"
    assert "That was the last tip of the list." in client.get(end).content.decode()


def test_a_tip_that_no_list_led_to_has_no_next(kim: Person, ada: Person) -> None:
    tip, client = new_tip(), enter(kim)
    assert "Next in this list" not in client.get(url_of(tip)).content.decode()
    assert go_on(client, tip) == QUEUE
    client.get(url_of(tip), {"after": "x" * 600})
    assert "Next in this list" not in client.get(url_of(tip)).content.decode()
    assert enter(ada).get(url_of(tip, "next/")).status_code == 403


def test_of_many_tips_the_newest_places_are_remembered(
    kim: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_places, "REMEMBERED", 4)
    tips = sorted(many(6), key=lambda tip: tip.pk)
    client = enter(kim)
    for tip in tips:
        opened_from(client, "tab=take", tip)
    assert "Next in this list" not in client.get(url_of(tips[0])).content.decode()
    assert "Next in this list" in client.get(url_of(tips[-1])).content.decode()
    assert len(client.session["list_places"]) == 4


def test_from_start_one_goes_on_through_what_is_your_turn(kim: Person) -> None:
    tips = many(2, owner=kim.officer, status="active")
    client = enter(kim)
    page = client.get("/desk/").content.decode()
    first, second = sorted(tips, key=lambda tip: tip.pk)
    link = re.search(rf'href="({url_of(first)}[^"]*)"', page)
    assert link
    client.get(html.unescape(link[1]))
    assert go_on(client, first).partition("?")[0] == url_of(second)
