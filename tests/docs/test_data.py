"""docs/data.md has every column of the migrated database, and none that is not there."""

import re
from functools import cache

import pytest

from slu_antitrafficking.start.options import ROOT
from tests.database.acting import ask

DATA = ROOT / "docs" / "data.md"
CLASSES = {"sealed", "hashed", "clear"}
COLUMNS = """
SELECT c.table_name, c.column_name, c.data_type, coalesce(
  col_description(('public.' || quote_ident(c.table_name))::regclass, c.ordinal_position), '')
FROM information_schema.columns c WHERE c.table_schema = 'public'
"""


@cache
def described() -> dict[tuple[str, str], list[str]]:
    """By table and column of docs/data.md: class, what it holds, how long."""
    found: dict[tuple[str, str], list[str]] = {}
    table = ""
    for line in DATA.read_text().splitlines():
        if line.startswith("#"):
            table = line.removeprefix("### ") if line.startswith("### ") else ""
        elif table and (row := re.fullmatch(r"\| `(\w+)` \| (.+) \|", line)):
            assert (table, row[1]) not in found, f"{table}.{row[1]} stands there twice"
            found[table, row[1]] = row[2].split(" | ")
    return found


def columns() -> dict[tuple[str, str], tuple[str, str]]:
    """By table and column of the database: its type and its comment."""
    return {
        (str(table), str(column)): (str(kind), str(comment))
        for table, column, kind, comment in ask(COLUMNS)
    }


@pytest.mark.django_db
def test_every_column_of_the_database_is_described_and_no_other() -> None:
    there, written = set(columns()), set(described())
    assert there - written == set(), "not in docs/data.md"
    assert written - there == set(), "not in the database"


@pytest.mark.django_db
def test_a_blob_is_clear_only_where_the_paper_says_why() -> None:
    blobs = {name for name, (kind, _comment) in columns().items() if kind == "bytea"}
    assert blobs
    for name, (kind, holds, _long) in described().items():
        if kind == "clear" and name in blobs:
            assert "clear because" in holds, name


def test_every_column_has_a_class_a_reason_and_a_time() -> None:
    for name, row in described().items():
        assert len(row) == 3, name
        assert row[0] in CLASSES, name
        assert all(cell.strip() for cell in row), name
