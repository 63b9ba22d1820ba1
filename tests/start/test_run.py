"""./run run: what it starts, keeps up, refuses and leaves behind."""

import fcntl
import os
import pty
import re
import select
import socket
import stat
import subprocess
import termios
import time
from contextlib import closing
from pathlib import Path
from signal import SIGKILL, SIGQUIT, Signals

import psycopg2
import pytest

from slu_antitrafficking.start.options import (
    FOR_DOORS,
    FOR_THE_DESK,
    OURS,
    PREFIXES_FOR_DOORS,
    ROOT,
    Options,
)
from slu_antitrafficking.start.processes import LIMIT, Log, tied_to_us
from tests.running import RunningSite, free_port, kill, until


def environment(number: int) -> dict[str, str]:
    lines = Path(f"/proc/{number}/environ").read_bytes().decode().split("\0")
    return dict(line.split("=", 1) for line in lines if "=" in line)


def answer(port: int, request: bytes, source: str = "127.0.0.1") -> bytes:
    with socket.create_connection(("127.0.0.1", port), 20, (source, 0)) as connection:
        connection.sendall(request)
        return connection.recv(100)


def test_each_door_knows_only_its_own_secrets(site: RunningSite) -> None:
    public, desk = (environment(site.gunicorn(serve)) for serve in ("public", "desk"))
    everybody_else_s = {"OWNER_DATABASE_URL", "PUBLIC_DATABASE_URL", "DESK_DATABASE_URL"}
    assert not everybody_else_s & (public | desk).keys()
    assert public["SECRET_KEY"] != desk["SECRET_KEY"]
    assert public["DATABASE_URL"].startswith("postgresql://know_the_signs_public:")
    assert desk["DATABASE_URL"].startswith("postgresql://know_the_signs_desk:")


def test_a_door_knows_nothing_else_that_the_starter_was_told(site: RunningSite) -> None:
    assert site.process
    told = environment(site.process.pid).keys()
    assert "A_SECRET_OF_ROOT_S_SHELL" in told
    for serve in ("public", "desk"):
        known = environment(site.gunicorn(serve)).keys()
        its_own = FOR_THE_DESK if serve == "desk" else set()
        assert known <= FOR_DOORS | OURS | its_own | {
            n for n in told if n.startswith(PREFIXES_FOR_DOORS)
        }


@pytest.mark.parametrize("serve", ["public", "desk"])
def test_the_desk_s_door_alone_knows_that_mail_leaves_and_none_a_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, serve: str
) -> None:
    mail = {"EMAIL_URL": "smtp://us:secret@mail.example:587?tls=1&from=a@b.example"}
    mail |= {"DESK_EMAIL": "desk@example.org"}
    mail |= {"DUTY_EMAIL": "duty@example.org", "ALARM_URL": "https://gateway.example.org/secret"}
    for name, value in mail.items():
        monkeypatch.setenv(name, value)
    options = Options(tmp_path, 1, 2, "http://127.0.0.1:1", "http://127.0.0.1:2", "")
    known = options.door_environment(SERVE=serve)
    told = mail | {
        "EMAIL_URL": "smtp://mail.example:587",
        "ALARM_URL": "https://gateway.example.org",
    }
    assert {name: known[name] for name in mail if name in known} == (
        told if serve == "desk" else {}
    )


def test_a_door_can_fill_no_disk_with_notifications_that_nobody_reads(site: RunningSite) -> None:
    with closing(psycopg2.connect(site.owner_url)) as connection, connection.cursor() as cursor:
        if connection.server_version >= 170_000:
            cursor.execute("SHOW max_notify_queue_pages")
            assert cursor.fetchall() == [("64",)]


def test_nobody_else_can_read_what_it_keeps(site: RunningSite) -> None:
    assert_closed(site)


def assert_closed(site: RunningSite) -> None:
    """Root's store may be passed through by the users of PostgreSQL and of the doors."""
    names = ("secrets.json", "lock", "pg-id", *(path.name for path in site.first_start.iterdir()))
    for name in names:
        path = site.first_start / name
        path = path if path.exists() else site.var / name
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, name
    folders = {"log": 0o700, "postgres/data": 0o700, "postgres": 0o700, "postgres/s": 0o700}
    if os.geteuid() == 0:
        folders |= {".": 0o711, "postgres": 0o710, "postgres/s": 0o710}
        assert not stat.S_IMODE(site.first_start.stat().st_mode) & 0o044
    if site.doors_are_apart:
        folders["first-start"] = 0o731
    for folder, mode in folders.items():
        assert stat.S_IMODE((site.var / folder).stat().st_mode) == mode, folder
    for file in (site.var / "log").iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file


def test_the_database_lets_nobody_in_without_the_password(site: RunningSite) -> None:
    sockets = site.var / "postgres/s"
    for user in ("postgres", "know_the_signs_owner", "know_the_signs_public"):
        with pytest.raises(psycopg2.OperationalError, match="password"):
            psycopg2.connect(host=str(sockets), user=user, dbname="know_the_signs", password="x")
    assert [file.name for file in sockets.iterdir() if file.is_socket()] == [".s.PGSQL.5432"]


def test_the_owner_is_no_superuser(site: RunningSite) -> None:
    connection = psycopg2.connect(site.owner_url)
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False, False)
    connection.close()


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
    assert answer(port, b"GET /health/ HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
    until(lambda: before not in site.processes())
    until(lambda: site.gunicorn(serve) != before)
    until(site.healthy)


def test_a_killed_worker_comes_back(site: RunningSite) -> None:
    master = site.gunicorn("public")

    def workers() -> set[int]:
        names = [Path(f"/proc/{master}/task/{master}/children").read_text()]
        return {int(number) for number in " ".join(names).split()}

    before = until(lambda: len(workers()) == 2 and workers())
    for worker in before:
        kill(worker)
    until(lambda: len(workers() - before) == 2)
    until(site.healthy)


def test_a_killed_postgresql_comes_back(site: RunningSite) -> None:
    before = site.postgres()
    kill(before)
    until(
        lambda: (site.var / "postgres/data/postmaster.pid").exists() and site.postgres() != before
    )
    until(site.healthy)


def test_stopping_leaves_no_process_and_a_second_start_takes_seconds(site: RunningSite) -> None:
    assert site.stop() == 0
    assert site.processes() == {}
    assert not (site.var / "sockets").exists()
    # As after a power cut: the number of a server is another process's of the same user now.
    data = site.var / "postgres/data"
    other = subprocess.Popen(["sleep", "600"], user=data.stat().st_uid)
    for file in (data / "postmaster.pid", data.parent / "s/.s.PGSQL.5432.lock"):
        file.write_text(f"{other.pid}\n{data}\n1\n5432\n\n\n\nready\n")
    began = time.monotonic()
    site.start()
    other.kill()
    other.wait()
    # On a machine that has nothing else to do; the tests may share theirs.
    busy = max(1, os.getloadavg()[0] / (os.cpu_count() or 1))
    assert time.monotonic() - began < 5 * busy
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


MALFORMED = (
    b"GARBAGE-word\r\n\r\n",
    b"GET /secret-word HTTP/9.9\r\n\r\n",
    b"GET /secret-word HTTP/1.1\r\nHost: 127.0.0.1\r\nBad header secret-word\r\n\r\n",
    b"POST /secret-word HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\nsecret-word",
    b"POST /secret-word HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: odd\r\n\r\nsecret-word",
    b"GET /" + b"secret-word" * 1000 + b" HTTP/1.1\r\n\r\n",
    b"GET /secret-word HTTP/1.1\r\nHost: secret-word.example\r\n\r\n",
)


def test_malformed_requests_leave_no_address_and_no_word_in_any_log(site: RunningSite) -> None:
    files = [site.var / "log" / f"{serve}.log" for serve in ("public", "desk")]

    def are_left_alone() -> bool:
        before = [file.stat().st_mtime_ns for file in files]
        for port in (site.port, site.desk_port):
            for request in MALFORMED:
                answer(port, request, source="127.77.7.7")
        return [file.stat().st_mtime_ns for file in files] == before

    until(are_left_alone, 30, "logs in which no worker says any more that it starts")
    logs = site.logs()
    assert "127.77.7.7" not in logs
    assert "secret-word" not in logs
    assert "GARBAGE" not in logs


def test_no_line_of_a_door_has_a_minute(site: RunningSite) -> None:
    for serve in ("public", "desk"):
        log = (site.var / "log" / f"{serve}.log").read_text()
        assert "Booting worker" in log
        assert not re.findall(r".*\d\d:\d\d.*", log)


@pytest.mark.parametrize("header", ["SCRIPT_NAME", "PATH_INFO", "Script-Name"])
def test_no_header_moves_the_site(site: RunningSite, header: str) -> None:
    request = f"GET /contact/ HTTP/1.0\r\nHost: 127.0.0.1\r\n{header}: /elsewhere\r\n\r\n"
    for place in (("127.0.0.1", site.port), str(site.sockets[0])):
        with socket.socket(socket.AF_UNIX if isinstance(place, str) else socket.AF_INET) as line:
            line.settimeout(5)
            line.connect(place)
            line.sendall(request.encode())
            page = b"".join(iter(lambda: line.recv(65536), b""))
        assert page.startswith(b"HTTP/1.0 200")
        assert b"/elsewhere" not in page


def test_as_much_as_a_proxy_lets_through_is_answered_by_the_site_itself(site: RunningSite) -> None:
    many = "".join(f"X-{number}: {'x' * 400}\r\n" for number in range(75))
    long = f"GET /{'x' * 8000} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n"
    assert answer(site.port, long.encode()).startswith(b"HTTP/1.0 404")
    whole = f"GET /contact/ HTTP/1.0\r\nHost: 127.0.0.1\r\nX-Long: {'x' * 8000}\r\n{many}\r\n"
    assert answer(site.port, whole.encode()).startswith(b"HTTP/1.0 200")


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


def test_logs_are_turned_over(tmp_path: Path) -> None:
    log = Log(tmp_path / "a.log")
    held = log.open()
    for letter in "abcde":
        os.write(held, letter.encode() * LIMIT)
        log.turn_over()
    os.write(held, b"now")
    os.close(held)
    assert {file.name: file.read_text()[:3] for file in tmp_path.iterdir()} == {
        "a.log": "now",
        "a.log.1": "eee",
        "a.log.2": "ddd",
        "a.log.3": "ccc",
    }


# Each leaves nothing running for the next, which wants it so: a stop and a start take seconds.


def test_a_stop_says_when_times_are_left_on_the_disk(site: RunningSite) -> None:
    with closing(psycopg2.connect(site.owner_url)) as somebody:
        somebody.cursor().execute("LOCK TABLE tips_box IN ACCESS SHARE MODE")
        assert site.stop() == 0
    assert "The times of what was sent in the last hours are still on the disk" in (
        site.said.read_text()
    )
    assert site.processes() == {}


def test_a_terminal_is_shown_the_words_and_takes_two_sheets_back(stopped: RunningSite) -> None:
    files = [
        stopped.first_start / name for name in ("first-supervisor.txt", "recovery-sheets.html")
    ]
    kept = [file.read_bytes() for file in files]
    one, two, three = (stopped.first[f"recovery-{number}"][0] for number in (1, 2, 3))
    with Terminal(stopped) as terminal:
        said = terminal.until("Type one sheet back from the paper")
        for words in (stopped.first["account"][1], one, two, three):
            assert words in said
        assert stopped.healthy()
        terminal.type(f"{two}\n")
        terminal.until("Type another sheet back from the paper")
        terminal.type("academic acid\n")
        terminal.until("Second sheet: A sheet has 33 words; here are 2.")
        terminal.until("Type one sheet back from the paper")
        assert all(file.exists() for file in files)
        terminal.type(f"{three}\n")
        terminal.until("Type another sheet back from the paper")
        terminal.type(f"{one}\n")
        until(lambda: not any(file.exists() for file in files))
        terminal.type("\x03")
        terminal.until("Stopping.")
        assert terminal.process.wait(60) == 0
    assert stopped.processes() == {}
    # Other tests have use for them.
    for file, text in zip(files, kept, strict=True):
        file.write_bytes(text)
        file.chmod(0o600)


def test_enter_leaves_the_sheets_for_later(stopped: RunningSite) -> None:
    with Terminal(stopped) as terminal:
        terminal.until("Type one sheet back from the paper")
        terminal.type("\n")
        terminal.until(f"Later, then: at {stopped.desk_url}/desk/recovery/")
        terminal.type("\x03")
        assert terminal.process.wait(60) == 0
    assert (stopped.first_start / "first-supervisor.txt").exists()


def test_a_store_that_was_left_open_is_closed_at_the_next_start(stopped: RunningSite) -> None:
    folders = (stopped.var, stopped.var / "log", stopped.first_start)
    for path in [stopped.var, *(path for folder in folders for path in folder.iterdir())]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    data = stopped.var / "postgres/data"
    data.chmod(0o755)
    stopped.start()
    assert_closed(stopped)


class Terminal:
    """`./run run` as somebody at a terminal sees it."""

    def __init__(self, site: RunningSite) -> None:
        self._ours, theirs = pty.openpty()
        tie = tied_to_us()
        self.process = subprocess.Popen(
            ["./run", "run"],
            cwd=ROOT,
            env=site.environment,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            preexec_fn=lambda: (tie(), fcntl.ioctl(0, termios.TIOCSCTTY, 0)),
        )
        os.close(theirs)

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(60)
        os.close(self._ours)

    def until(self, words: str) -> str:
        """All that is said until these words."""
        said = b""

        def heard() -> bool:
            nonlocal said
            if select.select([self._ours], [], [], 0)[0]:
                said += os.read(self._ours, 4096)
            return words.encode() in said

        until(heard, 120, words)
        return said.decode()

    def type(self, text: str) -> None:
        """Keys pressed."""
        os.write(self._ours, text.encode())
