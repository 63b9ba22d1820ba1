"""How far a search goes, what it leaves behind, and who waits for whom."""

import re
import time
from datetime import timedelta
from threading import Timer

import pytest
from django.utils import timezone

from tests.admin.desk import (
    desk_queries,
    enter,
    events,
    field,
    new_tip,
)
from tests.admin.triage.searching import FIND, found, said
from tests.cast import Person
from tips import actions
from tips.actions import searching
from tips.crypto import active_key, associated_data
from tips.models import DeskKey, Event, Tip

pytestmark = pytest.mark.django_db


def test_the_event_stands_before_the_first_byte_with_the_terms_sealed(kim: Person, as_desk) -> None:
    new_tip()
    client = enter(kim)
    as_desk()
    assert len(found(client, "  Passport drawer ")) == 1
    (event,) = events("searched")
    assert (event.by, event.count, event.about, event.tip_id) == ("kim", 1, "", None)
    opened = kim.keys.open_json(event.reason, associated_data.of_reason(event.pk))
    assert opened == {"text": "Passport drawer"}


def test_without_its_event_no_search_says_anything(kim: Person, monkeypatch) -> None:
    new_tip()
    client = enter(kim)

    def away(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(Event.objects, "record", away)
    client.raise_request_exception = False
    answer = client.post(FIND, {"terms": "passport"})
    assert answer.status_code == 500
    assert b"found-in" not in answer.content


def test_without_a_desk_key_to_seal_the_words_nothing_is_searched(kim: Person) -> None:
    new_tip()
    client = enter(kim)
    DeskKey.objects.update(retired_at=timezone.now())
    active_key.forget()
    page = said(client, "passport")
    assert "nothing was searched" in page
    assert "found-in" not in page


def test_what_was_typed_is_in_no_title_address_or_session(kim: Person) -> None:
    word = "zeppelin"
    new_tip(what_happened=f"A {word}.")
    client = enter(kim)
    answer = client.post(FIND, {"terms": word})
    page = answer.content.decode()
    assert re.search(r"<title>([^<]*)", page)[1].strip() == "Find · The desk"
    assert page.count(word) == 1  # in the box, to be changed
    assert "no-store" in answer.headers["Cache-Control"]
    assert word not in str(dict(client.session.items()))
    assert word not in client.get(FIND).content.decode()
    typed_there = client.get(FIND, {"terms": word})  # by somebody who made an address of it
    assert (typed_there.status_code, typed_there.headers["Location"]) == (303, FIND)


def test_a_list_without_words_has_an_address_that_can_be_come_back_to(kim: Person) -> None:
    tip, _other = new_tip(district="dennery"), new_tip()
    client = enter(kim)
    answer = client.post(FIND, {"terms": " ", "district": "dennery", "mine": ""})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{FIND}?district=dennery")
    page = client.get(answer.headers["Location"]).content.decode()
    assert re.findall(r'<span class="ref">([^<]+)', page) == [str(tip)]
    assert 'class="errornote"' in client.get(f"{FIND}?since=x").content.decode()
    for odd in ("?district=dennery&terms=passport", "?terms=", "?x=passport"):
        assert client.get(FIND + odd).headers["Location"] == FIND
    assert events("searched") == []


def test_a_search_shows_no_word_of_a_tip_and_opens_none(kim: Person) -> None:
    tip = new_tip(what_happened="They keep her passport in a drawer.")
    page = said(enter(kim), "passport")
    assert str(tip) in page
    assert "drawer" not in page
    assert events("opened") == []
    assert Tip.objects.get(pk=tip.pk).hours_to_open is None


def test_it_goes_on_below_where_it_stopped_and_says_how_far_it_is(kim: Person, monkeypatch) -> None:
    monkeypatch.setattr(searching, "MOST_TIPS", 3)
    tips = [new_tip() for _ in range(8)]
    for number, tip in enumerate(tips):
        at = Tip.objects.get(pk=tip.pk).received_at - timedelta(hours=number // 3)
        Tip.objects.filter(pk=tip.pk).update(received_at=at)
    client, shown, more = enter(kim), [], {}
    sentences = []
    for _ in range(3):
        page = said(client, "passport", **more)
        shown += re.findall(r'<span class="ref">([^<]+)</span>', page)
        sentences.append(re.search(r'class="found" role="status">([^<]*)', page)[1])
        more = {name: field(page, name) for name in ("after", "searched")}
    assert sorted(shown) == sorted(map(str, tips))
    assert sentences == [
        "3 tips have it so far. Searched the newest 3 of 8: narrow by date or district,"
        " or search on.",
        "3 tips have it so far. Searched the newest 6 of 8: narrow by date or district,"
        " or search on.",
        "2 tips have it. Searched all 8.",
    ]
    assert not field(page, "after")


def test_the_clock_stops_it_and_the_sentence_is_true(kim: Person, monkeypatch) -> None:
    for _ in range(4):
        new_tip()
    monkeypatch.setattr(searching, "SECONDS", 0.0)
    page = said(enter(kim), "passport")
    assert "Searched the newest 1 of 4: narrow by date or district" in page
    assert page.count('class="found-in"') == 1


def test_of_more_tips_than_are_counted_it_says_so(kim: Person, monkeypatch) -> None:
    monkeypatch.setattr(searching, "MOST_TIPS", 1)
    monkeypatch.setattr(searching, "COUNTED", 2)
    monkeypatch.setattr(actions, "COUNTED", 2)
    for _ in range(3):
        new_tip()
    assert "Searched the newest 1 of more than 2" in said(enter(kim), "passport")


def test_a_page_ends_after_so_many_hits_and_says_so(kim: Person, monkeypatch) -> None:
    monkeypatch.setattr(searching, "MOST_HITS", 2)
    for _ in range(3):
        new_tip()
    page = said(enter(kim), "passport")
    assert "2 tips have it so far. Searched the newest 2 of 3" in page
    assert events("searched")[0].count == 2


def test_a_search_waits_for_another_for_three_seconds_and_then_says_so(kim: Person) -> None:
    new_tip()
    client = enter(kim)
    with searching._ONE_AT_A_TIME:
        began = time.monotonic()
        page = said(client, "passport")
        assert 3 <= time.monotonic() - began < 30
    assert "Others are searching just now. Nothing was searched: press Find again." in page
    assert field(page, "terms") == "passport"
    assert events("searched") == []


def test_a_search_that_another_makes_wait_is_done_as_soon_as_that_ends(kim: Person) -> None:
    tip = new_tip()
    client = enter(kim)
    searching._ONE_AT_A_TIME.acquire()
    other = Timer(0.2, searching._ONE_AT_A_TIME.release)
    other.start()
    assert found(client, "passport") == {str(tip): "what happened"}
    other.join()
    assert not searching._ONE_AT_A_TIME.locked()


def test_a_search_asks_the_database_no_more_than_twelve_times(
    kim: Person,
) -> None:
    for _ in range(3):
        actions.note(tip=new_tip(), by=kim.officer, text="A note.")
    client = enter(kim)
    for typed in ("KD passport", "4821", "BB-0000"):
        client.post(FIND, {"terms": typed})
        with desk_queries() as sent:
            client.post(FIND, {"terms": typed})
        assert len(sent) <= 12
