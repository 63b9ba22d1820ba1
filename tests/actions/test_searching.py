"""How far a search goes, what it leaves in the trail, and to whom its words are given back."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db.models import Q
from django.utils import timezone

from tests.cast import Person, send, tip_of
from tips import actions
from tips.actions import searching
from tips.actions.searching import Found, SearchBusy
from tips.crypto import active_key, associated_data, sealing
from tips.models import Event, Tip
from tips.search import terms

pytestmark = pytest.mark.django_db


@pytest.fixture
def tips(kim: Person) -> list[Tip]:
    """Three with a passport, the newest first, and before each one without."""
    return list(hourly())


def hourly() -> Iterator[Tip]:
    for hours in range(6):
        text = "Her passport is gone." if hours % 2 else "A boat."
        tip = tip_of(send(what_happened=text))
        at = tip.received_at - timedelta(hours=hours)
        Tip.objects.filter(pk=tip.pk).update(received_at=at)
        if hours % 2:
            yield Tip.objects.get(pk=tip.pk)


def look(by: Person, typed: str = "passport", **more: object) -> Found:
    return actions.search(
        terms=terms.parse(typed), typed=typed, by=by.officer, keys=by.keys, **more
    )


def hits(found: Found) -> list[UUID]:
    return [hit.pk for hit in found.hits]


def place(tip: Tip) -> tuple[object, UUID]:
    return tip.received_at, tip.pk


def test_it_finds_what_has_all_the_words_and_says_where(kim: Person) -> None:
    tip = tip_of(send(what_happened="A boat.", vehicles_phones_online="a DR plate", place="X"))
    tip_of(send(what_happened="A boat."))
    found = look(kim, "boat plate")
    (hit,) = found.hits
    assert (hit.pk, hit.where) == (tip.pk, ("what happened", "vehicles, phones, online"))
    assert (found.of, found.searched, found.last) == (2, 2, None)


def test_what_was_looked_for_is_sealed_in_its_line_of_the_trail(
    tips: list[Tip], kim: Person
) -> None:
    found = look(kim, asked={"district": "castries"})
    event = Event.objects.get(verb="searched")
    assert (event.pk, event.by, event.count, event.about) == (found.event, "kim", 3, "")
    sealed = bytes(event.reason or b"")
    opened = kim.keys.open_json(sealed, associated_data.of_reason(event.pk))
    assert opened == {"text": "passport", "narrowed": {"district": "castries"}}
    assert bytes(event.reason_digest or b"") == sealing.digest("kts reason", sealed)


def test_it_goes_on_behind_where_it_stopped(
    tips: list[Tip], kim: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "MOST_TIPS", 4)
    found = look(kim)
    assert (found.of, found.searched, hits(found)) == (6, 4, [tip.pk for tip in tips[:2]])
    assert found.last == place(tips[1])
    found = look(kim, after=found.last)
    assert (found.of, found.searched, found.last) == (6, 2, None)
    assert hits(found) == [tips[2].pk]
    monkeypatch.setattr(searching, "MOST_TIPS", 6)
    assert look(kim).last is None


def test_it_stops_after_so_many_hits(
    tips: list[Tip], kim: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = look(kim, most_hits=1)
    assert (hits(found), found.last) == ([tips[0].pk], place(tips[0]))
    monkeypatch.setattr(searching, "MOST_HITS", 2)
    found = look(kim)
    assert (hits(found), found.last) == ([tips[0].pk, tips[1].pk], place(tips[1]))


def test_its_clock_stops_it_after_one_tip_at_least(
    tips: list[Tip], kim: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "SECONDS", -1.0)
    assert (look(kim).searched, look(kim, after=place(tips[1])).searched) == (1, 1)


def test_no_more_are_counted_than_the_page_tells_apart(
    tips: list[Tip], kim: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "COUNTED", 3)
    assert look(kim).of == 3


def test_it_looks_at_what_its_officer_may_open_and_asked_for(
    tips: list[Tip], sam: Person, kim: Person
) -> None:
    Tip.objects.filter(pk=tips[0].pk).update(restricted=True)
    Tip.objects.filter(pk=tips[1].pk).update(district="dennery")
    assert hits(look(kim)) == [tips[1].pk, tips[2].pk]
    assert len(look(sam).hits) == 3
    found = look(kim, narrowed=Q(district="dennery"))
    assert (found.of, hits(found)) == (1, [tips[1].pk])


def test_two_do_not_search_at_once_and_whoever_waited_too_long_left_no_trace(
    tips: list[Tip], kim: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "WAIT", 0.01)
    with searching._ONE_AT_A_TIME, pytest.raises(SearchBusy):
        look(kim)
    assert not Event.objects.filter(verb="searched").exists()
    assert len(look(kim).hits) == 3
    assert len(look(kim).hits) == 3


def remembered(by: Person, document: dict[str, object], hours: int = 0) -> UUID:
    """A search of so many hours ago."""
    row, key = uuid4(), active_key.current().public
    sealed = sealing.seal_json(document, [key], associated_data.of_reason(row))
    at = timezone.now() - timedelta(hours=hours)
    Event.objects.record("searched", by=by.officer, id=row, reason=sealed, at=at)
    return row


def test_the_words_are_given_back_for_a_day_to_whoever_typed_them(
    kim: Person, dana: Person
) -> None:
    def back(event: UUID, by: Person = kim) -> object:
        return actions.searched_for(event=event, by=by.officer, keys=by.keys)

    event = look(kim, asked={"district": "castries"}).event
    assert back(event) == ("passport", {"district": "castries"})
    assert back(event, dana) is None
    assert back(look(kim).event) == ("passport", {})
    words: dict[str, object] = {"text": "x"}
    assert back(remembered(kim, words, 23)) == ("x", {})
    assert back(remembered(kim, words, 25)) is None
    for odd in ({}, {"text": 5}, words | {"narrowed": []}):
        assert back(remembered(kim, odd)) is None
    other = sealing.Keyring.of(sealing.new_pair())
    assert actions.searched_for(event=event, by=kim.officer, keys=other) is None
    tip = tip_of(send(danger_now="yes"))
    actions.lower_urgency(tip=tip, by=kim.officer, reason="She is safe.")
    assert back(Event.objects.get(verb="lowered").pk) is None
