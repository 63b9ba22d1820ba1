"""./run run: what it starts, keeps up, refuses and leaves behind."""

import os
import socket
import subprocess
from contextlib import closing, suppress
from pathlib import Path
from signal import SIGKILL, SIGQUIT, Signals

import psycopg2
import pytest

from slu_antitrafficking.start.options import ROOT
from slu_antitrafficking.start.processes import tied_to_us
from tests.running import RunningSite, free_port, kill, until


def answer(port: int, request: bytes, source: str = "127.0.0.1") -> bytes:
    with socket.create_connection(("127.0.0.1", port), 20, (source, 0)) as connection:
        connection.sendall(request)
        return connection.recv(100)


def is_answered(port: int) -> bool:
    """Not what a worker had just taken when it was ended."""
    with suppress(ConnectionResetError):
        return bool(answer(port, b"GET /health/ HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n"))
    return False


def test_a_second_start_on_the_same_folder_is_told_so(site: RunningSite) -> None:
    code, said = site.run("run", PORT=str(free_port()), DESK_PORT=str(free_port()))
    assert (code, said) == (1, f"Know the Signs is already running on {site.var}.\n")
    assert site.healthy()


def test_commands_run_as_the_owner_on_the_running_site(site: RunningSite) -> None:
    code, said = site.run("manage", "shell", "-v0", "-c", SHOW_USER)
    assert (code, said) == (0, "know_the_signs_owner\n")
    assert site.healthy()


def test_a_killed_command_leaves_nothing_running(site: RunningSite) -> None:
    def waits() -> bool:
        return any("manage.py shell" in command for command in site.processes().values())

    with subprocess.Popen(
        ["./run", "manage", "shell", "-v0", "-c", "input()"],
        cwd=ROOT,
        env=site.environment,
        stdin=subprocess.PIPE,
        preexec_fn=tied_to_us(),
    ) as command:
        until(waits)
        command.kill()
        until(lambda: not waits())


SHOW_USER = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT current_user")
    print(cursor.fetchone()[0])
"""


@pytest.mark.parametrize(("serve", "how"), [("public", SIGKILL), ("desk", SIGQUIT)])
def test_a_gunicorn_that_ends_comes_back_and_no_call_is_refused(
    site: RunningSite, serve: str, how: Signals
) -> None:
    before = site.gunicorn(serve)
    os.kill(before, how)
    port = site.port if serve == "public" else site.desk_port
    until(lambda: is_answered(port))  # and raises where it is refused
    until(lambda: before not in site.processes())
    until(lambda: site.gunicorn(serve) != before)
    until(site.healthy)


def test_a_killed_worker_comes_back(site: RunningSite) -> None:
    before = until(lambda: len(site.workers()) == 2 and site.workers())
    for worker in before:
        kill(worker)
    until(lambda: len(site.workers() - before) == 2)
    until(site.healthy)


def test_a_killed_postgresql_comes_back(site: RunningSite) -> None:
    before = site.postgres()
    kill(before)

    def is_another() -> bool:
        with suppress(FileNotFoundError, IndexError):  # in between it is gone, or empty
            return site.postgres() != before
        return False

    until(is_another)
    until(site.healthy)


def test_stopping_leaves_no_process_and_a_second_start_makes_nothing_anew(
    site: RunningSite,
) -> None:
    assert site.stop() == 0
    assert site.processes() == {}
    assert not (site.var / "sockets").exists()
    # As after a power cut: the number of a server is another process's of the same user now.
    data = site.var / "postgres/data"
    other = subprocess.Popen(["sleep", "600"], user=data.stat().st_uid)
    for file in (data / "postmaster.pid", data.parent / "s/.s.PGSQL.5432.lock"):
        file.write_text(f"{other.pid}\n{data}\n1\n5432\n\n\n\nready\n")
    site.start()
    other.kill()
    other.wait()
    assert "The database" not in site.said.read_text()
    assert "Static files" not in site.said.read_text()
    assert site.healthy()


def test_ten_seconds_after_the_starter_is_killed_nothing_is_left(site: RunningSite) -> None:
    site.kill()
    until(lambda: not site.processes(), 10)
    assert all(path.is_socket() for path in site.sockets)
    site.start()
    assert site.healthy()


def test_a_start_right_after_a_kill_waits_for_what_is_left(site: RunningSite) -> None:
    site.kill()
    site.start()
    until(site.healthy)


def test_the_first_start_names_its_file_and_shows_no_secret_without_a_terminal(
    site: RunningSite,
) -> None:
    said = until(lambda: "NOT FINISHED" in site.said.read_text() and site.said.read_text())
    assert str(site.first_start / "first-supervisor.txt") in said
    name, words = site.first["account"]
    assert name == "supervisor"
    assert words not in said
    assert str(site.first_start / "recovery-sheets.html") in said
    for number in (1, 2, 3):
        assert site.first[f"recovery-{number}"][0] not in site.logs()


def test_idle_memory_is_bounded(site: RunningSite) -> None:
    names = ("slu_antitrafficking.start", "gunicorn")
    numbers = [n for n, command in site.processes().items() if any(x in command for x in names)]
    pss = 0
    for number in numbers:
        rollup = Path(f"/proc/{number}/smaps_rollup").read_text()
        pss += int(rollup.split("\nPss:")[1].split()[0])
    assert pss < 200 * 1024, numbers


# It leaves nothing running for the next, which wants it so: a stop and a start take seconds.
def test_a_stop_says_when_times_are_left_on_the_disk(site: RunningSite) -> None:
    with closing(psycopg2.connect(site.owner_url)) as somebody:
        somebody.cursor().execute("LOCK TABLE tips_box IN ACCESS SHARE MODE")
        assert site.stop() == 0
    assert "The times of what was sent in the last hours are still on the disk" in (
        site.said.read_text()
    )
    assert site.processes() == {}
