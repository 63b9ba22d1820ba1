"""Housekeeping's rewriting: cut short anywhere, and beside people who send."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
import pytest

from slu_antitrafficking.start.options import ROOT
from tests.operations import own_housekeeping
from tests.operations.faults.crowd import Crowd, ask, post, references
from tests.running import RunningSite, kill, until
from tips.crypto import receipts

LATER = """
from datetime import timedelta
from django.utils import timezone
from tips.housekeeping import rewriting
rewriting.hourly(timezone.now() + timedelta(hours={hours}))
"""
WAITING = "SELECT query FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '{}%'"
FAILED = "SELECT problem FROM tips_upkeep WHERE name = 'Hourly rewriting' AND problem <> ''"
# PostgreSQL counts a server process's writes a second later, or up to ten when it idles.
IS_COUNTED = """
SELECT sum(n_tup_ins + n_tup_upd + n_tup_del)
  <> coalesce((SELECT mark FROM tips_upkeep WHERE name = 'Hourly rewriting'), -1)
FROM pg_stat_user_tables WHERE relname IN
  ('tips_box', 'tips_alarm', 'tips_tip', 'tips_message', 'tips_photo', 'tips_note', 'tips_event')
"""
AT_WORK = "SELECT query FROM pg_stat_activity WHERE state = 'active' AND query LIKE '{}%'"
NOT_DONE = "SELECT mark = -1 FROM tips_upkeep WHERE name = 'Hourly rewriting'"
# What builds this index while a table is rewritten waits for whoever holds the lock.
STOP = """
CREATE FUNCTION public.stop_in_the_middle(id uuid) RETURNS uuid LANGUAGE plpgsql IMMUTABLE
SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  IF current_query() LIKE 'CLUSTER%' THEN PERFORM pg_advisory_xact_lock_shared(1); END IF;
  RETURN id;
END $$;
CREATE INDEX stop_in_the_middle ON public.{} (public.stop_in_the_middle(id));
SELECT pg_advisory_lock(1);
"""
GO_ON = "DROP FUNCTION IF EXISTS public.stop_in_the_middle CASCADE"
XMINS = "SELECT count(DISTINCT xmin::text)::int FROM {}"


def rewrite(site: RunningSite, hours: int) -> subprocess.Popen[bytes]:
    """Housekeeping at the beginning of an hour, at work."""
    return subprocess.Popen(
        ["./run", "manage", "shell", "-v0", "-c", LATER.format(hours=hours)],
        cwd=ROOT,
        env=site.environment,
    )


@contextmanager
def reading(site: RunningSite, table: str) -> Iterator[None]:
    """Inside, somebody reads the table and does not come to an end."""
    connection = psycopg2.connect(site.owner_url)
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {table}")
        yield
    finally:
        connection.close()


@contextmanager
def stopping_in_the_middle(site: RunningSite, table: str) -> Iterator[None]:
    """Inside, a rewriting of the table stops when its rows are written and its indexes are not."""
    with superuser(site) as cursor:
        cursor.execute(STOP.format(table))
        yield
    until(site.healthy)
    with superuser(site) as cursor:
        cursor.execute(GO_ON)


@contextmanager
def superuser(site: RunningSite) -> Iterator[psycopg2.extensions.cursor]:
    """A cursor whose statements stand at once; its end ends what it holds."""
    connection = psycopg2.connect(site.superuser_url)
    connection.autocommit = True
    try:
        yield connection.cursor()
    finally:
        connection.close()


def in_order(site: RunningSite, table: str) -> bool:
    """Whether the rows lie in the order of their random keys, all of one transaction."""
    ids = ask(site, f"SELECT id::text FROM {table} ORDER BY ctid")
    return ids == sorted(ids) and ask(site, XMINS.format(table)) == [1]


@pytest.fixture
def sent(site: RunningSite) -> int:
    for _ in range(8):
        send(site)
    until(lambda: send(site) and ask(site, IS_COUNTED) == [True], what="writes that are counted")
    return len(references(site))


def send(site: RunningSite) -> str:
    answer = post(site, what_happened="They are watched.")
    assert answer.reference
    return answer.reference


def ours(site: RunningSite, command: str) -> int:
    """The number of the Python process of `./run manage shell`."""
    found = [
        number
        for number, line in site.processes().items()
        if command in line and "manage.py" in line
    ]
    return found[0] if found else 0


@pytest.mark.parametrize("victim", ["housekeeping", "postgres"])
def test_the_run_after_one_that_was_killed_in_the_middle_ends_it(
    site: RunningSite, sent: int, victim: str
) -> None:
    with stopping_in_the_middle(site, "tips_event"):  # the last of the tables
        process = rewrite(site, 1)
        until(lambda: ask(site, WAITING.format("CLUSTER")), 60, "a rewriting in the middle")
        python = until(lambda: ours(site, "shell"), 5, "its process")
        kill(python if victim == "housekeeping" else site.postgres())
        process.wait(20)
    until(site.healthy)
    # Nobody was left to end it, but PostgreSQL ends a statement whose client is gone.
    until(lambda: not ask(site, AT_WORK.format("CLUSTER")), what="the end of the statement")
    with own_housekeeping.waits(site):
        assert in_order(site, "tips_event") == (victim == "housekeeping")
        assert ask(site, NOT_DONE) == [True]
        assert len(references(site)) >= sent
        assert rewrite(site, 1).wait(60) == 0
        assert in_order(site, "tips_tip")
        assert in_order(site, "tips_event")
        assert not ask(site, FAILED)
    assert send(site)


def test_a_reader_who_never_ends_keeps_a_sender_waiting_two_seconds_at_most(
    site: RunningSite, sent: int
) -> None:
    with own_housekeeping.waits(site), reading(site, "tips_tip"):
        process = rewrite(site, 2)
        until(lambda: ask(site, WAITING.format("LOCK TABLE public.tips_tip")), 60, "a rewriting")
        began = time.monotonic()
        send(site)
        waited = time.monotonic() - began
        assert waited < 3, "the lock's limit and a sending"
        assert process.wait(60) == 0
        assert ask(site, FAILED) == [
            "Hourly rewriting did not work (55P03); tried again every minute."
        ]
    with own_housekeeping.waits(site):
        assert rewrite(site, 2).wait(60) == 0
        assert not ask(site, FAILED)
        assert in_order(site, "tips_tip")


def test_nobody_who_sends_meanwhile_is_refused_or_lost(site: RunningSite) -> None:
    with Crowd(site) as crowd:
        crowd.await_more()
        assert rewrite(site, 3).wait(60) == 0
        crowd.await_more()
    assert crowd.refused == []
    stored = references(site)
    for page, reference in crowd.received.items():
        assert stored[receipts.page_digest(page)] == [reference]
