"""What a rewriting evens out when the one before did not work, or somebody sent meanwhile."""

import os
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

import psycopg2
import pytest
from django.utils import timezone

from tests.cast import Person, send, tip_of
from tests.database.acting import ask, database, hang_up, superuser
from tips import actions
from tips.housekeeping import arrival_traces, counters, lock_limit, rewriting
from tips.models import HOURLY, Tip, Upkeep

pytestmark = pytest.mark.django_db(transaction=True)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def hourly(now: datetime) -> None:
    hang_up()
    rewriting.hourly(now)


def nightly(now: datetime) -> None:
    hang_up()
    rewriting.nightly(now)


def long_values() -> list[object]:
    """The numbers of the tips' long values."""
    with superuser(database()) as cursor:
        cursor.execute(
            "SELECT reltoastrelid::regclass::text FROM pg_class WHERE oid = 'tips_tip'::regclass"
        )
        (elsewhere,) = cursor.fetchone()
        cursor.execute(f"SELECT DISTINCT chunk_id FROM {elsewhere} ORDER BY 1")
        return [number for (number,) in cursor.fetchall()]


def send_long() -> actions.Receipt:
    """A tip whose words PostgreSQL keeps elsewhere."""
    return send(what_happened="They came in the night. " * 400)


def use_transactions(number: int) -> None:
    """As many as others use meanwhile."""
    for _ in range(number):
        ask("SELECT pg_current_xact_id()")


def test_what_was_sent_while_it_runs_is_evened_out_the_hour_after(
    sam: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)  # else the hour may turn in the middle
    send_long()
    turn_over: Callable[[], None] = rewriting._turn_wal_over

    def somebody_sends() -> None:
        send_long()
        use_transactions(150)
        turn_over()

    monkeypatch.setattr(rewriting, "_turn_wal_over", somebody_sends)
    hourly(now)
    monkeypatch.setattr(rewriting, "_turn_wal_over", turn_over)
    first, at_sending = long_values()
    hourly(now + HOUR)
    assert at_sending not in long_values()
    assert first in long_values(), "only what was written since"


def test_what_was_sent_between_its_two_steps_is_evened_out_too(
    sam: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_sending: list[object] = []
    renew = arrival_traces._renew_long_values

    def somebody_sends(*args: Any, **values: Any) -> int:
        number = renew(*args, **values)
        if not at_sending:
            send_long()
            at_sending.extend(long_values()[-1:])
        return number

    send_long()
    monkeypatch.setattr(arrival_traces, "_renew_long_values", somebody_sends)
    hourly(timezone.now())
    assert at_sending
    assert not set(at_sending) & set(long_values())
    assert len({row for (row,) in ask("SELECT xmin::text FROM tips_tip")}) == 1


def test_after_a_failure_only_what_was_written_since_is_evened_out(sam: Person) -> None:
    now = timezone.now()
    send_long()
    hourly(now)
    before = long_values()
    Upkeep.objects.get(name=HOURLY).went_wrong("It did not work.")
    send_long()
    hourly(now)
    assert not Upkeep.objects.exclude(problem="").exists()
    assert set(before) < set(long_values())


@pytest.mark.parametrize(
    "statement",
    # What a backup holds: a snapshot; the tables.
    ["SELECT 1", "LOCK TABLE tips_tip IN ACCESS SHARE MODE"],
)
def test_while_somebody_holds_it_no_table_grows_however_often_it_is_tried(
    sam: Person, monkeypatch: pytest.MonkeyPatch, statement: str
) -> None:
    monkeypatch.setattr(rewriting, "SMALL", 0)
    night = timezone.localtime().replace(hour=4)
    for _ in range(4):
        send_long()
    with (
        monkeypatch.context() as impatient,
        closing(psycopg2.connect(os.environ["DATABASE_URL"], dbname=database())) as somebody,
    ):
        impatient.setattr(rewriting, "SNAPSHOT_WAIT", 0)
        impatient.setattr(lock_limit, "LOCK_LIMIT", "50ms")
        somebody.set_session(isolation_level="REPEATABLE READ")
        somebody.cursor().execute(statement)
        before = counters.size("tips_tip")
        for _ in range(4):
            nightly(night)
            assert Upkeep.objects.get(name=rewriting.NIGHTLY).problem
        assert counters.size("tips_tip") == before
    numbers = long_values()
    nightly(night)
    assert not Upkeep.objects.exclude(problem="").exists()
    assert not set(numbers) & set(long_values())


def test_on_sunday_the_whole_week_of_a_table_with_very_many_rows(
    sam: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = timezone.localtime().replace(hour=4)
    sunday = today + timedelta(days=6 - today.weekday() + 7)
    monkeypatch.setattr(rewriting, "SMALL", 0)
    send_long()
    ask("ANALYZE")
    monkeypatch.setattr(rewriting, "MANY_ROWS", 0)
    nightly(sunday)
    receipt = send_long()
    Tip.objects.filter(pk=tip_of(receipt).pk).update(received_at=sunday - 5 * DAY)
    ask("ANALYZE")
    (at_sending,) = long_values()[-1:]
    for day in range(1, 7):
        nightly(sunday + day * DAY)
        use_transactions(150)
    assert at_sending in long_values()
    nightly(sunday + 7 * DAY)
    assert at_sending not in long_values()


def test_a_store_from_another_server_is_evened_out_whole(
    sam: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)  # else the hour may turn in the middle
    send_long()
    hourly(now)
    before = long_values()
    names = [f"Rows of {table}" for table in arrival_traces.LARGE]
    assert Upkeep.objects.filter(name__in=names).update(mark=10**15) == len(names)
    send_long()
    hourly(now + HOUR)
    assert not set(before) & set(long_values())
