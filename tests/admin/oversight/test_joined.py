"""The narrow trail beside a tip: equal neighbours are one line, and nothing that counts is lost."""

import pytest

from tests.admin.desk import enter, new_tip, url_of
from tests.cast import Person
from tips.actions import tip_trail
from tips.models import Event
from tips.templatetags.trail import joined


def lines(*events: tuple[str, str, str, int | None]) -> list[tuple[str, str, int]]:
    """Verb, who and how often, of a trail of (verb, by, about, count)."""
    trail = [
        (Event(verb=verb, by=by, about=about, count=count), None)
        for verb, by, about, count in events
    ]
    return [(line.event.verb, line.event.by, line.times) for line in joined(trail)]


def test_equal_neighbours_are_one_line() -> None:
    kim = ("opened", "kim", "", 3)
    assert lines(kim, kim, ("opened", "kim", "", 1), ("opened", "dana", "", 3), kim) == [
        ("opened", "kim", 3),
        ("opened", "dana", 1),
        ("opened", "kim", 1),
    ]


def test_photos_are_one_line_only_where_they_are_the_same_one() -> None:
    one, two = ("photo", "kim", "", 1), ("photo", "kim", "", 2)
    assert lines(one, one, two) == [("photo", "kim", 2), ("photo", "kim", 1)]


def test_what_is_about_somebody_else_is_another_line() -> None:
    found = lines(("given", "kim", "dana", None), ("given", "kim", "lee", None))
    assert [times for _, _, times in found] == [1, 1]


@pytest.mark.parametrize("verb", ["received", "taken", "closed"])
def test_what_says_whose_it_is_is_never_joined(verb: str) -> None:
    event = (verb, "kim", "", None)
    assert lines(event, event) == [(verb, "kim", 1)] * 2


def test_a_reason_stands_alone_and_the_newest_stays_with_its_reason() -> None:
    trail = [(Event(verb="lowered", by="kim"), reason) for reason in (None, "A", None, None)]
    assert [(line.reason, line.times) for line in joined(trail)] == [(None, 1), ("A", 1), (None, 2)]


def test_nothing_is_no_line() -> None:
    assert joined([]) == []


@pytest.mark.django_db
def test_a_long_trail_keeps_its_beginning_and_says_what_it_leaves_out(
    kim: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tip_trail, "AT_MOST", 5)
    tip, client = new_tip(), enter(kim)
    Event.objects.record("taken", tip=tip, by="dana")
    Event.objects.record("noted", tip=tip, by="dana")
    page = client.get(url_of(tip)).content.decode()
    assert "Older events are left out" not in page
    for _ in range(6):
        page = client.get(url_of(tip)).content.decode()
    trail = page.split('id="h-trail"')[1]
    assert "opened, 5 times" in trail
    assert "received" in trail
    assert "taken" in trail
    assert "note added" not in trail
    assert "Older events are left out" in trail
