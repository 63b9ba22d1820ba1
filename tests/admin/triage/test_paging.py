"""The queue page by page, and what it is narrowed by."""

import re
from datetime import timedelta
from functools import partial
from random import Random
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from tests.admin.desk import QUEUE, enter, new_tip
from tests.admin.triage.listing import made_up, many, page_of
from tests.cast import Person
from tests.variants import played
from tips import actions
from tips.admin.triage import filters, queue
from tips.models import Officer, Tip, queue_order
from tips.models.queue_order import OTHER, Place

pytestmark = pytest.mark.django_db


def all_pages(client: Client, query: str) -> list[str]:
    shown, older = page_of(client, query)
    while older:
        more, older = page_of(client, older)
        assert more
        shown += more
    return shown


def any_tip(rng: Random, people: list[Officer]) -> Tip:
    """As any verb may have left it; few moments, so that many have the same."""
    owner = rng.choice([None, None, *people])
    # Whatever day it is, in nine days are four office hours, and in one hour are not.
    days = rng.choice((0, 2, 5, 20) if owner else (0, 9, 20))
    since = timezone.now() - timedelta(days=days, hours=rng.randrange(2))
    status = rng.choice(("active", "asked", "referred", "parked", "closed")) if owner else "new"
    until = timezone.localdate() + timedelta(days=rng.randrange(-2, 3))
    waits = status in ("asked", "referred", "parked")
    return made_up(
        owner=owner,
        status=status,
        urgency=rng.randrange(3),
        set_aside=0 if rng.random() < 0.8 else 1,
        turn_since=since.replace(microsecond=0),
        turn_until=until if waits else None,
        outcome="helped" if status == "closed" else "",
        closed_on=until if status == "closed" else None,
        received_at=since.replace(minute=0, second=0, microsecond=0),
    )


def expected(tips: list[Tip], kim: Officer, tab: str) -> list[str]:
    """By hand: who stands under a tab, and in which order."""
    now, today = timezone.now(), timezone.localdate()
    late_owned = {0: timedelta(days=1), 1: timedelta(days=3), 2: timedelta(days=14)}
    tips = list(Tip.objects.filter(pk__in=[tip.pk for tip in tips]))
    if tab == "closed":
        closed = [tip for tip in tips if tip.closed_on]
        return [str(tip) for tip in sorted(closed, key=lambda t: (-t.closed_on.toordinal(), t.pk))]
    rows = []
    for tip in tips:
        if tip.status == "closed":
            continue
        waits = bool(tip.turn_until and tip.turn_until > today)
        apart = tip.owner is None and tip.set_aside
        aged = now - tip.since
        if tip.owner is None:
            late = not apart and aged > timedelta(days=4)
            turns = {"aside"} if apart else {"take", "open"}
            turns |= {"take", "open"} if tip.urgency == 0 else set()
        else:
            late = not waits and aged > late_owned[tip.urgency]
            whose = "yours" if tip.owner == kim else "colleagues"
            names = {"asked": "citizen", "referred": "agency", "parked": "parked"}
            turns = {"open", names[tip.status] if waits else whose}
        if tab in turns:
            rank = 0 if tip.urgency == 0 else 1 if late else 1 + tip.urgency
            rows.append((rank, tip.since, tip.pk, str(tip)))
    return [row[3] for row in sorted(rows)]


@pytest.mark.parametrize("seed", played(range(8), 0))
def test_every_tab_is_paged_in_its_order_whatever_the_tips_are(
    kim: Person, dana: Person, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(queue, "ROWS", 9)
    rng = Random(seed)
    people = [kim.officer, dana.officer]
    tips = Tip.objects.bulk_create([any_tip(rng, people) for _ in range(120)])
    client = enter(kim)
    total = 0
    for tab in ("take", "yours", "colleagues", "citizen", "agency", "parked", "open", "aside"):
        found = expected(tips, kim.officer, tab)
        assert all_pages(client, f"tab={tab}") == found, tab
        total += len(found)
    assert total > 150
    assert all_pages(client, "tab=closed") == expected(tips, kim.officer, "closed")


def test_narrowed_by_a_type_each_tab_counts_what_it_lists(
    kim: Person, dana: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (queue_order, filters):
        monkeypatch.setattr(module, "COUNTED", 20)
    rng, people = Random(3), [kim.officer, dana.officer]
    tips = [any_tip(rng, people) for _ in range(150)]
    for number, tip in enumerate(tips):
        tip.types = ["forced-labour"] if number % 3 else ["forced-begging", "forced-labour"]
    Tip.objects.bulk_create(tips)
    client, counted = enter(kim), []
    page = client.get(f"{QUEUE}?tab=open&type=forced-begging").content.decode()
    for tab in ("take", "yours", "colleagues", "citizen", "agency", "parked", "open", "aside"):
        count = re.search(rf'href="\?tab={tab}&[^"]*"[^>]*>[^<]+<span>([^<]+)</span>', page)
        number = len(all_pages(client, f"tab={tab}&type=forced-begging"))
        assert count, tab
        counted.append((int(count[1]), min(number, 21)))
    assert [shown for shown, _ in counted] == [listed for _, listed in counted]
    assert 21 in dict(counted)


def test_while_tips_leave_and_arrive_none_is_skipped_and_none_shown_twice(
    kim: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "ROWS", 5)
    old = timezone.now() - timedelta(days=30)
    tips = [made_up(turn_since=old + timedelta(minutes=at // 3)) for at in range(20)]
    Tip.objects.bulk_create(tips)
    client = enter(kim)
    first, older = page_of(client, "tab=take")
    shown = Tip.objects.filter(reference__in=first)
    unseen = list(Tip.objects.exclude(pk__in=shown.values("pk")).order_by("since", "pk"))
    for tip in (shown[0], shown[4], unseen[0], unseen[3]):
        actions.take(tip=tip, by=kim.officer)
    many(3, turn_since=old)  # before all
    many(3, urgency=0)
    late = many(2, turn_since=timezone.now())  # behind all
    rest = all_pages(client, older)
    stayed = [str(tip) for tip in (*unseen[1:3], *unseen[4:], *late)]
    assert sorted(rest) == sorted(stayed)


def test_what_becomes_late_between_two_pages_is_on_the_second(kim: Person) -> None:
    ago = timezone.now() - timedelta(days=14, minutes=30)
    (tip,) = many(1, owner=kim.officer, status="active", turn_since=ago)
    client = enter(kim)
    begun = timezone.now() - timedelta(hours=1)  # when it was not late yet
    place = Place(OTHER, ago - timedelta(minutes=1), UUID(int=0), begun)
    assert page_of(client, f"tab=yours&after={place}")[0] == [str(tip)]
    now = place._replace(as_of=timezone.now())
    assert page_of(client, f"tab=yours&after={now}")[0] == []
    assert page_of(client, "tab=yours")[0] == [str(tip)]


def test_a_place_that_is_none_is_the_first_page(kim: Person) -> None:
    tip, client, now = new_tip(), enter(kim), timezone.now()
    behind = partial(Place, OTHER, now + timedelta(days=9), UUID(int=0))
    for after in (
        *("", "1", "...", "a.b.c.d", "9.1.00000000000000000000000000000000.1", "-1.1.1.1"),
        "3.99999999999999999999.00000000000000000000000000000000.99999999999999999999",
        "3.1764421200000000.no-uuid.1764421200000000",
        "3.１.00000000000000000000000000000000.1",
        behind(now - timedelta(days=1)),
        behind(now + timedelta(days=1)),
    ):
        assert page_of(client, f"tab=take&after={after}")[0] == [str(tip)], after


def test_counts_stop_at_a_thousand_and_say_so(kim: Person) -> None:
    many(1001)
    many(3, owner=kim.officer, status="active")
    client = enter(kim)
    page = client.get(QUEUE).content.decode()
    numbers = re.findall(r"([A-Z][^<>]+) <span>([^<]+)</span>", page)
    assert ("To take", "1,000+") in numbers
    assert ("Yours", "3") in numbers
    assert ("All open", "1,000+") in numbers
    assert "<b>1,000+</b> <span>Work the pile</span>" in client.get("/desk/").content.decode()


def test_counts_and_lists_follow_what_was_picked(kim: Person, dana: Person) -> None:
    mine = many(2, owner=kim.officer, status="active", channel="letter", types=["forced-labour"])
    many(3, owner=dana.officer, status="active", language="es", types=["other", "forced-labour"])
    many(4, district="castries", types=["sexual-exploitation"])
    client = enter(kim)
    for picked, numbers in {
        "channel=letter": {"Yours": 2, "To take": 0, "All open": 2},
        "type=forced-labour": {"Yours": 2, "Colleagues’": 3, "All open": 5},
        "who=dana": {"Colleagues’": 3, "To take": 0, "All open": 3},
        "who=nobody": {"To take": 4, "All open": 4},
        "language=es&type=forced-labour": {"Yours": 0, "Colleagues’": 3},
        "district=castries&language=es": {"All open": 0},
        "who=somebody&type=x&channel=pigeon": {"Yours": 2, "Colleagues’": 3, "To take": 4},
    }.items():
        page = client.get(f"{QUEUE}?tab=open&{picked}").content.decode()
        shown = dict(re.findall(r"([A-Z][^<>]+) <span>([^<]+)</span>", page))
        assert {name: int(shown[name]) for name in numbers} == numbers, picked
    assert page_of(client, "tab=yours&channel=letter")[0] == [
        str(tip) for tip in sorted(mine, key=lambda tip: tip.pk)
    ]
    page = client.get(f"{QUEUE}?tab=open&channel=letter&who=kim").content.decode()
    assert "Only letter, kim." in page
    assert '<a href="?tab=open">Show the whole list</a>' in page


def test_closed_tips_say_how_when_and_by_whom_the_newest_day_first(
    kim: Person, dana: Person
) -> None:
    early, late = new_tip(), new_tip()
    actions.close(tip=late, by=kim.officer, outcome="helped")
    actions.close(tip=early, by=dana.officer, outcome="passed_on")
    Tip.objects.filter(pk=early.pk).update(closed_on="2026-03-05")
    client = enter(kim)
    page = client.get(f"{QUEUE}?tab=closed").content.decode()
    rows = [
        re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", row)).strip()
        for row in re.findall(r"<tr[^>]*>(.*?)</tr>", page, re.DOTALL)
    ]
    assert rows[0] == "Marks Reference Outcome Came Language District Likely type Closed by Closed"
    assert rows[1].startswith(f"{late} Helped directly")
    assert rows[2].startswith(f"{early} Passed on")
    assert rows[2].endswith("dana 5 Mar 2026")
    assert page_of(client, "tab=closed&who=nobody")[0] == [str(late), str(early)]
