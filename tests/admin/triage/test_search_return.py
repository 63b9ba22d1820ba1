"""From a tip back to the results, on to the next one, and over a lock."""

import re
from datetime import timedelta
from html import unescape

import pytest

from tests.admin.desk import (
    LOG_IN,
    credentials,
    enter,
    events,
    field,
    new_tip,
    stamp_of,
    url_of,
)
from tests.admin.triage.searching import FIND, found, said
from tests.cast import Person
from tips import actions
from tips.actions import searching
from tips.admin import pages
from tips.crypto import associated_data, receipts
from tips.models import DeskSession, Tip

pytestmark = pytest.mark.django_db


def opened_from(page: str) -> tuple[str, str]:
    """The address of the first result, and that of the results themselves."""
    tip = re.search(r'href="([^"]+\?found=[^"]+)"', page)
    results = re.search(r'data-again="([^"]+)"', page)
    assert tip
    assert results
    return tip[1], results[1]


def link(page: str, text: str) -> str:
    found = re.search(rf'href="([^"]+)">{text}<', page)
    assert found, text
    return found[1]


def test_a_tip_opened_from_results_leads_back_to_them_without_a_form(kim: Person, as_desk) -> None:
    tip = new_tip(what_happened="A zeppelin.")
    new_tip(what_happened="A zeppelin.", district="dennery")
    client = enter(kim)
    as_desk()
    page = said(client, "  Zeppelin", district="castries")
    address, results = opened_from(page)
    shown = client.get(address).content.decode()
    assert link(shown, "Back to results") == results
    again = unescape(client.get(results).content.decode())
    assert field(again, "terms") == "Zeppelin"
    assert re.findall(r'<span class="ref">([^<]+)', again) == [str(tip)]
    assert "1 tip has it. Searched all 1." in again
    assert "zeppelin" not in (address + results + str(dict(client.session.items()))).lower()
    first, second = events("searched")
    assert (first.count, second.count) == (1, 1)
    assert str(first.pk) in address
    for event in (first, second):  # nothing but the seal has the words
        opened = kim.keys.open_json(event.reason, associated_data.of_reason(event.pk))
        assert opened == {"text": "Zeppelin", "narrowed": {"district": "castries"}}


def test_the_way_back_survives_a_verb_a_photo_and_a_refusal(kim: Person) -> None:
    tip = new_tip(what_happened="A zeppelin.")
    client = enter(kim)
    address, results = opened_from(said(client, "zeppelin"))
    form = stamp_of(tip, kim) | {"found": address.rpartition("=")[2]}
    taken = client.post(url_of(tip, "take/"), form)
    assert taken.headers["Location"] == address
    photo = client.post(url_of(tip, "photo/"), form | {"photo": "1"})
    assert "found=" in photo.headers["Location"]
    refused = client.post(url_of(tip, "take/"), form | {"once": receipts.new_idempotency_key()})
    asking = client.post(url_of(tip, "close/"), form | {"ask": "1"})
    for page in (refused.content.decode(), asking.content.decode()):
        assert field(page, "found") == form["found"]
    assert link(refused.content.decode(), "Back to results") == results


def test_the_next_result_comes_in_order_and_after_the_last_the_results(kim: Person) -> None:
    tips = [new_tip(what_happened=f"Zeppelin {number}.") for number in range(3)]
    for number, tip in enumerate(tips):
        at = tip.received_at - timedelta(hours=number)
        Tip.objects.filter(pk=tip.pk).update(received_at=at)
        between = new_tip()
        Tip.objects.filter(pk=between.pk).update(received_at=at - timedelta(minutes=30))
    client = enter(kim)
    address, results = opened_from(said(client, "zeppelin"))
    seen = []
    for _ in tips:
        seen.append(address)
        answer = client.get(link(client.get(address).content.decode(), "Next result"))
        assert answer.status_code == 303
        address = answer.headers["Location"]
    search = seen[0].rpartition("=")[2]
    assert seen == [f"{url_of(tip)}?found={search}" for tip in tips]
    assert address == results
    assert f"{tips[2]} was the last one that has it." in client.get(results).content.decode()
    counts = [event.count for event in events("searched")]
    assert counts == [3, 1, 1, 0, 3]


def test_a_next_result_that_there_was_no_time_for_is_said(kim: Person, monkeypatch) -> None:
    for days, text in enumerate(("A zeppelin.", "A boat.", "A zeppelin.")):
        tip = new_tip(what_happened=text)
        at = tip.received_at - timedelta(days=days)
        Tip.objects.filter(pk=tip.pk).update(received_at=at)
    client = enter(kim)
    address, results = opened_from(said(client, "zeppelin"))
    onward = link(client.get(address).content.decode(), "Next result")
    monkeypatch.setattr(searching, "MOST_TIPS", 1)
    assert client.get(onward).headers["Location"] == results
    assert "None of the next 1 has it" in client.get(results).content.decode()


def test_a_next_result_waits_for_another_search_and_then_says_so(kim: Person, monkeypatch) -> None:
    new_tip(what_happened="A zeppelin.")
    client = enter(kim)
    address, _ = opened_from(said(client, "zeppelin"))
    onward = link(client.get(address).content.decode(), "Next result")
    monkeypatch.setattr(searching, "WAIT", 0.01)
    with searching._ONE_AT_A_TIME:
        assert client.get(onward).headers["Location"] == address
    assert "Others are searching just now" in client.get(address).content.decode()


def test_a_search_of_another_day_is_not_given_back(kim: Person, monkeypatch) -> None:
    new_tip(what_happened="A zeppelin.")
    client = enter(kim)
    _, results = opened_from(said(client, "zeppelin"))
    monkeypatch.setattr(searching, "GIVEN_BACK_FOR", timedelta(0))
    assert client.get(results).headers["Location"] == FIND


def test_a_search_is_given_back_to_whoever_made_it_for_a_day(
    kim: Person, dana: Person, ada: Person, ed: Person
) -> None:
    tip = new_tip(what_happened="A zeppelin.")
    hers = enter(kim)
    _, results = opened_from(said(hers, "zeppelin"))
    onward = f"{results}{tip.pk}/"
    opening = actions.open_tip(tip=tip, by=kim.officer, keys=kim.keys).trail[0][0]
    stranger = enter(dana)
    for client, address in (
        (stranger, results),
        (stranger, onward),
        (hers, f"{FIND}{opening.pk}/"),
        (hers, f"{FIND}{tip.pk}/"),
    ):
        answer = client.get(address)
        assert (answer.status_code, answer.headers["Location"]) == (303, FIND)
        assert "Type it once more" in unescape(client.get(FIND).content.decode())
    for person in (ada, ed):
        client = enter(person)
        assert client.get(results).status_code == client.get(onward).status_code == 403
    assert len(events("searched")) == 1
    assert hers.post(results).status_code == hers.post(onward).status_code == 405


def test_the_next_result_of_a_tip_that_is_not_theirs_to_open_leads_to_the_results(
    kim: Person,
) -> None:
    new_tip(what_happened="A zeppelin.")
    secret = new_tip(what_happened="A zeppelin.", official_involved="yes")
    client = enter(kim)
    _, results = opened_from(said(client, "zeppelin"))
    assert client.get(f"{results}{secret.pk}/").headers["Location"] == results
    assert len(events("searched")) == 1


def test_a_tip_opened_from_elsewhere_has_no_way_back_to_a_search(kim: Person) -> None:
    tip = new_tip()
    client = enter(kim)
    for odd in ("", "?found=", "?found=x", "?found=passport"):
        page = client.get(f"{url_of(tip)}{odd}").content.decode()
        assert "Back to results" not in page


def test_the_words_survive_the_lock(kim: Person) -> None:
    tip = new_tip()
    client = enter(kim)
    DeskSession.objects.all().delete()
    typed = {"terms": "passport", "district": "castries"}
    page = client.post(FIND, typed | {"officer": pages.name_tag(kim.officer)}).content.decode()
    assert "passport" not in page
    form = credentials(kim, ahead=1, carried=field(page, "carried"), next=field(page, "next"))
    offered = client.post(LOG_IN, form).content.decode()
    assert "Send it now" in offered
    assert f'action="{FIND}"' in offered
    again = {name: field(offered, name) for name in ("terms", "district", "officer")}
    assert found(client, again.pop("terms"), **again) == {str(tip): "what happened"}


def test_the_box_of_every_page_can_be_carried(kim: Person) -> None:
    page = enter(kim).get("/desk/").content.decode()
    box = page[page.index('class="find"') :]
    assert field(box, "officer") == pages.name_tag(kim.officer)
