"""/desk/tips/tip/: the queue, its order, its tabs, and the reference box."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.admin.desk import QUEUE, enter, events, new_tip, url_of, with_photos
from tests.cast import Person
from tips import actions
from tips.models import Event, Tip
from tips.models.vocabulary import SetAside

pytestmark = pytest.mark.django_db


def listed(client: Client, query: str = "") -> list[str]:
    page = client.get(f"{QUEUE}?{query}").content.decode()
    return re.findall(r'<span class="ref">([^<]+)</span>', page)


def references(*tips: Tip) -> list[str]:
    return [str(tip) for tip in tips]


def test_danger_first_then_children_and_themselves_then_oldest_and_spam_last(kim: Person) -> None:
    spam = new_tip(danger_now="yes", set_aside=SetAside.SPAM)
    late, early = new_tip(), new_tip()
    child, themselves, danger = (
        new_tip(under_18="yes"),
        new_tip(relation="self"),
        new_tip(danger_now="yes"),
    )
    ago = timezone.now() - timedelta(days=1)
    Tip.objects.filter(pk=early.pk).update(received_at=ago)
    Tip.objects.filter(pk=child.pk).update(received_at=ago)
    assert listed(enter(kim)) == references(danger, child, themselves, early, late, spam)


def test_each_tab_shows_its_own(kim: Person, dana: Person) -> None:
    new, mine, theirs, waiting, closed = (new_tip() for _ in range(5))
    actions.take(tip=mine, by=kim.officer)
    actions.take(tip=theirs, by=dana.officer)
    actions.take(tip=waiting, by=dana.officer)
    actions.wait(tip=waiting, by=dana.officer)
    actions.close(tip=closed, by=dana.officer, outcome="junk")
    actions.park(tip=theirs, by=dana.officer, until=timezone.localdate())
    Tip.objects.filter(pk=mine.pk).update(turn_cause="wrote")
    client = enter(kim)
    tabs = {
        "new": {new},
        "nobody": {new},
        "mine": {mine},
        "answers": {mine},
        "waiting": {waiting},
        "today": {theirs},
        "open": {new, mine, theirs, waiting},
        "closed": {closed},
    }
    for tab, tips in tabs.items():
        assert set(listed(client, f"tab={tab}")) == set(references(*tips)), tab
    assert listed(client, "tab=nonsense") == references(new)


def test_it_narrows_by_district_and_language(kim: Person) -> None:
    here = new_tip(district="castries", answer_language="es")
    there = new_tip(district="dennery", answer_language="en")
    unsaid = new_tip(district="")
    client = enter(kim)
    assert listed(client, "district=castries") == references(here)
    assert listed(client, "district=none") == references(unsaid)
    assert listed(client, "language=es") == references(here)
    assert set(listed(client)) == set(references(here, there, unsaid))
    assert "Show all districts" in client.get(f"{QUEUE}?district=laborie").content.decode()


def test_an_empty_queue_says_so(kim: Person) -> None:
    assert "Nothing waits." in enter(kim).get(QUEUE).content.decode()


@pytest.mark.parametrize("typed", ["{0}", " {1} ", "{2}", "{3}"])
def test_a_reference_finds_exactly_its_tip(kim: Person, typed: str) -> None:
    tip = new_tip()
    whole = str(tip)
    typed = typed.format(whole, whole.lower(), whole.replace("-", ""), whole.replace("-", " "))
    client = enter(kim)
    assert client.get(QUEUE, {"q": typed}).headers["Location"] == url_of(tip)
    answer = client.post(f"{QUEUE}find/", {"reference": typed})
    assert (answer.status_code, answer.headers["Location"]) == (303, url_of(tip))


@pytest.mark.parametrize(
    "typed", ["", "KD", "4821", "KD-48210", "passport", "K\x7f-4821", "%", "ÄÖ-4821"]
)
def test_anything_else_finds_nothing_and_is_not_repeated(kim: Person, typed: str) -> None:
    new_tip(what_happened="passport")
    client = enter(kim)
    asked = ((client.get, QUEUE, "q"), (client.post, f"{QUEUE}find/", "reference"))
    for ask, path, name in asked:
        answer = ask(path, {name: typed})
        page = client.get(answer.headers["Location"]).content.decode()
        assert "A reference looks like KD-4821" in page or "There is no tip KD-4821" in page
        assert "passport" not in page


def test_a_reference_with_a_nul_is_no_address(kim: Person) -> None:
    client = enter(kim)
    assert client.get(QUEUE, {"q": "K\0-4821"}).status_code == 400
    answer = client.post(f"{QUEUE}find/", {"reference": "K\0-4821"})
    assert "A reference looks like KD-4821" in client.get(answer.headers["Location"]).text


def test_a_restricted_tip_is_listed_and_found_by_supervisors_alone(
    sam: Person, kim: Person
) -> None:
    tip = new_tip(official_involved="yes")
    hers, boss = enter(kim), enter(sam)
    assert listed(hers) == []
    assert listed(boss) == references(tip)
    unknown = hers.post(f"{QUEUE}find/", {"reference": "BB-0000"})
    refused = hers.post(f"{QUEUE}find/", {"reference": str(tip)})
    assert unknown.headers["Location"] == refused.headers["Location"] == QUEUE
    assert f"There is no tip {tip} that you may open" in hers.get(QUEUE).content.decode()
    assert [(event.by, event.tip_id) for event in events("refused")] == [("kim", tip.pk)]
    assert boss.post(f"{QUEUE}find/", {"reference": str(tip)}).headers["Location"] == url_of(tip)


def test_the_list_opens_nothing(kim: Person) -> None:
    new_tip()
    enter(kim).get(QUEUE)
    assert not Event.objects.filter(verb="opened").exists()


def test_nothing_is_added_deleted_or_done_in_bulk(kim: Person) -> None:
    tip, client = new_tip(), enter(kim)
    assert client.get(f"{QUEUE}add/").status_code == 404
    assert client.get(url_of(tip, "delete/")).status_code == 404
    client.post(QUEUE, {"action": "delete_selected", "_selected_action": [str(tip.pk)]})
    assert Tip.objects.filter(pk=tip.pk).exists()


@pytest.mark.parametrize("page", ["start", "queue", "closed", "look-up", "tip"])
def test_no_screen_asks_the_database_more_than_twelve_times(
    kim: Person, page: str, django_assert_max_num_queries
) -> None:
    client, tips = enter(kim), [with_photos() for _ in range(5)]
    for tip in tips:
        actions.take(tip=tip, by=kim.officer)
        actions.note(tip=tip, by=kim.officer, text="A note.")
    where = {
        "start": "/desk/",
        "queue": f"{QUEUE}?tab=mine",
        "closed": f"{QUEUE}?tab=closed",
        "look-up": f"{QUEUE}?q={tips[0].reference}",
        "tip": url_of(tips[0]),
    }
    client.get(where[page])
    with django_assert_max_num_queries(12):
        client.get(where[page])


def test_long_lists_are_paged_and_capped(kim: Person, monkeypatch) -> None:
    from tips.admin.paging import CappedPaginator
    from tips.admin.triage.queue import TipAdmin

    monkeypatch.setattr(CappedPaginator, "MOST_PAGES", 2)
    monkeypatch.setattr(TipAdmin, "list_per_page", 2)
    for _ in range(5):
        new_tip()
    page = enter(kim).get(QUEUE).content.decode()
    assert "The first 4 tips." in page
    assert 'href="?p=2"' in page
