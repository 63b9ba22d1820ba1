"""How long the starter lets a housekeeping run."""

import os
import sys
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from slu_antitrafficking.start import servers
from slu_antitrafficking.start.options import clean_environment
from slu_antitrafficking.start.postgres import database
from slu_antitrafficking.start.processes import Log
from slu_antitrafficking.start.servers import Housekeeper
from tests.running import until

HANGS = (sys.executable, "-c", "import time; time.sleep(60)")


@pytest.fixture
def late(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every housekeeping is due at once, lasts, and is late from its first moment."""
    monkeypatch.setattr(servers, "MANAGE", HANGS)
    monkeypatch.setattr(servers, "HOUSEKEEPING_EVERY", 0)
    monkeypatch.setattr(servers, "HOUSEKEEPING_AT_MOST", -1)


@pytest.mark.usefixtures("late")
@pytest.mark.parametrize("at_work", [True, False])
def test_a_late_one_is_ended_unless_the_database_is_at_work_for_it(
    tmp_path: Path, at_work: bool
) -> None:
    keeper = Housekeeper(clean_environment(), Log(tmp_path / "log"), lambda: at_work)
    try:
        assert keeper.keep_up()
        assert not keeper.keep_up()
        # Whoever was ended is followed by the next.
        assert keeper.keep_up() != at_work
    finally:
        keeper.stop()


@pytest.mark.parametrize(
    ("what_it_does", "done"),
    [("", True), ("exit(1)", False), ("import time; time.sleep(60)", False)],
)
def test_whoever_stops_is_told_when_the_last_one_did_not_do_its_work(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    what_it_does: str,
    done: bool,
) -> None:
    monkeypatch.setattr(servers, "MANAGE", (sys.executable, "-c", what_it_does))
    at_most = 1 if "sleep" in what_it_does else 60
    monkeypatch.setattr(servers, "BEFORE_STOP_AT_MOST", at_most)
    Housekeeper(clean_environment(), Log(tmp_path / "log"), lambda: False).tidy_up()
    assert ("still on the disk" not in capsys.readouterr().out) == done


@pytest.mark.parametrize(
    ("statement", "waits_for", "at_work"),
    # The second waits for the holder, who makes a table of the same name.
    [("SELECT pg_sleep(30)", "Timeout", True), ("CREATE TABLE of_a_test ()", "Lock", False)],
)
def test_who_rewrites_is_at_work_and_who_waits_for_a_lock_is_not(
    statement: str, waits_for: str, at_work: bool
) -> None:
    url, name = os.environ["DATABASE_URL"], f"test of {at_work}"
    with (
        closing(psycopg2.connect(url)) as holder,
        closing(psycopg2.connect(url, application_name=name)) as session,
    ):
        assert not database.is_at_work(url, name)
        holder.cursor().execute("CREATE TABLE of_a_test ()")
        waiting = threading.Thread(target=run_until_cancelled, args=(session, statement))
        waiting.start()
        until(lambda: is_active(url, name, waits_for))
        assert database.is_at_work(url, name) == at_work
        session.cancel()
        waiting.join()
    assert not database.is_at_work("postgresql://a:b@127.0.0.1:1/c", name)


def is_active(url: str, name: str, waits_for: str) -> bool:
    with database.owner(url) as cursor:  # a transaction sees others as its first look found them
        cursor.execute(
            "SELECT FROM pg_stat_activity WHERE application_name = %s AND state = 'active'"
            " AND wait_event_type = %s",
            (name, waits_for),
        )
        return bool(cursor.rowcount)


def run_until_cancelled(session: Any, statement: str) -> None:
    with session.cursor() as cursor, pytest.raises(psycopg2.errors.QueryCanceled):
        cursor.execute(statement)
