"""The doors' unix sockets: who may connect, whose word counts there, and what is left behind."""

import os
import stat
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from bench import nginx
from slu_antitrafficking.start import unix_sockets
from slu_antitrafficking.start.console import Problem
from tests.attacks.visitor import Answer, Visitor
from tests.running import RunningSite, until
from tips.admin.accounts import login


def test_both_doors_answer_at_their_sockets_and_the_start_names_them(site: RunningSite) -> None:
    public, desk = site.sockets
    assert site.healthy()
    assert f"{public} and {desk}" in site.said.read_text()


def test_nobody_but_the_owner_and_the_proxy_s_group_may_connect(site: RunningSite) -> None:
    folder = site.var / "sockets"
    closed = 0o710 if os.geteuid() == 0 else 0o700
    assert stat.S_IMODE(folder.stat().st_mode) == closed
    for path in site.sockets:
        assert stat.S_IMODE(path.stat().st_mode) == 0o660
        assert path.stat().st_gid == folder.stat().st_gid


@pytest.fixture
def proxied(site: RunningSite, tmp_path: Path) -> Iterator[nginx.Ports]:
    """A real nginx before the sockets, as its package's user where we are root."""
    own = Path(tempfile.gettempdir())  # of this run; one side of several has a folder more
    for folder in (tmp_path, *tmp_path.parents):
        if folder == own or own not in folder.parents:
            break
        folder.chmod(folder.stat().st_mode | 0o711)
    user = "www-data" if os.geteuid() == 0 else ""
    public, desk = (f"unix:{path}" for path in site.sockets)
    with nginx.operators(tmp_path, public, desk, user=user) as ports:
        yield ports


def wrong_words(url: str, source: str, **headers: str) -> Answer:
    """A log-in with words that open nothing."""
    visitor = Visitor(source, **headers)
    visitor.ask(f"{url}/desk/login/")
    token = visitor.jar["desk-csrf"]
    fields = {
        "username": "by-the-socket",
        "password": "not these words",
        "csrfmiddlewaretoken": token,
    }
    return visitor.send(f"{url}/desk/login/", **fields)


def has_to_wait(answer: Answer) -> bool:
    waits = "Too many wrong tries" in answer.page
    assert waits or login.WRONG in answer.page
    return waits


def test_a_visitor_s_network_is_what_nginx_says_at_the_socket_and_the_peer_elsewhere(
    site: RunningSite, proxied: nginx.Ports
) -> None:
    desk = f"http://127.0.0.1:{proxied.desk}"
    assert Visitor().ask(f"http://127.0.0.1:{proxied.site}/contact/").status == 200
    for number in range(3):
        spoofed = {"X_Real_IP": f"192.0.2.{number}"}
        assert not has_to_wait(wrong_words(site.desk_url, "127.0.0.2", **spoofed))
    # From here on 127.0.0.2 has to wait, at the port and through nginx, and nobody else.
    for url in (site.desk_url, desk):
        # On a slow machine the first wait, of two seconds, is over before it is seen; each doubles.
        again = partial(wrong_words, url, "127.0.0.2", X_Real_IP="192.0.2.3")
        until(lambda: has_to_wait(again()))  # noqa: B023
    assert not has_to_wait(wrong_words(desk, "127.0.0.3", X_Real_IP="127.0.0.2"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as somebody else")
def test_nobody_s_nginx_is_not_let_in(site: RunningSite, tmp_path: Path) -> None:
    own = Path(tempfile.gettempdir())  # of this run; one side of several has a folder more
    for folder in (tmp_path, *tmp_path.parents):
        if folder == own or own not in folder.parents:
            break
        folder.chmod(folder.stat().st_mode | 0o711)
    public, desk = (f"unix:{path}" for path in site.sockets)
    with nginx.operators(tmp_path, public, desk, user="nobody nogroup") as ports:
        answer = Visitor().ask(f"http://127.0.0.1:{ports.site}/contact/")
        # 403 where the page that it would show instead lies in a folder closed to it, too.
        assert answer.status == 403 or answer.status >= 500


@pytest.fixture
def folder() -> Iterator[Path]:
    """One with a short name, as sockets need it."""
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def test_a_name_may_have_as_many_bytes_as_the_system_takes(folder: Path) -> None:
    room = unix_sockets.LONGEST - len(os.fsencode(folder / "x" / "public.sock")) + 1
    longest = folder / ("x" * room)
    longest.mkdir()
    unix_sockets.listen(longest, "public", 0).close()
    assert unix_sockets.fit(longest)
    too_long = folder / ("x" * (room + 1))
    too_long.mkdir()
    assert not unix_sockets.fit(too_long)
    with pytest.raises(OSError, match="too long"):
        unix_sockets.listen(too_long, "public", 0)


def test_another_s_socket_is_not_taken_away(folder: Path) -> None:
    with unix_sockets.listen(folder, "desk", 0):
        with pytest.raises(Problem, match=r"taken by another program: set RUNTIME_DIRECTORY"):
            unix_sockets.listen(folder, "desk", 0)
        assert (folder / "desk.sock").is_socket()
    unix_sockets.listen(folder, "desk", 0).close()


def test_what_is_no_socket_is_not_replaced(folder: Path) -> None:
    (folder / "desk.sock").write_text("somebody's")
    with pytest.raises(Problem, match="is no socket: move it away"):
        unix_sockets.listen(folder, "desk", 0)
