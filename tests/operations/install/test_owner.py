"""The owner of an installed server's database makes no role and no database, and needs none."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from slu_antitrafficking import roles
from slu_antitrafficking.operations import server
from slu_antitrafficking.operations.postgres_access import access_by
from slu_antitrafficking.start.options import MANAGE, ROOT
from slu_antitrafficking.start.postgres import programs
from slu_antitrafficking.start.postgres.cluster import SUPERUSER
from slu_antitrafficking.start.postgres.data_folder import DataFolder
from tests.database.acting import superuser

NAME = "installed_here"
SQL = (ROOT / "deploy/postgresql/owner.sql").read_text().replace(server.DATABASE, NAME)
OWNER = server.OWNER_ROLE


def made_by_psql() -> None:
    """As the installation's step does it."""
    password = json.loads((Path(os.environ["VAR"]) / "secrets.json").read_text())["superuser"]
    host = connection.settings_dict["HOST"]
    url = f"postgresql://{SUPERUSER}:{password}@/postgres?host={host}"
    access = access_by(url, programs.find(DataFolder(Path("/nowhere"))).folder)
    command = access.command("psql", "-Xq", "-v", "ON_ERROR_STOP=1")
    subprocess.run(command, env=access.environment, input=SQL, text=True, check=True)


@pytest.fixture
def owner_url(tmp_path: Path) -> Iterator[str]:
    """The database as the installation makes it, twice; by a password, as nobody is its user."""
    with superuser("postgres") as cursor:
        made_by_psql()
        cursor.execute(f"ALTER ROLE {OWNER} CREATEROLE CREATEDB")  # whatever was there before
        made_by_psql()
        cursor.execute(f"ALTER ROLE {OWNER} PASSWORD 'for this test'")
    with superuser(NAME) as cursor:
        roles.make_roles(cursor, OWNER)
        roles.close_catalog(cursor, OWNER)
    host = connection.settings_dict["HOST"]
    yield f"postgresql://{OWNER}:for this test@/{NAME}?host={host}"
    with superuser("postgres") as cursor:
        cursor.execute(f"DROP DATABASE {NAME} WITH (FORCE)")
        for role in (*roles.role_names(NAME), OWNER):
            cursor.execute(f"DROP ROLE {role}")


def manage(owner_url: str, var: Path, *arguments: str) -> tuple[int, str]:
    """As on the server, whose users need no password."""
    told = {"OWNER_DATABASE_URL": owner_url, "OWN_CLUSTER": "1", "VAR": str(var)}
    told |= {"SITE_URL": "http://127.0.0.1", "DESK_URL": "http://127.0.0.1:81", "SERVE": "both"}
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    done = subprocess.run(
        [*MANAGE, *arguments],
        env=environment | told,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_it_prepares_and_keeps_house_and_is_told_when_it_may_make_roles(
    owner_url: str, tmp_path: Path
) -> None:
    for command in ("prepare", "prepare", "housekeeping"):
        code, said = manage(owner_url, tmp_path, command)
        assert code == 0, said
    assert "ok\tRights of the doors\t" in manage(owner_url, tmp_path, "doctor")[1]
    problems = "SELECT string_agg(problem, ' ') FROM tips_upkeep WHERE problem <> ''"
    with superuser(NAME) as cursor:
        cursor.execute(problems)
        assert cursor.fetchone() == (None,)
        cursor.execute(f"ALTER ROLE {OWNER} CREATEROLE")
        cursor.execute(f"GRANT pg_read_server_files TO {OWNER}")
        told = "The owner has CREATEROLE. The owner may act as pg_read_server_files."
        assert f"bad\tRights of the doors\t{told}" in manage(owner_url, tmp_path, "doctor")[1]
        assert manage(owner_url, tmp_path, "housekeeping")[0] == 0
        cursor.execute(problems)
        assert cursor.fetchone() == ("The owner has CREATEROLE. And 1 more.",)


def test_it_names_who_makes_a_role_that_is_missing(owner_url: str, tmp_path: Path) -> None:
    with superuser(NAME) as cursor:
        cursor.execute(f"DROP ROLE {NAME}_eraser")
    code, said = manage(owner_url, tmp_path, "prepare")
    assert code == 1
    assert f"{NAME}_eraser: no such role. As root: cd /opt/know-the-signs/current;" in said
    with superuser(NAME) as cursor:
        roles.make_roles(cursor, OWNER)
    assert manage(owner_url, tmp_path, "prepare")[0] == 0
