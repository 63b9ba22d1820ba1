"""A database whose clock runs ahead while tips are being sent, and goes back."""

import http.client
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.operations.exchanged import folder_with
from tests.operations.faults.crowd import Crowd, ask, at_the_desk, each_once, reads
from tests.running import RunningSite, until

FAKETIME = """export LD_PRELOAD={library} FAKETIME_TIMESTAMP_FILE={file} FAKETIME_CACHE_DURATION=1
export FAKETIME_DONT_FAKE_MONOTONIC=1
exec $REAL/postgres "$@"
"""


AHEAD = "SELECT max(at) > now() - interval '1 day' FROM tips_event"


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
        # Each session looks at its clock by itself.
        until(lambda: ask(site, AHEAD) == [True], 30, "a tip of the day after tomorrow")
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
    start = at_the_desk(site).get("/desk/").page
    assert "Database&#x27;s clock: the newest event lies in the future" in start


@contextmanager
def http_desk(site: RunningSite) -> Iterator[tuple[int, str]]:
    line = http.client.HTTPConnection("127.0.0.1", site.desk_port, timeout=10)
    line.request("GET", "/desk/health/")
    answer = line.getresponse()
    yield answer.status, answer.read().decode()
    line.close()
