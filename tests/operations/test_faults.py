"""What may happen to one machine while tips are being sent.

Of each: no acknowledged tip is lost or there twice, the pages about the subject stay, and the
service is back without a hand. What dies by a kill is in tests/operations/faults.
"""

import http.client
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg2
import pytest

from bench import nginx
from tests.operations import half_sent
from tests.operations.exchanged import folder_with
from tests.operations.faults.crowd import Crowd, ask, post, references
from tests.running import RunningSite, until
from tips.crypto import receipts

PAGE = "/signs/"


@pytest.fixture
def own(tmp_path: Path) -> Iterator[RunningSite]:
    """A site of its own, for what nobody else should suffer."""
    site = RunningSite().after_first_start().start()
    yield site
    site.throw_away()


def each_once(crowd: Crowd) -> None:
    stored = references(crowd.site)
    assert crowd.received
    for page, reference in crowd.received.items():
        assert stored[receipts.page_digest(page)] == [reference]


def reads(port: int, path: str = PAGE) -> int:
    """The status of a page; 0 for no answer within five seconds."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        line.request("GET", path)
        return line.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        line.close()


# The database


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
    with Crowd(site) as crowd:
        crowd.await_more()
        with full(site.var):
            until(lambda: 503 in crowd.refused, 60, "a tip that finds no room")
            assert reads(site.port) == 200
            told = post(site, what_happened="They keep her passport.")
            assert told.status in (200, 503)
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


# Its clock


FAKETIME = """export LD_PRELOAD={library} FAKETIME_TIMESTAMP_FILE={file} FAKETIME_CACHE_DURATION=1
export FAKETIME_DONT_FAKE_MONOTONIC=1
exec $REAL/postgres "$@"
"""


@pytest.fixture
def with_a_clock(own: RunningSite) -> tuple[RunningSite, Path]:
    """A site, and the file that says how far its database's clock is ahead."""
    (library,) = Path("/usr/lib").glob("*/faketime/libfaketime.so.1")
    clock = own.folder / "clock"
    script = FAKETIME.format(library=library, file=clock)
    own.environment["PG_BIN"] = str(folder_with(own, "postgres", script))
    clock.write_text("+0d")
    clock.chmod(0o644)
    own.stop()
    return own.start(), clock


def test_a_database_clock_three_days_ahead_and_back(with_a_clock) -> None:
    site, clock = with_a_clock
    now = "SELECT extract(epoch FROM clock_timestamp())"
    (true,) = ask(site, now)
    with Crowd(site) as crowd:
        crowd.await_more()
        clock.write_text("+3d")
        until(lambda: ask(site, now)[0] > true + 2 * 86_400, 30, "the clock ahead")
        crowd.await_more()
        assert reads(site.port) == 200
        clock.write_text("+0d")
        until(lambda: ask(site, now)[0] < true + 86_400, 30, "the clock back")
        crowd.await_more()
    each_once(crowd)
    code, said = site.run("manage", "housekeeping")
    assert code == 0, said
    each_once(crowd)
    assert "the newest event lies in the future" in site.run("doctor")[1]
    with http_desk(site) as word:
        assert word == (503, "red")


@contextmanager
def http_desk(site: RunningSite) -> Iterator[tuple[int, str]]:
    line = http.client.HTTPConnection("127.0.0.1", site.desk_port, timeout=10)
    line.request("GET", "/desk/health/")
    answer = line.getresponse()
    yield answer.status, answer.read().decode()
    line.close()


# Connections


@pytest.fixture
def front(site: RunningSite, tmp_path: Path) -> Iterator[int]:
    """The port of an nginx as it is shipped, before the site."""
    tmp_path.chmod(0o755)
    with nginx.operators(tmp_path, f"127.0.0.1:{site.port}") as ports:
        yield ports.site


def test_three_thousand_half_sent_requests(front: int, site: RunningSite) -> None:
    with half_sent.connections(front, 3_000) as lines:
        for _ in range(20):
            assert reads(front) == 200
        with Crowd(site) as crowd:
            crowd.await_more()
        until(lambda: half_sent.closed(lines) == 3_000, 60, "the end of each")
        assert reads(front) == 200
    each_once(crowd)


def test_a_thousand_idle_connections(front: int, site: RunningSite) -> None:
    with half_sent.connections(front, 1_000, begin=b"") as lines:
        assert {reads(front) for _ in range(20)} == {200}
        assert half_sent.closed(lines) < 1_000


def test_a_restart_of_nginx(site: RunningSite, tmp_path: Path) -> None:
    """Whoever sends just then sends again, and is received once."""
    tmp_path.chmod(0o755)
    with nginx.operators(tmp_path, f"127.0.0.1:{site.port}") as ports:
        with Crowd(Behind(site, ports.site)) as crowd:  # type: ignore[arg-type]
            crowd.await_more()
            os.kill(int((tmp_path / "nginx.pid").read_text()), signal.SIGQUIT)
            until(lambda: reads(ports.site) == 0)
            again = [nginx.program(), "-p", tmp_path, "-c", tmp_path / "operators.conf"]
            subprocess.run(again, check=True)
            crowd.await_more()
        os.kill(int((tmp_path / "nginx.pid").read_text()), signal.SIGQUIT)
    crowd.site = site
    each_once(crowd)


class Behind:
    """The site, reached by another port."""

    def __init__(self, site: RunningSite, port: int) -> None:
        self.site, self.port = site, port

    def __getattr__(self, name: str) -> object:
        return getattr(self.site, name)


# Power


def test_ten_power_cuts_in_the_middle_of_sendings(own: RunningSite, tmp_path: Path) -> None:
    """Every process is stopped at once and the store copied; what was acknowledged is in each copy.

    A copy cannot see a missing fsync: `./run doctor` looks whether it is on.
    """
    copies = []
    with Crowd(own) as crowd:
        for number in range(10):
            crowd.await_more(5)
            with stopped(own):
                acknowledged = dict(crowd.received)
                copy = tmp_path / f"copy-{number}"
                subprocess.run(["cp", "-a", own.var, copy], check=True)
            copies.append((copy, acknowledged))
    each_once(crowd)
    for copy, acknowledged in copies:
        again = RunningSite()
        copy.rename(again.var)
        try:
            again.start()
            stored = references(again)
            for page, reference in acknowledged.items():
                assert stored[receipts.page_digest(page)] == [reference]
            assert post(again, what_happened="After the cut.").status == 200
        finally:
            again.throw_away()


@contextmanager
def stopped(site: RunningSite) -> Iterator[None]:
    """No process of the store moves inside."""

    def every(number: signal.Signals) -> set[int]:
        found = set(site.processes()) | {site.postgres()}
        assert site.process
        for one in found | {site.process.pid}:
            with suppress(ProcessLookupError):
                os.kill(one, number)
        return found

    try:
        before = every(signal.SIGSTOP)
        while (now := every(signal.SIGSTOP)) != before:
            before = now
        yield
    finally:
        every(signal.SIGCONT)
