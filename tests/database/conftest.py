"""A tip in the database, and one beside it that stays as it is."""

from collections.abc import Iterator
from datetime import date

import pytest

from tests.database.calling import GOOD, receive
from tests.database.two_tips import OTHER_ID, OTHER_LOOKUP
from tips.models import Alarm, EscrowedCode, Event, Message, Tip


@pytest.fixture
def tip(first: object) -> Tip:
    """A tip with an older neighbour."""
    assert receive(p_id=OTHER_ID, p_lookup_id=OTHER_LOOKUP, p_content_digest=b"o" * 32) == (
        "received"
    )
    assert receive(p_danger="") == "received"
    return Tip.objects.get(pk=GOOD["p_id"])


@pytest.fixture
def neighbour(tip: Tip) -> Iterator[None]:
    """Everything about the other tip is the same afterwards."""

    def all_of_it() -> list[object]:
        of = {"tip_id": OTHER_ID}
        rows = (model.objects.filter(**of).values() for model in (Message, Alarm, EscrowedCode))
        events = Event.objects.filter(tip_id=OTHER_ID).values()
        return [Tip.objects.values().get(pk=OTHER_ID), [list(each) for each in rows], list(events)]

    asked = {"status": "asked", "turn_cause": "asked", "turn_until": date(2099, 1, 1)}
    Tip.objects.filter(pk=OTHER_ID).update(set_aside=2, **asked)
    before = all_of_it()
    yield
    assert all_of_it() == before
