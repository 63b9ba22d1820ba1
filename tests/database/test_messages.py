"""What the public door's receive_message and receipt_kept do to one tip, and to no other."""

from datetime import date, timedelta

import pytest

from tests.cast import Person
from tests.database.calling import add, call
from tests.database.two_tips import LONG_AGO, LOOKUP, OTHER_ID, OTHER_LOOKUP, number, stands
from tips.models import EscrowedCode, Event, Message, Tip


@pytest.mark.usefixtures("neighbour")
def test_messages_count_on_within_their_tip_and_hour(tip: Tip) -> None:
    photos = {"p_photo_ids": [f"{OTHER_ID[:-2]}b{n}" for n in range(2)], "p_photos": [b"a", b"b"]}
    assert add(**number(1), **photos) == "received"
    more = {"p_photo_ids": [f"{OTHER_ID[:-2]}c0"], "p_photos": [b"c"]}
    assert add(**number(2), **more) == "received"
    assert [message.number for message in tip.messages.all()] == [1, 2]
    pictures = [(photo.number, bytes(photo.sealed)) for photo in tip.photos.all()]
    assert pictures == [(1, b"a"), (2, b"b"), (3, b"c")]
    assert all(message.at == tip.received_at for message in tip.messages.all())
    events = Event.objects.filter(verb="message").order_by("count")
    assert [(event.count, event.at) for event in events] == [
        (1, tip.received_at),
        (2, tip.received_at),
    ]


def test_numbers_of_one_tip_do_not_come_from_another(tip: Tip) -> None:
    photo = {"p_photo_ids": [f"{OTHER_ID[:-2]}b0"], "p_photos": [b"a"]}
    assert add(p_lookup_id=OTHER_LOOKUP, **number(1), **photo) == "received"
    photo = {"p_photo_ids": [f"{OTHER_ID[:-2]}b1"], "p_photos": [b"a"]}
    assert add(**number(2), **photo) == "received"
    assert (tip.messages.get().number, tip.photos.get().number) == (1, 1)


def test_only_what_a_citizen_wrote_to_this_tip_in_this_hour_counts(tip: Tip) -> None:
    hour = tip.received_at

    def written(n: int, to: Tip, at: object, from_desk: bool) -> None:
        Message.objects.bulk_create(
            Message(tip=to, number=n + m, from_desk=from_desk, at=at, sealed=b"x")
            for m in range(30)
        )

    written(1, tip, hour - timedelta(hours=1), from_desk=False)
    written(40, tip, hour, from_desk=True)
    written(1, Tip.objects.get(pk=OTHER_ID), hour, from_desk=False)
    written(80, tip, hour, from_desk=False)
    for n in range(20):
        assert add(**number(n)) == "received"
    assert add(**number(99)) == "too_many"


def test_a_message_that_came_already_is_told_so(tip: Tip) -> None:
    assert add(**number(1)) == "received"
    assert add(**number(1)) == "repeated"
    assert tip.messages.count() == 1


@pytest.mark.usefixtures("neighbour")
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"status": "new"}, ("new", "came", LONG_AGO)),
        ({"status": "active", "owner": True}, ("active", "wrote", None)),
        (
            {"status": "active", "owner": True, "turn_cause": "wrote"},
            ("active", "wrote", LONG_AGO),
        ),
        ({"status": "active", "turn_cause": "returned"}, ("active", "returned", LONG_AGO)),
        (
            {"status": "asked", "owner": True, "turn_until": date(2099, 1, 1)},
            ("active", "wrote", None),
        ),
        (
            {"status": "closed", "outcome": "helped", "closed_on": date(2026, 1, 1)},
            ("active", "wrote", None),
        ),
    ],
    ids=["new", "owned", "answered already", "nobody's", "asked", "closed"],
)
def test_whose_turn_it_is_after_a_message_and_since_when(
    tip: Tip, sam: Person, before: dict[str, object], after: tuple[str, str, object]
) -> None:
    columns = before | ({"owner": sam.officer} if "owner" in before else {})
    stands(tip, turn_since=LONG_AGO, **columns)
    assert add(**number(1)) == "received"
    now = Tip.objects.get(pk=tip.pk)
    status, cause, since = after
    assert (now.status, now.turn_cause, now.turn_since) == (status, cause, since or tip.received_at)
    assert (now.outcome, now.closed_on, now.turn_until) == ("", None, None)


@pytest.mark.parametrize(("before", "after"), [(2, 0), (1, 1), (0, 0)])
def test_a_message_or_the_code_typed_back_lifts_what_a_flood_set_aside(
    tip: Tip, before: int, after: int
) -> None:
    Tip.objects.update(set_aside=before)
    assert add(**number(1)) == "received"
    assert Tip.objects.get(pk=tip.pk).set_aside == after
    Tip.objects.update(set_aside=before)
    assert call("public", "receipt_kept", {"p_lookup_id": LOOKUP}) == "True"
    assert Tip.objects.get(pk=tip.pk).set_aside == after
    assert Tip.objects.get(pk=OTHER_ID).set_aside == before


@pytest.mark.usefixtures("neighbour")
def test_a_code_typed_back_empties_its_own_box(tip: Tip) -> None:
    assert call("public", "receipt_kept", {"p_lookup_id": LOOKUP}) == "True"
    assert not EscrowedCode.objects.filter(tip=tip).exists()


def test_of_fifty_in_an_hour_none_keeps_a_tip_from_becoming_urgent(tip: Tip) -> None:
    for n in range(50):
        assert add(**number(n)) == "received"
    assert add(**number(50)) == "too_many"
    assert add(**number(51), p_danger=True) == "received"
    assert add(**number(52), p_danger=True) == "too_many"
