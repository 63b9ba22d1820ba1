"""The order of the queue at its edges: what an address says of a place, and when a tip is late."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from django.db.models import Q
from django.utils import timezone

from tests.cast import Person, send, tip_of
from tips.models import Tip, queue_order
from tips.models.queue_order import (
    DANGER,
    LATE,
    OTHER,
    LateBefore,
    Part,
    Place,
    capped_counts,
    counts_at_once,
    owned_late_before,
    page,
)

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 28, 15, 30, 0, 123456, tzinfo=UTC)
TICK = timedelta(microseconds=1)
PK = UUID(int=2**127 + 1)


@pytest.mark.parametrize("rank", [DANGER, OTHER])
def test_an_address_names_the_place_that_it_was_made_of(rank: int) -> None:
    place = Place(rank, AT, PK, timezone.now())
    assert Place.parse(str(place)) == place


def test_a_place_lasts_for_twelve_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    lasts = [timedelta(), timedelta(hours=12) - TICK]
    for age in (*lasts, timedelta(hours=12), -TICK):
        place = Place(OTHER, AT, PK, now - age)
        assert Place.parse(str(place)) == (place if age in lasts else None)


def test_a_place_of_odd_digits_is_none() -> None:
    rank, at, pk, as_of = str(Place(OTHER, AT, PK, timezone.now())).split(".")
    assert Place.parse(f"{rank}.{at:0>17}.{pk}.{as_of}") == Place.parse(f"{rank}.{at}.{pk}.{as_of}")
    for text in (f"4.{at}", f"{rank}.{at:0>18}", f"{rank}.１", f"{rank}.+1", f"{rank}."):
        assert Place.parse(f"{text}.{pk}.{as_of}") is None


def late_since(moment: datetime) -> LateBefore:
    """As if every tip were late that began before this moment."""
    urgencies = dict.fromkeys((0, 1, 2), moment)
    return LateBefore(untaken=urgencies, owned=urgencies)


@pytest.mark.parametrize(
    ("columns", "becomes_late"),
    [
        ({"status": "new", "urgency": 2}, True),
        ({"status": "new", "urgency": 2, "set_aside": 1}, False),
        ({"status": "new", "urgency": 0, "set_aside": 1}, True),
        ({"status": "active", "urgency": 2, "owner_id": PK}, True),
        ({"status": "active", "urgency": 2, "owner_id": PK, "set_aside": 1}, True),
        ({"status": "closed", "urgency": 2, "owner_id": PK}, False),
        ({"status": "closed", "urgency": 2}, False),
    ],
)
def test_a_tip_is_late_once_its_turn_began_before_the_moment(
    columns: dict[str, object], becomes_late: bool
) -> None:
    tip, late = Tip(**columns), late_since(AT)
    tip.since = AT
    assert not late.is_late(tip)
    tip.since = AT - TICK
    assert late.is_late(tip) == becomes_late


def test_an_owner_has_a_day_three_or_two_weeks() -> None:
    days = {urgency: (AT - moment).days for urgency, moment in owned_late_before(AT).items()}
    assert days == {0: 1, 1: 3, 2: 14}


def test_at_the_very_moment_a_tip_is_listed_once_and_not_among_the_late(sam: Person) -> None:
    tips = [tip_of(send(what_happened=text)) for text in "abc"]
    for tip, since in zip(tips, (AT + TICK, AT, AT - TICK), strict=True):
        Tip.objects.filter(pk=tip.pk).update(turn_since=since)
    late, visible = late_since(AT), Tip.objects.visible_to(sam.officer)
    parts = (Part(Q(owner=None), late.untaken),)
    found = page(visible, parts, late, as_of=timezone.now(), most=9)
    assert [tip.pk for tip in found] == [tip.pk for tip in reversed(tips)]
    assert [(tip.late, tip.place.rank) for tip in found] == [
        (True, LATE),
        (False, OTHER),
        (False, OTHER),
    ]
    for before, tip in pairwise(found):
        (behind, *_) = page(visible, parts, late, as_of=timezone.now(), most=1, after=before.place)
        assert behind.pk == tip.pk


def test_no_count_goes_further_than_one_more_than_is_told_apart(
    sam: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_order, "COUNTED", 2)
    for _ in range(4):
        send()
    Tip.objects.filter(pk=Tip.objects.first().pk).update(urgency=0)
    visible = Tip.objects.visible_to(sam.officer)
    asked = {"danger": Q(urgency=0), "all": Q(), "none": Q(urgency=1)}
    for count in (capped_counts, counts_at_once):
        assert count(visible, asked) == {"danger": 1, "all": 3, "none": 0}
