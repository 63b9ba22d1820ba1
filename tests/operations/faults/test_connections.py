"""Very many connections to nginx, and its restart, while tips are being sent."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import nginx
from tests.operations import half_sent
from tests.operations.faults.crowd import Crowd, each_once, reads
from tests.running import RunningSite, until


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
        with Crowd(Behind(site, front)) as crowd:  # type: ignore[arg-type]
            crowd.await_more()
        until(lambda: half_sent.closed(lines) == 3_000, 60, "the end of each")
        assert reads(front) == 200
    each_once(crowd)


def test_a_thousand_idle_connections(front: int, site: RunningSite) -> None:
    with half_sent.connections(front, 1_000, begin=b"") as lines:
        assert {reads(front) for _ in range(20)} == {200}
        with Crowd(Behind(site, front)) as crowd:  # type: ignore[arg-type]
            crowd.await_more()
        assert half_sent.closed(lines) < 1_000
    each_once(crowd)


def test_a_restart_of_nginx(site: RunningSite, tmp_path: Path) -> None:
    """Whoever sends just then sends again, and is received once."""
    tmp_path.chmod(0o755)
    with nginx.operators(tmp_path, f"127.0.0.1:{site.port}") as ports:
        with Crowd(Behind(site, ports.site)) as crowd:  # type: ignore[arg-type]
            crowd.await_more()
            number = tmp_path / "nginx.pid"
            os.kill(int(number.read_text()), signal.SIGQUIT)
            # Its last act, when nobody is answered any more: it would take the next one's away.
            until(lambda: not number.exists())
            assert reads(ports.site) == 0
            again = [nginx.program(), "-p", tmp_path, "-c", tmp_path / "operators.conf"]
            subprocess.run(again, check=True)
            crowd.await_more()
        os.kill(int((tmp_path / "nginx.pid").read_text()), signal.SIGQUIT)
    each_once(crowd)


class Behind:
    """The site, reached by another port."""

    def __init__(self, site: RunningSite, port: int) -> None:
        self.site, self.port = site, port

    def __getattr__(self, name: str) -> object:
        return getattr(self.site, name)
