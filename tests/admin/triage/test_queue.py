"""/desk/tips/tip/: the queue, its order, its tabs, and the reference box."""

import html
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.admin.desk import QUEUE, desk_queries, enter, events, new_tip, url_of, with_photos
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


def aged(tip: Tip, **columns: object) -> Tip:
    """The tip with other columns, as time or somebody else might have left it."""
    Tip.objects.filter(pk=tip.pk).update(**columns)
    return tip


def test_danger_then_late_then_under_18_and_themselves_then_others_the_longest_first(
    kim: Person,
) -> None:
    def mine(days: float, **fields: object) -> Tip:
        tip = new_tip(**fields)
        actions.take(tip=tip, by=kim.officer)
        return aged(tip, turn_since=timezone.now() - timedelta(days=days))

    other, older = mine(1), mine(13)
    child, themselves = mine(1, under_18="yes"), mine(2, relation="self")
    late_other, late_child = mine(15), mine(16, under_18="yes")
    danger, late_danger = mine(0.5, danger_now="yes"), mine(1.1, danger_now="yes")
    client = enter(kim)
    first, last = [late_danger, danger], [themselves, child, older, other]
    shown = references(*first, late_child, late_other, *last)
    assert listed(client, "tab=yours") == listed(client, "tab=open") == shown
    page = client.get(f"{QUEUE}?tab=yours").content.decode()
    assert page.count('<span class="late">late</span>') == 3


def test_each_tab_shows_its_own(kim: Person, dana: Person) -> None:
    today = timezone.localdate()
    new, given_back, mine, wrote, theirs = (new_tip() for _ in range(5))
    asked, silent, parked, came_round, referred, closed = (new_tip() for _ in range(6))
    spam, taken_spam = new_tip(set_aside=SetAside.SPAM), new_tip(set_aside=SetAside.FLOOD)
    danger = new_tip(set_aside=SetAside.SPAM, danger_now="yes")
    for tip in (mine, wrote, given_back, came_round, taken_spam):
        actions.take(tip=tip, by=kim.officer)
    for tip in (theirs, parked, referred, closed):
        actions.take(tip=tip, by=dana.officer)
    actions.give_back(tip=given_back, by=kim.officer)
    aged(wrote, turn_cause="wrote")
    for tip, by in ((asked, dana), (silent, kim)):
        actions.reply(tip=tip, by=by.officer, text="Where?", wait=True)
    aged(silent, turn_until=today)
    for tip, by in ((parked, dana), (came_round, kim)):
        actions.park(tip=tip, by=by.officer, until=today + timedelta(days=3))
    aged(came_round, turn_until=today)
    aged(referred, status="referred", turn_until=today + timedelta(days=1))
    actions.close(tip=closed, by=dana.officer, outcome="helped")
    client = enter(kim)
    tabs = {
        "take": {new, given_back, danger},
        "yours": {mine, wrote, silent, came_round, taken_spam},
        "colleagues": {theirs},
        "citizen": {asked},
        "agency": {referred},
        "parked": {parked},
        "aside": {spam, danger},
        "closed": {closed},
    }
    for tab, tips in tabs.items():
        assert set(listed(client, f"tab={tab}")) == set(references(*tips)), tab
    every = set().union(*(tips for tab, tips in tabs.items() if tab not in ("aside", "closed")))
    assert set(listed(client, "tab=open")) == set(references(*every))
    assert set(listed(client, "tab=nonsense")) == set(listed(client, "tab=take"))


def test_a_row_says_why_it_is_whose_turn(kim: Person) -> None:
    today = timezone.localdate()
    soon = today + timedelta(days=3)
    rows = {
        "New": {"owner": None},
        "Given back": {"owner": None, "status": "active", "turn_cause": "returned"},
        "Citizen wrote": {"turn_cause": "wrote"},
        "Citizen silent": {"status": "asked", "turn_cause": "asked", "turn_until": today},
        "Agency late": {"status": "referred", "turn_until": today},
        "Look again": {"status": "parked", "turn_cause": "parked", "turn_until": today},
        f"Asked until {soon:%-d %b}": {"status": "asked", "turn_until": soon},
        f"Referred until {soon:%-d %b}": {"status": "referred", "turn_until": soon},
        f"Parked until {soon:%-d %b}": {"status": "parked", "turn_until": soon},
    }
    taken = {"owner": kim.officer, "status": "active", "turn_cause": "taken"}
    for columns in rows.values():
        aged(new_tip(), **(taken | columns if columns.get("owner", kim) else columns))
    page = enter(kim).get(f"{QUEUE}?tab=open").content.decode()
    shown = re.findall(r'<span class="status status--\w+">([^<]+)</span>', page)
    assert sorted(shown) == sorted(rows)


def test_it_narrows_by_district_and_language(kim: Person) -> None:
    here = new_tip(district="castries", answer_language="es")
    there = new_tip(district="dennery", answer_language="en")
    unsaid = new_tip(district="")
    client = enter(kim)
    assert listed(client, "district=castries") == references(here)
    assert listed(client, "district=none") == references(unsaid)
    assert listed(client, "language=es") == references(here)
    assert set(listed(client)) == set(references(here, there, unsaid))
    assert "Show the whole list" in client.get(f"{QUEUE}?district=laborie").content.decode()


def test_an_empty_queue_says_so(kim: Person) -> None:
    assert "Nothing waits." in enter(kim).get(QUEUE).content.decode()


def test_a_reference_finds_exactly_its_tip(kim: Person) -> None:
    tip, client = new_tip(), enter(kim)
    whole = str(tip)
    for typed in (whole, f" {whole.lower()} ", whole.replace("-", ""), whole.replace("-", " ")):
        assert client.get(QUEUE, {"q": typed}).headers["Location"] == url_of(tip), typed
        answer = client.post(f"{QUEUE}find/", {"terms": typed})
        assert (answer.status_code, answer.headers["Location"]) == (303, url_of(tip)), typed


def test_anything_else_finds_nothing_and_is_not_repeated(kim: Person) -> None:
    new_tip(what_happened="passport")
    client = enter(kim)
    for typed in ("", "KD", "4821", "KD-48210", "passport", "K\x7f-4821", "%", "ÄÖ-4821"):
        answer = client.get(QUEUE, {"q": typed})
        page = client.get(answer.headers["Location"]).content.decode()
        told = ("A reference looks like KD-4821", "There is no tip KD-4821")
        assert any(one in page for one in told), typed
        assert "passport" not in page, typed


def test_a_reference_with_a_nul_is_no_address(kim: Person) -> None:
    assert enter(kim).get(QUEUE, {"q": "K\0-4821"}).status_code == 400


def test_a_restricted_tip_is_listed_and_found_by_supervisors_alone(
    sam: Person, kim: Person
) -> None:
    tip = new_tip(official_involved="yes")
    hers, boss = enter(kim), enter(sam)
    assert listed(hers) == []
    assert listed(boss) == references(tip)
    unknown, refused = (hers.get(QUEUE, {"q": typed}) for typed in ("BB-0000", str(tip)))
    assert unknown.headers["Location"] == refused.headers["Location"] == QUEUE
    assert f"There is no tip {tip} that you may open" in hers.get(QUEUE).content.decode()
    assert [(event.by, event.tip_id) for event in events("refused")] == [("kim", tip.pk)]
    assert boss.post(f"{QUEUE}find/", {"terms": str(tip)}).headers["Location"] == url_of(tip)


def test_the_list_opens_nothing(kim: Person) -> None:
    new_tip()
    enter(kim).get(QUEUE)
    assert not Event.objects.filter(verb="opened").exists()


def test_nothing_is_deleted_or_done_in_bulk(kim: Person) -> None:
    tip, client = new_tip(), enter(kim)
    assert client.get(url_of(tip, "delete/")).status_code == 404
    client.post(QUEUE, {"action": "delete_selected", "_selected_action": [str(tip.pk)]})
    assert Tip.objects.filter(pk=tip.pk).exists()


def test_no_screen_asks_the_database_more_than_twelve_times(kim: Person) -> None:
    client, tips = enter(kim), [with_photos() for _ in range(5)]
    for tip in tips:
        actions.take(tip=tip, by=kim.officer)
        actions.note(tip=tip, by=kim.officer, text="A note.")
    lists = (f"{QUEUE}?{query}" for query in ("tab=yours", "tab=closed", f"q={tips[0].reference}"))
    for page in ("/desk/", *lists, url_of(tips[0])):
        client.get(page)
        with desk_queries() as sent:
            client.get(page)
        assert len(sent) <= 12, (page, [sql[:80] for sql in sent])


def test_from_a_tip_the_queue_comes_back_to_its_tab_and_narrowing(kim: Person) -> None:
    tip, client = new_tip(district="castries"), enter(kim)
    asked = f"{QUEUE}?tab=open&amp;district=castries"
    client.get(html.unescape(asked))
    assert f'href="{asked}">Queue</a>' in client.get(url_of(tip)).content.decode()
    assert f'href="{QUEUE}">Queue</a>' in enter(kim).get(url_of(tip)).content.decode()
