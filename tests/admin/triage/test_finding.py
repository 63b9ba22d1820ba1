"""/desk/tips/tip/find/: a reference leads there, half of one lists, words are looked for inside."""

import re
import time
from datetime import date, timedelta
from html import unescape
from threading import Timer

import pytest
from django.test import Client
from django.utils import timezone

from tests.admin.desk import (
    LOG_IN,
    QUEUE,
    credentials,
    desk_queries,
    enter,
    events,
    field,
    new_tip,
    stamp_of,
    url_of,
)
from tests.cast import Person, send, tip_of
from tips import actions
from tips.actions import searching
from tips.admin import pages
from tips.crypto import active_key, associated_data, receipts
from tips.models import DeskKey, DeskSession, Event, Tip

pytestmark = pytest.mark.django_db
FIND = f"{QUEUE}find/"


def found(client: Client, typed: str, **more: str) -> dict[str, str]:
    """Where each tip has it, by reference."""
    page = said(client, typed, **more)
    rows = re.findall(
        r'<span class="ref">([^<]+)</span>.*?<td class="found-in">([^<]*)</td>', page, re.DOTALL
    )
    return {reference: unescape(where) for reference, where in rows}


def said(client: Client, typed: str, **more: str) -> str:
    answer = client.post(FIND, {"terms": typed, **more}, follow=True)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("pena", "PEÑA"),
        ("PEÑA", "Pen\u0303a"),
        ("tet fe mal", "Tèt li fè l mal"),
        ("jett", "by the Vieux Fort jetty"),
        ("vieux-fort jetty", "the jetty of Vieux Fort"),
        ('"vieux fort"', "near Vieux-Fort"),
        ("“white van”", "a WHITE\nvan"),
        ("+1 (758) 284-1234", "call 758 284 1234"),
        ("1-758-284-1234", "+1(758)2841234"),
        ("284 1234", "tel. 284–1234."),
        ("2841234", "758 284 1234"),
        ("PA-1234", "plate PA1234"),
        ("pa 1234", "Pa.1234"),
        ("P.A. 1234", "PA 1234"),
        ("dr 4321", "some DR plate, 4321"),
        ("oeuvre", "Œuvre"),
        ("o'brien", "O’Brien"),
    ],
)
def test_it_is_found_however_it_was_written(kim: Person, typed: str, written: str) -> None:
    tip, _other = new_tip(what_happened=written), new_tip()
    assert found(enter(kim), typed) == {str(tip): "what happened"}


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ('"white van"', "a white truck, a van"),
        ("passport boat", "They keep her passport"),
        ("12345", "house 12, room 3"),
        ("yes", "Nothing was said"),
        ("noticed", "Nothing was said"),
        ("version", "Nothing was said"),
    ],
)
def test_what_a_tip_does_not_say_is_not_found(kim: Person, typed: str, written: str) -> None:
    new_tip(what_happened=written, danger_now="yes", relation="noticed")
    assert found(enter(kim), typed) == {}


def test_every_word_has_to_be_there_anywhere_in_the_tip_and_it_says_where(kim: Person) -> None:
    receipt = send(what_happened="A boat by the jetty.", vehicles_phones_online="a DR plate")
    actions.receive_message(
        code=receipt.code or "",
        message="It left at night.",
        photos=[],
        idempotency_key=receipts.new_idempotency_key(),
    )
    tip = tip_of(receipt)
    actions.open_tip(tip=tip, by=kim.officer, keys=kim.keys)
    actions.reply(tip=tip, by=kim.officer, text="Which colour was the boat?")
    actions.note(tip=tip, by=kim.officer, text="Harbour office called about a boat.")
    new_tip(what_happened="A boat.")
    client = enter(kim)
    everywhere = "what happened, vehicles, phones, online, a message, an answer, a note"
    assert found(client, "boat plate night harbour colour") == {str(tip): everywhere}
    assert found(client, "night plate") == {str(tip): "vehicles, phones, online, a message"}
    assert found(client, "boat plate submarine") == {}


def test_a_restricted_tip_is_found_by_supervisors_alone_and_counted_for_nobody_else(
    kim: Person, sam: Person
) -> None:
    secret = new_tip(what_happened="The sergeant.", official_involved="yes")
    open_one = new_tip(what_happened="A sergeant's house.")
    hers, boss = enter(kim), enter(sam)
    assert set(found(hers, "sergeant")) == {str(open_one)}
    assert "1 tip has it. Searched all 1." in said(hers, "sergeant")
    assert set(found(hers, "", district="castries")) == {str(open_one)}
    half = str(secret)[:5]
    assert str(secret) not in said(hers, half)
    assert set(found(boss, "sergeant")) == {str(secret), str(open_one)}
    assert [event.count for event in events("searched")] == [1, 1, 0, 2]


def test_a_reference_that_is_none_or_refused_looks_the_same_and_is_looked_for_inside(
    kim: Person,
) -> None:
    refused, naming = new_tip(official_involved="yes"), new_tip()
    actions.note(tip=naming, by=kim.officer, text=f"As {refused} and BB-0000 say.")
    client = enter(kim)
    for reference in (str(refused), "BB-0000"):
        assert f"There is no tip {reference} that you may open." in said(client, reference)
        assert found(client, reference) == {str(naming): "a note"}
    assert {event.tip_id for event in events("refused")} == {refused.pk}


def test_half_a_reference_lists_what_begins_or_ends_so(kim: Person) -> None:
    tips = [new_tip() for _ in range(3)]
    for tip, reference in zip(tips, ("KD-4821", "KD-4000", "RT-4821"), strict=True):
        Tip.objects.filter(pk=tip.pk).update(reference=reference)
    client = enter(kim)
    where = "its reference"
    assert found(client, "kd") == dict.fromkeys(("KD-4821", "KD-4000"), where)
    assert found(client, "KD-48") == {"KD-4821": where}
    assert found(client, "4821") == dict.fromkeys(("KD-4821", "RT-4821"), where)
    assert found(client, "t4821") == {"RT-4821": where}
    assert found(client, "AE-48") == {}


def test_it_is_narrowed_by_status_days_district_language_and_owner(kim: Person) -> None:
    tips = {
        "closed": new_tip(),
        "mine": new_tip(),
        "dennery": new_tip(district="dennery"),
        "es": new_tip(answer_language="es"),
        "old": new_tip(district=""),
    }
    actions.close(tip=tips["closed"], by=kim.officer, outcome="helped")
    actions.take(tip=tips["mine"], by=kim.officer)
    ten_days_ago = timezone.now() - timedelta(days=10)
    Tip.objects.filter(pk=tips["old"].pk).update(received_at=ten_days_ago)
    day = str(timezone.localdate(ten_days_ago))
    client = enter(kim)
    for typed in ("passport", ""):  # with words and without
        for narrowed, names in (
            ({"status": "closed"}, {"closed"}),
            ({"status": "open"}, {"mine", "dennery", "es", "old"}),
            ({"status": "active"}, {"mine"}),
            ({"mine": "on"}, {"mine"}),
            ({"district": "dennery"}, {"dennery"}),
            ({"district": "none"}, {"old"}),
            ({"language": "es"}, {"es"}),
            ({"since": day, "until": day}, {"old"}),
            ({"language": "es", "mine": "on"}, set()),
        ):
            shown = set(found(client, typed, **narrowed))
            assert shown == {str(tips[name]) for name in names}, (typed, narrowed)
    assert len(events("searched")) == 9  # nothing was opened where nothing was typed


def test_what_cannot_be_understood_is_said_and_nothing_is_searched(kim: Person) -> None:
    client = enter(kim)
    last_day = str(date.max)
    for more in (
        *({"since": "tomorrow"}, {"status": "x"}, {"after": "x_y"}, {"terms": "K\0-4"}),
        *({"since": last_day}, {"until": last_day}),
    ):
        page = client.post(FIND, {"terms": "passport"} | more).content.decode()
        assert 'class="errornote"' in page, more
    assert 'class="errornote"' in client.get(f"{FIND}?until={last_day}").content.decode()
    for typed in ("", " ", "...", '""'):
        page = said(client, typed)
        assert "found-in" not in page
        assert "Searched" not in page
    assert events("searched") == []


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


def test_a_tip_whose_people_they_know_is_found_and_counted_by_everybody_else(
    kim: Person, dana: Person
) -> None:
    known, other = new_tip(), new_tip()
    actions.recuse(tip=known, by=kim.officer)
    hers, theirs = enter(kim), enter(dana)
    assert set(found(hers, "passport")) == {str(other)}
    assert "1 tip has it. Searched all 1." in said(hers, "passport")
    for typed in (str(known), str(known)[:5]):
        assert "Searched all 1." in said(hers, typed)
    assert set(found(hers, "", status="open")) == {str(other)}
    assert set(found(theirs, "passport")) == {str(known), str(other)}
    assert [event.count for event in events("searched")] == [1, 1, 0, 0, 2]


def test_whoever_opens_no_tips_finds_none(ada: Person, ed: Person) -> None:
    tip = new_tip()
    for person in (ada, ed):
        client = enter(person)
        for typed in ("passport", str(tip)):
            assert client.post(FIND, {"terms": typed}).status_code == 403
        assert client.get(FIND).status_code == 403
    assert events("searched") == []


def test_a_session_without_a_key_searches_nothing(kim: Person) -> None:
    kim.officer.key.grants.all().delete()
    new_tip()
    assert "hold no key to the tips" in said(enter(kim), "passport")
    assert events("searched") == []


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
