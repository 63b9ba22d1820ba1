"""DATABASE_URL names the owner on a server that somebody else runs."""

import struct
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import psycopg2
import pytest
from django.db import connection

from slu_antitrafficking.start.console import Problem
from slu_antitrafficking.start.options import Options
from slu_antitrafficking.start.postgres import database
from slu_antitrafficking.start.postgres.database import External
from slu_antitrafficking.start.serve import Site
from slu_antitrafficking.start.state import State
from tests.database.acting import superuser
from tests.operations import own_housekeeping
from tests.running import RunningSite, free_port, until

NAME = "somebody_elses"
ROLES = ("public", "desk", "mail", "functions", "eraser")
Open = Callable[..., External]


def open_to_all(sockets: Path) -> None:
    """As a packaged PostgreSQL's socket is, for doors that run as users of their own."""
    for folder in (sockets, *list(sockets.parents)[:2]):
        folder.chmod(folder.stat().st_mode | 0o011)
    for socket in sockets.glob(".s.PGSQL.*[0-9]"):
        socket.chmod(0o777)


@pytest.fixture
def url() -> Iterator[str]:
    """An empty database beside the tests' own, with an owner who has got nothing else."""
    sockets = connection.settings_dict["HOST"]
    with superuser("postgres") as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        for role in ("owner", *ROLES):
            cursor.execute(f"DROP ROLE IF EXISTS {NAME}_{role}")
        cursor.execute(f"CREATE ROLE {NAME}_owner LOGIN CREATEROLE PASSWORD 'theirs'")
        cursor.execute(f"CREATE DATABASE {NAME} OWNER {NAME}_owner")
        open_to_all(Path(sockets))
        yield f"postgresql://{NAME}_owner:theirs@/{NAME}?host={sockets}"
        # A server that was killed has not yet ended its doors' connections.
        cursor.execute(f"DROP DATABASE {NAME} WITH (FORCE)")
        for role in (*ROLES, "owner"):
            cursor.execute(f"DROP ROLE IF EXISTS {NAME}_{role}")


def options(var: Path, url: str, told: Mapping[str, str]) -> Options:
    addresses = ("http://127.0.0.1", "http://127.0.0.1")
    return Options(var, free_port(), free_port(), *addresses, url, told)


@pytest.fixture
def store(tmp_path: Path, url: str) -> Open:
    """The database as a store of this name starts with it, told these addresses of doors."""

    def choose(name: str = "first", **told: str) -> External:
        chosen = database.choose(options(tmp_path / name, url, told), State(tmp_path / name))
        assert isinstance(chosen, External)
        return chosen

    return choose


def logs_in(url: str) -> bool:
    try:
        psycopg2.connect(url).close()
    except psycopg2.OperationalError:
        return False
    return True


def upkeep(url: str) -> str:
    """What is red about the upkeep of the database."""
    with database.owner(url) as cursor:
        cursor.execute("SELECT string_agg(problem, ' ') FROM tips_upkeep WHERE problem <> ''")
        (said,) = cursor.fetchone()
    return said or ""


def costs_of_a_guess(url: str) -> set[tuple[int, int]]:
    """Passes and bytes of memory of each derivation that stands between words and a key."""
    with database.owner(url) as cursor:
        cursor.execute("SELECT wrapped FROM tips_officerkey")
        heads = [struct.unpack(">BII", wrapped[:9]) for (wrapped,) in cursor.fetchall()]
    assert {version for version, _, _ in heads} == {1}
    return {(passes, memory) for _, passes, memory in heads}


def test_it_serves_from_there_and_rewrites_once_a_superuser_did_what_it_says(
    site: RunningSite, url: str
) -> None:
    """And there as on every site but those of the tests, which shall cost nothing, a guess at
    somebody's words takes three passes over more than 64 MiB (RFC 9106, 4)."""
    other = RunningSite(DATABASE_URL=url)
    other.var = other.folder / ("long" * 30)
    other.environment["VAR"] = str(other.var)
    try:
        other.with_static_of(site).start()
        assert other.healthy()
        assert costs_of_a_guess(url) == {(3, 128 * 1024 * 1024)}
        said = other.said.read_text()
        assert "is too long a name for them; set RUNTIME_DIRECTORY" in said
        _, _, rest = said.partition(f"As a superuser of the database {NAME}, run:\n")
        statements = [line for line in rest.splitlines() if line.endswith(";")]
        assert statements
        with own_housekeeping.rests(other):
            assert "permission denied" in other.run("manage", "housekeeping")[1]
        with superuser(NAME) as cursor:
            for statement in statements:
                cursor.execute(statement)
        until(lambda: other.run("manage", "housekeeping")[0] == 0 and not upkeep(url))
        assert not (other.var / "postgres").exists()
        assert not [c for c in other.processes().values() if "postgres -D" in c]
        assert other.run("manage", "migrate", "--check")[0] == 0
    finally:
        other.throw_away()


def test_a_second_start_uses_the_passwords_that_the_first_made(store: Open) -> None:
    first, again = store(), store()
    first.start()
    again.start()
    assert again.door_urls() == first.door_urls()
    assert all(logs_in(url) for url in again.door_urls().values())


def test_another_store_is_told_so_and_shuts_nobody_out(store: Open) -> None:
    first = store()
    first.start()
    with pytest.raises(Problem, match="has a password that this store did not make") as refused:
        store("other").start()
    assert "PUBLIC_DATABASE_URL, DESK_DATABASE_URL and MAIL_DATABASE_URL" in str(refused.value)
    assert all(logs_in(url) for url in first.door_urls().values())
    # A second machine: told the addresses of the first.
    told = store("other", **first.door_urls())
    told.start()
    assert told.door_urls() == first.door_urls()


def test_told_addresses_that_do_not_fit_are_named_and_no_password_is_set(store: Open) -> None:
    first = store()
    first.start()
    urls = first.door_urls()
    with pytest.raises(Problem, match=r"^DESK_DATABASE_URL: .*password authentication failed"):
        store("other", **urls | {"desk": first.url(f"{NAME}_desk", "wrong")}).start()
    with pytest.raises(Problem, match=rf"^PUBLIC_DATABASE_URL must log in as {NAME}_public\.$"):
        store("other", **urls | {"public": urls["desk"]}).start()
    assert all(logs_in(url) for url in urls.values())


def test_another_version_s_database_is_left_as_it_is(store: Open, url: str) -> None:
    with database.owner(url) as cursor:
        cursor.execute(
            "CREATE TABLE django_migrations (app text, name text);"
            " INSERT INTO django_migrations VALUES ('tips', '0001_initial')"
        )
    with pytest.raises(Problem, match="never released"):
        store().start()
    with database.owner(url) as cursor:
        cursor.execute(
            "SELECT FROM pg_roles WHERE starts_with(rolname, %s) AND rolname <> current_user",
            (NAME,),
        )
        assert not cursor.rowcount


@pytest.mark.parametrize("own_cluster", [True, False])
def test_housekeeping_alone_knows_the_addresses_of_both_doors(url: str, own_cluster: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        var = Path(folder) / "var"
        site = Site(options(var, "" if own_cluster else url, {}), State(var), patience=0)
        urls = site.database.door_urls()
        knows = site.housekeeper.environment
        assert {kind: knows[f"{kind.upper()}_DATABASE_URL"] for kind in urls} == urls
        assert knows.get("OWN_CLUSTER") == ("1" if own_cluster else None)
        assert not {"PUBLIC_DATABASE_URL", "DESK_DATABASE_URL", "OWN_CLUSTER"} & site.owner.keys()
        site.stop()
