"""A start that cannot be says why in one sentence, with exit 1 and without a traceback."""

import errno
import socket
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from slu_antitrafficking import known_migrations
from slu_antitrafficking.start import console, options, servers
from slu_antitrafficking.start.postgres.cluster import DATABASE, Cluster
from slu_antitrafficking.start.postgres.database import Embedded
from slu_antitrafficking.start.processes import Log
from slu_antitrafficking.start.state import State
from tests.running import RunningSite, free_port

OFF_LOOPBACK = {"SITE_URL": "https://www.example.org", "DESK_URL": "https://desk.example.org"}


def refused(site: RunningSite, **environment: str) -> str:
    """The one sentence of a start that must fail."""
    code, said = site.run("run", **environment)
    assert code == 1, said
    assert "Traceback" not in said
    # Steps are indented; the sentence is not.
    lines = [line for line in said.splitlines() if not line.startswith((" ", "content: "))]
    assert len(lines) == 1, said
    assert site.processes() == {}
    return lines[0]


def test_a_setting_of_the_start_itself(stopped: RunningSite) -> None:
    assert refused(stopped, PORT="http") == "PORT must be a number from 1 to 65535, not 'http'."


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"PORT": "70000"}, "PORT must be a number from 1 to 65535, not '70000'."),
        ({"WEB_MACHINES": "two"}, "WEB_MACHINES must be a number from 1 to 100, not 'two'."),
        ({"PORT": "9000", "DESK_PORT": "9000"}, "PORT and DESK_PORT must differ; both are 9000."),
        (
            {"DATABASE_URL": "", "DESK_DATABASE_URL": "postgresql://a/b"},
            "DESK_DATABASE_URL goes with DATABASE_URL, the owner's, alone.",
        ),
    ],
)
def test_other_settings_of_the_start_itself(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], sentence: str
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(console.Problem) as refusal:
        options.from_environment()
    assert str(refusal.value) == sentence


def test_a_database_that_is_no_postgresql(stopped: RunningSite) -> None:
    assert refused(stopped, DATABASE_URL="mysql://a/b") == (
        "DATABASE_URL must look like postgresql://user:password@host/name."
    )


def test_a_setting_of_the_site(stopped: RunningSite) -> None:
    assert "SITE_URL must be an address" in refused(stopped, SITE_URL="example.org")


@pytest.mark.parametrize(
    ("settings", "about"),
    [
        ({"DEBUG": "perhaps"}, "DEBUG must be 1 or 0"),
        ({"SITE_URL": "http://example.org", "DESK_URL": "http://desk.example.org"}, "https"),
        ({"SITE_URL": "https://example.org", "DESK_URL": "https://example.org"}, "DESK_URL"),
        (OFF_LOOPBACK | {"DEBUG": "1"}, "DEBUG only runs on loopback."),
        (OFF_LOOPBACK | {"LIVE_RELOAD": "1"}, "DEBUG only runs on loopback."),
    ],
)
def test_other_settings_of_the_site(
    stopped: RunningSite, settings: dict[str, str], about: str
) -> None:
    """As the command hears of them that a start runs first, and says its last words on."""
    places = {"SITE_URL": stopped.url, "DESK_URL": stopped.desk_url, "SECRET_KEY": "x" * 50}
    places["DATABASE_URL"] = "postgresql://a:b@127.0.0.1:1/c"
    checked = subprocess.run(
        [*options.MANAGE, "check"],
        env=stopped.environment | places | settings,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert checked.returncode
    assert about in console.sentence_in(checked.stderr)


def test_live_reload_is_for_this_machine_alone(stopped: RunningSite) -> None:
    assert stopped.run("dev", **OFF_LOOPBACK) == (
        1,
        "./run dev is for this machine alone; unset SITE_URL and DESK_URL"
        " (https://www.example.org).\n",
    )


def test_a_taken_port(stopped: RunningSite) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", stopped.desk_port))
        taken.listen()
        assert refused(stopped) == (
            f"Port {stopped.desk_port} is taken by another program: set DESK_PORT to a free one."
        )


def test_a_folder_that_cannot_be_written(stopped: RunningSite) -> None:
    assert refused(stopped, VAR="/proc/1/nothing").startswith(("No permission", "No such file"))


def test_data_of_another_postgresql(stopped: RunningSite) -> None:
    version = stopped.var / "postgres/data/PG_VERSION"
    right = version.read_text()
    version.write_text("14\n")
    try:
        sentence = refused(stopped)
    finally:
        version.write_text(right)
    assert "was made by PostgreSQL 14, and here is only PostgreSQL 1" in sentence


def test_missing_data_are_never_replaced_by_a_new_database(stopped: RunningSite) -> None:
    data = stopped.var / "postgres"
    away = data.rename(stopped.var / "away")
    try:
        sentence = refused(stopped)
        assert not data.exists()
    finally:
        away.rename(data)
    assert sentence == (
        f"The database's folder {data} is missing: put it back, or set VAR to begin anew."
    )


def test_secrets_of_another_database(stopped: RunningSite) -> None:
    secrets = stopped.var / "secrets.json"
    right = secrets.read_text()
    secrets.write_text(right.replace('"superuser": "', '"superuser": "x'))
    try:
        assert "secrets.json does not fit the database" in refused(stopped)
    finally:
        secrets.write_text(right)


@contextmanager
def postgresql(site: RunningSite) -> Iterator[Cluster]:
    """The stopped site's PostgreSQL alone."""
    state = State(site.var)
    cluster = Embedded(state, Log(state.log / "postgresql.log")).cluster
    cluster.start()
    try:
        yield cluster
    finally:
        cluster.stop()


def content(site: RunningSite, cluster: Cluster) -> dict[str, bytes]:
    """Every file of the store, and the number of its database's next transaction that writes."""
    shown = cluster.folder.run([cluster.programs.folder / "pg_controldata", cluster.folder.data])
    (next_xid,) = (line for line in shown.stdout.splitlines() if "NextXID:" in line)
    apart = {"postgres", "log"}
    files = [
        path for path in site.var.rglob("*") if path.relative_to(site.var).parts[0] not in apart
    ]
    read = {str(path): path.read_bytes() if path.is_file() else b"" for path in files}
    return read | {"next": next_xid.encode()}


def test_a_store_of_a_version_that_was_never_released(stopped: RunningSite) -> None:
    mark = "(app, name, applied) VALUES ('tips', '0001_initial', now())"
    with postgresql(stopped) as cluster, cluster.superuser(DATABASE) as cursor:
        cursor.execute(f"INSERT INTO public.django_migrations {mark}")
    before = content(stopped, cluster)
    try:
        assert refused(stopped) == known_migrations.ANOTHER_VERSION
        assert content(stopped, cluster) == before
        for command in ("prepare", "migrate"):
            code, said = stopped.run("manage", command)
            assert (code, said.splitlines()[-1]) == (1, known_migrations.ANOTHER_VERSION)
            assert content(stopped, cluster) == before
    finally:
        with postgresql(stopped) as cluster, cluster.superuser(DATABASE) as cursor:
            cursor.execute(
                "DELETE FROM public.django_migrations WHERE name = '0001_initial' AND app = 'tips'"
            )


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_called_that(number: int) -> None:
    assert console.sentence_of(OSError(number, "", "/x/y")) == "The disk is full: /x/y"
    said = 'FATAL:  could not write lock file "postmaster.pid": No space left on device\n'
    assert console.sentence_in(said) == "The disk is full."


def test_a_failed_childs_last_words_become_a_sentence() -> None:
    traceback = (
        'Traceback …\n  File "x"\ndjango.core.exceptions.ImproperlyConfigured: DEBUG is odd.\n'
    )
    assert console.sentence_in(traceback) == "DEBUG is odd."
    checks = "SystemCheckError: issues:\n\nERRORS:\n?: (tips.E001) One.\n?: (tips.E002) Two.\n"
    assert console.sentence_in(checks) == "One. Two."


def test_a_database_of_one_s_own_that_does_not_answer(stopped: RunningSite) -> None:
    sentence = refused(stopped, DATABASE_URL="postgresql://a:b@127.0.0.1:1/c")
    assert sentence.startswith("DATABASE_URL: ")
    assert "refused" in sentence


def test_a_silent_client_does_not_hold_a_thread_for_ever():
    with (
        servers.listen("PORT", free_port(), 0) as door,
        socket.create_connection(door.getsockname()),
        door.accept()[0] as connection,
    ):
        waits = connection.getsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, 16)
    assert struct.unpack("@ll", waits) == (servers.SILENCE, 0)
