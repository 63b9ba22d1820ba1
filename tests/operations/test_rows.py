"""Rows of a backup are filled into an empty database, whole or not at all."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection

from slu_antitrafficking.operations.opened_backup import ROWS
from slu_antitrafficking.operations.postgres_access import access_by
from slu_antitrafficking.start.options import MANAGE
from slu_antitrafficking.start.postgres import programs
from slu_antitrafficking.start.postgres.data_folder import DataFolder
from tests.database.acting import ask, superuser

pytestmark = pytest.mark.django_db
NEW = "filled_here"
Load = Callable[[bytes], tuple[int, str]]


@pytest.fixture
def stream() -> bytes:
    """Of the tests' own database, as it comes out of a backup."""
    access = access_by(url(""), programs.find(DataFolder(Path("/nowhere"))).folder)
    command = access.command("psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-f", "-")
    done = subprocess.run(
        command, env=access.environment, input=ROWS.encode(), capture_output=True, check=True
    )
    return done.stdout


def url(name: str) -> str:
    """The suite's database of this name, as its owner."""
    told = connection.settings_dict
    owner = f"{told['USER']}:{told['PASSWORD']}"
    return f"postgresql://{owner}@/{name or told['NAME']}?host={told['HOST']}"


@pytest.fixture
def load(stream: bytes) -> Iterator[Load]:
    """What `load_rows` answers to a stream, and an empty database for it."""
    with superuser("postgres") as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {NEW} WITH (FORCE)")
        cursor.execute(f'CREATE DATABASE {NEW} OWNER "{connection.settings_dict["USER"]}"')

        def answer(rows: bytes) -> tuple[int, str]:
            environment = os.environ | {"SERVE": "both", "OWNER_DATABASE_URL": url(NEW)}
            done = subprocess.run(
                [*MANAGE, "load_rows"],
                env=environment,
                input=rows,
                capture_output=True,
                check=False,
            )
            return done.returncode, (done.stdout + done.stderr).decode()

        yield answer
        cursor.execute(f"DROP DATABASE {NEW} WITH (FORCE)")


MADE = """
SELECT indrelid::regclass::text, pg_get_indexdef(indexrelid) AS made FROM pg_index
  JOIN pg_class c ON c.oid = indexrelid WHERE c.relnamespace = 'public'::regnamespace
UNION SELECT conrelid::regclass::text, conname || pg_get_constraintdef(oid) FROM pg_constraint
  WHERE connamespace = 'public'::regnamespace
ORDER BY 1, 2
"""


def test_all_of_it_is_there_and_numbers_go_on(load: Load, stream: bytes) -> None:
    assert load(stream) == (0, "")
    with superuser(NEW) as cursor:
        cursor.execute(MADE)
        assert cursor.fetchall() == ask(MADE)
        assert stream.count(b"\ttips\tdeskkeygrant\n") == 1
        cursor.execute("SELECT count(*) FROM django_content_type WHERE model = 'deskkeygrant'")
        assert cursor.fetchone() == (1,)
        cursor.execute("SELECT max(id) FROM django_content_type")
        (highest,) = cursor.fetchone()
        cursor.execute(
            "INSERT INTO django_content_type (app_label, model) VALUES ('a', 'b') RETURNING id"
        )
        assert cursor.fetchone() == (highest + 1,)


# What is refused before a table is made, and then what is refused with all of them there.
NOT_WHOLE: list[tuple[Callable[[bytes], bytes], str]] = [
    (lambda all_of_it: b"", "rows are cut off"),
    (
        lambda all_of_it: b"COPY public.tips_tip (id) FROM stdin;\n\\.\nend\n",
        "does not say which version made it",
    ),
    (
        lambda all_of_it: b"COPY public.django_migrations (id) FROM stdin;\n1\n\\.\nend\n",
        "does not say which version made it",
    ),
    (
        lambda all_of_it: all_of_it.replace(b"\ttips\t0002_storage\t", b"\xff "),
        "or by a newer",
    ),
    (
        lambda all_of_it: all_of_it.replace(b"\t0002_storage\t", b"\t0999_later\t"),
        "or by a newer",
    ),
    (lambda all_of_it: all_of_it.removesuffix(b"end\n"), "rows are cut off"),
    (
        lambda all_of_it: all_of_it[: all_of_it.index(b"\nCOPY public.campaign_text ") + 2000],
        "rows are cut off",
    ),
    (
        lambda all_of_it: all_of_it.replace(b"public.tips_tip ", b"public.tips_other "),
        "lacks the table tips_tip",
    ),
    (
        lambda all_of_it: all_of_it.replace(b"public.tips_box (", b"public.tips_box (more, "),
        "tips_box has other columns",
    ),
    (
        lambda all_of_it: all_of_it.replace(b"\n\\.\n", b"\n" + b"x" * (1 << 27) + b"\n\\.\n", 1),
        "a row without an end",
    ),
]


def test_what_is_not_whole_leaves_nothing(load: Load, stream: bytes) -> None:
    for change, why in NOT_WHOLE:
        code, said = load(change(stream))
        assert (code, why in said) == (1, True), said
        with superuser(NEW) as cursor:
            cursor.execute("SELECT to_regclass('public.django_content_type')")
            if cursor.fetchone() != (None,):
                cursor.execute("SELECT count(*) FROM django_content_type")
                assert cursor.fetchone() == (0,), why
