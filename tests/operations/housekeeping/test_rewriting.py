"""When tables are rewritten: at the beginning of an hour, at night, on Sundays."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from tests.admin.desk import enter
from tests.cast import Person, send
from tests.database.acting import ask, hang_up, on_disk
from tips.access import recovery
from tips.access.recovery import FirstAccess
from tips.housekeeping import arrival_traces, rewriting
from tips.models import HOURLY, DeskKey, DeskSession, Upkeep

# One test a story: each ends with a flush of every table, which takes seconds.
pytestmark = pytest.mark.django_db(transaction=True)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def files(*tables: str) -> set[object]:
    """The numbers of the files that these tables lie in; a rewriting gives new ones."""
    return {ask("SELECT pg_relation_filenode(%s)", table)[0][0] for table in tables}


def send_one() -> None:
    """A tip that PostgreSQL has counted, as it counts at the latest when a process ends."""
    send()
    hang_up()


def hourly(now: datetime) -> set[object]:
    """The files of the tips after it."""
    rewriting.hourly(now)
    hang_up()
    return files(*arrival_traces.LARGE)


def nightly(now: datetime) -> set[object]:
    """The files of the tips after it."""
    rewriting.nightly(now)
    hang_up()
    return files(*arrival_traces.LARGE)


def test_by_the_hour_where_something_was_sent_or_did_not_work(
    sam: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)  # else the hour may turn in the middle
    send_one()
    boxes, before = files(*arrival_traces.SHORT_LIVED), files(*arrival_traces.LARGE)
    first = hourly(now)
    assert not before & first
    assert not boxes & files(*arrival_traces.SHORT_LIVED)
    assert hourly(now) == first
    assert hourly(now + HOUR) == first, "nothing was sent"
    send_one()
    assert hourly(now) == first, "the hour in which it was done"
    second = hourly(now + HOUR)
    assert not first & second
    Upkeep.objects.get(name=HOURLY).went_wrong("It did not work.")
    third = hourly(now)
    assert not second & third
    assert not Upkeep.objects.exclude(problem="").exists()
    send_one()
    monkeypatch.setattr(rewriting, "SMALL", 0)
    boxes = files(*arrival_traces.SHORT_LIVED)
    assert hourly(now + HOUR) == third, "large tables wait for the night"
    assert not boxes & files(*arrival_traces.SHORT_LIVED)


def test_by_night_what_is_large_and_on_sundays_what_has_very_many_rows(
    sam: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = timezone.localtime()
    monkeypatch.setattr(timezone, "now", lambda: today)  # else midnight may come in the middle
    send_one()
    before = files(*arrival_traces.LARGE)
    assert nightly(today.replace(hour=4)) == before, "small tables are done by the hour"
    Upkeep.objects.all().delete()
    monkeypatch.setattr(rewriting, "SMALL", 0)
    assert nightly(today.replace(hour=0)) == before
    assert nightly(today.replace(hour=3, minute=29)) == before
    first = nightly(today.replace(hour=3, minute=30))
    assert not before & first
    send_one()
    assert nightly(today.replace(hour=5)) == first, "the night in which it was done"
    second = nightly((today + DAY).replace(hour=4))
    assert not first & second

    send_one()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    monkeypatch.setattr(rewriting, "MANY_ROWS", 0)
    sunday = today.replace(hour=4) + timedelta(days=6 - today.weekday() + 7)
    (tip,) = files("tips_tip")
    nightly(sunday - DAY)
    assert files("tips_tip") == {tip}
    said = Upkeep.objects.get(name=rewriting.WEEKLY_NAME).problem
    assert said.startswith("There are more than 200,000 rows in tips_tip and ")
    nightly(sunday)
    assert files("tips_tip") != {tip}
    monkeypatch.setattr(rewriting, "MANY_ROWS", 200_000)
    nightly(sunday + DAY)
    assert not Upkeep.objects.filter(name=rewriting.WEEKLY_NAME).exists()


@pytest.mark.parametrize("rewrite", [rewriting.hourly, rewriting.before_stop])
def test_a_session_that_ended_leaves_the_disk_though_others_go_on(
    rewrite: Callable[[], None], sam: Person, kim: Person
) -> None:
    ended, ours = enter(kim), enter(sam)
    data = bytes(DeskSession.objects.get(officer=kim.officer).session_data)[40:90]
    ended.post("/desk/logout/")
    assert not DeskSession.objects.filter(officer=kim.officer).exists()
    assert on_disk("tips_desksession", data)
    hang_up()  # no snapshot of ours is left
    rewrite()
    assert not on_disk("tips_desksession", data)
    assert ours.get("/desk/").status_code == 200


def test_after_an_act_on_keys_what_replaced_sheets_opened_is_off_the_disk(
    sam: Person, first: FirstAccess
) -> None:
    copy = bytes(DeskKey.objects.get().recovery_copy)[40:90]
    recovery.replace_sheets(
        sheet_1=first.sheets[0], sheet_2=first.sheets[1], keep=lambda sheets: None
    )
    assert on_disk("tips_deskkey", copy)
    rewriting.after_acts_on_keys()
    assert not on_disk("tips_deskkey", copy)
