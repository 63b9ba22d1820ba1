"""A database that is restarted, whose disk is full, or whose second disk is away."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg2
import pytest

from tests.operations.faults.crowd import (
    Crowd,
    ask,
    at_the_desk,
    each_once,
    post,
    reads,
    references,
)
from tests.running import RunningSite, until
from tips.crypto import receipts


def test_a_restart_of_the_database(own: RunningSite) -> None:
    """As an update of Debian's makes it: it ends its sessions and comes back."""
    before = own.postgres()
    with Crowd(own) as crowd:
        crowd.await_more()
        os.kill(before, signal.SIGINT)
        assert reads(own.port) == 200
        until(lambda: own.healthy() and own.postgres() != before, 30)
        crowd.await_more()
    each_once(crowd)


@pytest.fixture
def on_a_small_disk(tmp_path: Path) -> Iterator[RunningSite]:
    """A site whose store lies on a disk of 400 MB."""
    if os.geteuid() != 0:
        pytest.skip("only root mounts a small disk")
    site = RunningSite().after_first_start()
    whole, small = site.var, site.folder / "small"
    small.mkdir(mode=0o711)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400m,mode=711", "small", small], check=True)
    subprocess.run(["cp", "-a", f"{whole}/.", small], check=True)
    shutil.rmtree(whole)
    small_var = site.folder / "small"
    site.var = small_var
    site.environment["VAR"] = str(small_var)
    yield site.start()
    if site.up:
        site.stop()
    subprocess.run(["umount", "--lazy", small], check=True)
    site.throw_away()


@contextmanager
def full(folder: Path) -> Iterator[None]:
    """Nothing is left of the folder's disk inside."""
    with (folder / "filler").open("wb", buffering=0) as filler, suppress(OSError):
        while True:
            filler.write(bytes(1 << 20))
    with (folder / "filler-2").open("wb", buffering=0) as filler, suppress(OSError):
        while True:
            filler.write(bytes(4096))
    yield
    for name in ("filler", "filler-2"):
        (folder / name).unlink()


def test_a_full_disk_of_the_database(on_a_small_disk: RunningSite) -> None:
    site = on_a_small_disk
    boss = at_the_desk(site)
    with Crowd(site) as crowd:
        crowd.await_more()
        with full(site.var):
            until(lambda: 503 in crowd.refused, 60, "a tip that finds no room")
            assert reads(site.port) == 200
            told = post(site, what_happened="They keep her passport.")
            assert told.status in (200, 503)
            assert "Disk: 0 % free: a full one takes no tip" in boss.get("/desk/").page
            code, said = site.run("doctor")
            assert code == 2
            assert "RED   Disk" in said or "could not be asked" in said
        until(site.healthy, 60)
        crowd.await_more()
    each_once(crowd)


def test_a_repeat_is_answered_by_what_is_durable_alone(own: RunningSite) -> None:
    """The second disk is away: the first sending waits for it in vain and is on one disk alone."""
    page = receipts.new_idempotency_key()
    fields = {"submission": page, "what_happened": "They keep her passport in a drawer."}
    with second_disk_away(own):
        assert post(own, **fields).status == 503
        # Whoever ends its session leaves the tip committed here and nowhere else.
        until(lambda: superuser(own, END_WHO_WAITS) and references(own), what="a tip on one disk")
        assert len(references(own)[receipts.page_digest(page)]) == 1
        repeated = post(own, **fields)
        assert (repeated.status, repeated.reference) == (503, "")
    answer = until(lambda: (told := post(own, **fields)).status == 200 and told, 30)
    assert references(own)[receipts.page_digest(page)] == [answer.reference]
    assert answer.code


def test_a_repeated_message_is_answered_by_what_is_durable_alone(own: RunningSite) -> None:
    code = post(own, what_happened="They keep her passport in a drawer.").code
    fields = {
        "submission": receipts.new_idempotency_key(),
        "code": code,
        "message": "It is in the office now.",
    }
    messages = "SELECT count(*) FROM tips_message"
    before = ask(own, messages)[0]
    with second_disk_away(own):
        assert post(own, "/follow-up/", **fields).status == 503
        until(lambda: superuser(own, END_WHO_WAITS) and ask(own, messages) == [before + 1])
        assert post(own, "/follow-up/", **fields).status == 503
    until(lambda: post(own, "/follow-up/", **fields).status == 200, 30)
    assert ask(own, messages) == [before + 1]


END_WHO_WAITS = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE wait_event = 'SyncRep'
"""


@contextmanager
def second_disk_away(site: RunningSite) -> Iterator[None]:
    superuser(site, "ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
    superuser(site, "SELECT pg_reload_conf()")
    until(lambda: ask(site, "SHOW synchronous_standby_names") == ["nobody"])
    yield
    superuser(site, "ALTER SYSTEM RESET synchronous_standby_names")
    superuser(site, "SELECT pg_reload_conf()")


def superuser(site: RunningSite, statement: str) -> bool:
    connection = psycopg2.connect(site.superuser_url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()
    return True
