"""When nobody at the desk reads: what waits, and what counts as reading."""

from datetime import date, timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from tests.cast import Person, send, tip_of
from tests.database.acting import acting_as, ask
from tips.models import Event, Tip
from tips.models.vocabulary import SetAside

pytestmark = pytest.mark.django_db
LONG_AGO = timezone.now() - timedelta(hours=49)


def is_silent() -> bool:
    with acting_as("public"):
        ((answer,),) = ask("SELECT desk_is_silent()")
    return bool(answer)


def waiting(**columns: object) -> Tip:
    """A tip that came long ago, and is otherwise as these columns say."""
    tip = tip_of(send(what_happened=f"Number {Tip.objects.count()}."))
    Tip.objects.filter(pk=tip.pk).update(**{"received_at": LONG_AGO} | columns)
    return tip


def test_a_desk_to_which_nothing_came_is_not_silent(first: object) -> None:
    assert not is_silent()


@pytest.mark.parametrize(
    "columns",
    [
        {"received_at": Now() - timedelta(hours=46)},
        {"set_aside": SetAside.SPAM},
        {"channel": "drill"},
        {"hours_to_open": 3},
        {"status": "closed", "outcome": "junk", "closed_on": date(2026, 1, 1)},
    ],
    ids=["young", "set aside", "drill", "read long ago", "closed"],
)
def test_only_a_true_tip_that_nobody_read_for_two_days_waits(
    first: object, columns: dict[str, object]
) -> None:
    waiting(**columns)
    assert not is_silent()
    waiting()
    assert is_silent()


def test_only_an_opening_of_a_true_tip_in_the_last_two_days_is_reading(sam: Person) -> None:
    waiting()
    an_hour_ago = timezone.now() - timedelta(hours=1)

    def record(verb: str, tip: Tip, at: object) -> None:
        Event.objects.record(verb, tip=tip, by=sam.officer, count=0, at=at)

    for aside in ({"set_aside": SetAside.FLOOD}, {"channel": "drill"}):
        record("opened", waiting(**aside), an_hour_ago)
        assert is_silent()
    record("opened", waiting(), LONG_AGO)
    record("noted", waiting(), an_hour_ago)
    assert is_silent()
    record("opened", waiting(hours_to_open=1), an_hour_ago)
    assert not is_silent()
