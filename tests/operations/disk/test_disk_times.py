"""A thief of the disk who asks when a tip came, and for the code in an emptied box."""

import os
import re
import signal
import textwrap
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import psycopg2
import pytest

from tests.attacks import store
from tests.operations import own_housekeeping
from tests.operations.disk.change_log import TABLES, relations, written_relations
from tests.operations.disk.sent_tips import (
    add,
    add_long_messages,
    messages_by_long_values,
    send_tip,
    send_tips,
)
from tests.running import RunningSite, kill, until


def housekeeping_in(site: RunningSite, hours: int) -> None:
    """What housekeeping does at the beginning of a later hour."""
    code, said = site.run(
        *("manage", "shell", "-v0", "-c"),
        textwrap.dedent(f"""
            from datetime import timedelta
            from django.utils import timezone
            from tips.housekeeping import rewriting
            rewriting.hourly(timezone.now() + timedelta(hours={hours}))
        """),
    )
    assert (code, said) == (0, "")


@pytest.fixture
def nobody_tidies(site: RunningSite) -> Iterator[Callable[[], None]]:
    with own_housekeeping.waits(site) as let_it_go_on:
        yield let_it_go_on


@pytest.fixture
def sent(site: RunningSite) -> list[store.Row]:
    return send_tips(site)


@dataclass
class Hour:
    """What a thief found in the store in an hour in which tips came. It is over."""

    pieces: list[bytes]  # one of each tip
    files: set[str]  # that held them
    relations: set[str]
    written: set[str]
    long_messages: list[str]  # in the order of their words elsewhere


@pytest.fixture(scope="class")
def hour(_site: RunningSite) -> Iterator[Hour]:
    site = _site.start()
    with own_housekeeping.waits(site):
        long_messages = add_long_messages(site)
        pieces = [store.piece_of(row["sealed"]) for row in send_tips(site)]
        files, written = store.files_with(site, *pieces), written_relations(site)
        hour = Hour(pieces, files, relations(site), written, long_messages)
        housekeeping_in(site, 1)
        yield hour


class TestAfterTheHour:
    """The site's own housekeeping waits meanwhile."""

    def test_no_log_of_changes_knows_a_tip(self, site: RunningSite, hour: Hour) -> None:
        assert any("pg_wal/" in file for file in hour.files)
        assert hour.written & hour.relations
        assert not any("pg_wal/" in file for file in store.files_with(site, *hour.pieces))
        assert not written_relations(site) & (hour.relations | relations(site))
        assert not store.in_no_file(site, hour.pieces, "/base/")  # nothing was lost on the way

    @pytest.mark.usefixtures("hour")
    def test_rows_tell_no_order_and_no_transaction(self, site: RunningSite) -> None:
        for table in ("tips_tip", "tips_message", "tips_event"):
            rows = store.rows(site, f"SELECT id, xmin::text FROM {table} ORDER BY ctid")
            assert [row["id"] for row in rows] == sorted(row["id"] for row in rows), table
            assert len({row["xmin"] for row in rows}) == 1, table

    def test_the_numbers_of_long_values_tell_no_order(self, site: RunningSite, hour: Hour) -> None:
        before = hour.long_messages
        assert len(before) == 12
        assert before != sorted(before)
        now = [row for row in messages_by_long_values(site) if row in set(before)]
        assert now == sorted(before)


def test_after_the_hour_a_box_is_in_no_file_though_the_page_key_is_known(
    site: RunningSite, sent: list[store.Row]
) -> None:
    """With a control: before, the same search finds each of them."""
    boxes = [store.piece_of(row["box"]) for row in sent]
    assert not store.in_no_file(site, boxes)
    store.rows(site, "UPDATE tips_box SET box_until = now() - interval '1 second'")
    with own_housekeeping.rests(site):
        assert site.run("manage", "housekeeping")[0] == 0
    assert not store.rows(site, "SELECT tip_id FROM tips_box")
    housekeeping_in(site, 3)
    assert not store.files_with(site, *boxes)


def test_no_row_and_no_statistic_names_a_moment(site: RunningSite, sent: list[store.Row]) -> None:
    """Of what citizens did only the hour is stored; and PostgreSQL keeps no samples of the rest."""
    looked_at = 0
    for table in TABLES:
        columns = store.rows(
            site,
            "SELECT column_name AS name FROM information_schema.columns"
            " WHERE table_name = %s AND data_type = 'timestamp with time zone'",
            table,
        )
        assert columns, table
        for column in columns:
            if (table, column["name"]) in MINUTES:
                continue
            key = "id" if table == "tips_tip" else "tip_id"
            query = f"SELECT {column['name']} AS at FROM {table} WHERE {key}::text = ANY (%s)"
            rows = store.rows(site, query, [str(row["id"]) for row in sent])
            looked_at += sum(row["at"] is not None for row in rows)
            assert all(
                (row["at"].minute, row["at"].second, row["at"].microsecond) == (0, 0, 0)
                for row in rows
                if row["at"]
            ), (table, column["name"])
    assert looked_at > len(sent)


# What must be known to the minute lies in the tables that are emptied within the hour.
MINUTES = {("tips_box", "box_until"), ("tips_alarm", "since"), ("tips_alarm", "due_at")}


@dataclass
class Moment:
    """The seconds in which somebody sent a tip and added to it."""

    began: float
    ended: float


@pytest.fixture
def moment(site: RunningSite) -> Moment:
    """That nothing else in the store has, nor any later."""
    before = time.time()
    until(lambda: time.time() > before + 2, 5)
    began = time.time() - 1
    add(site, send_tip(site, what_happened="They keep passports.", danger_now="yes"))
    ended = time.time() + 1
    until(lambda: time.time() > ended + 1, 5)
    return Moment(began, ended)


def test_after_the_hour_no_counter_knows_the_moment(
    site: RunningSite, nobody_tidies: object, moment: Moment
) -> None:
    """With a control: before, PostgreSQL's counters tell it."""
    last_use = (
        "SELECT indexrelname AS name FROM pg_stat_all_indexes WHERE relname LIKE 'tips\\_%%'"
        " AND last_idx_scan BETWEEN to_timestamp(%s) AND to_timestamp(%s)"
    )
    span = moment.began, moment.ended
    until(lambda: store.rows(site, last_use, *span), 30, "its index scans")
    # What came next to it in these seconds is over, and counted.
    until(lambda: time.time() > moment.ended + 12, 20)
    housekeeping_in(site, 4)
    assert not store.rows(site, last_use, *span)


def test_after_a_stop_no_file_knows_the_moment(
    site: RunningSite, nobody_tidies: Callable[[], None], moment: Moment
) -> None:
    """With a control: before, the log of changes, the short-lived tables and their indexes do."""
    span = moment.began, moment.ended
    before = store.timestamps_between(site, *span)
    assert any("pg_wal/" in name for name in before)
    # A connection that is the first after some changes writes this file, and it may be the tip's.
    written = store.data_folder(site) / "global" / "pg_internal.init"
    written.touch()
    os.utime(written, span)
    nobody_tidies()
    assert site.stop() == 0
    try:
        assert not store.timestamps_between(site, *span)
        assert not store.written_between(site, *span)
        assert not (store.data_folder(site) / "pg_stat" / "pgstat.stat").exists()
    finally:
        site.start()


def test_after_the_power_failed_the_next_start_s_housekeeping_evens_it_out(
    site: RunningSite, nobody_tidies: object, moment: Moment
) -> None:
    span = moment.began, moment.ended
    assert site.process
    os.kill(site.process.pid, signal.SIGSTOP)  # it would start PostgreSQL again
    kill(site.postgres())
    site.kill()
    until(lambda: not site.processes(), what="the end of all that it started")
    assert store.timestamps_between(site, *span)
    site.start()
    housekeeping_in(site, 6)
    assert not store.timestamps_between(site, *span)
    assert not store.written_between(site, *span)


def test_a_doors_role_reads_no_counter(site: RunningSite) -> None:
    door = psycopg2.connect(store.public_url(site))
    for view in ("pg_stat_all_tables", "pg_stat_user_indexes", "pg_statio_all_tables"):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege), door.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {view}")
        door.rollback()
    door.close()


def test_the_owner_of_the_store_has_no_clock_of_its_own_for_the_last_look_up(
    site: RunningSite, sent: list[store.Row]
) -> None:
    """PostgreSQL notes when an index was last used; housekeeping uses it every minute."""
    with own_housekeeping.rests(site):
        began = time.time()
        assert site.run("manage", "housekeeping")[0] == 0
    time_of = store.rows(
        site,
        "SELECT extract(epoch FROM coalesce(i.last_idx_scan, s.last_seq_scan)) AS at"
        " FROM pg_stat_user_indexes i JOIN pg_stat_user_tables s USING (relid)"
        " WHERE i.relname = 'tips_tip' AND indexrelname LIKE '%%lookup%%'",
    )
    assert [row["at"] for row in time_of]
    for row in time_of:
        assert float(row["at"]) >= began - 1


def test_the_log_of_the_database_dates_no_sending_that_fails(site: RunningSite) -> None:
    with pytest.raises(psycopg2.OperationalError, match="password"):
        psycopg2.connect(store.public_url(site), password="changed meanwhile")
    log = (site.var / "log" / "postgresql.log").read_text()
    (line,) = {line for line in log.splitlines() if "know_the_signs_public" in line}
    assert not re.search(r"\d:\d", line), line
