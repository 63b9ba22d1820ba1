"""What each process knows, and who else is let in."""

import os
import stat
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from slu_antitrafficking.start.options import (
    FOR_DOORS,
    FOR_THE_DESK,
    OURS,
    PREFIXES_FOR_DOORS,
    Options,
)
from tests.running import RunningSite


def environment(number: int) -> dict[str, str]:
    lines = Path(f"/proc/{number}/environ").read_bytes().decode().split("\0")
    return dict(line.split("=", 1) for line in lines if "=" in line)


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


def test_a_store_that_was_left_open_is_closed_at_the_next_start(stopped: RunningSite) -> None:
    folders = (stopped.var, stopped.var / "log", stopped.first_start)
    for path in [stopped.var, *(path for folder in folders for path in folder.iterdir())]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    data = stopped.var / "postgres/data"
    data.chmod(0o755)
    stopped.start()
    assert_closed(stopped)
