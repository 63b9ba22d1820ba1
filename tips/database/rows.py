"""A backup's rows into an empty database: tables as this release makes them, and none of its code.

The stream is what pg_restore writes of a dump's data: of each table a line with its name and
columns, the rows as COPY writes them, and a line of \\. alone. django_migrations comes first, and
`end` last.
"""

import re
from collections.abc import Iterator
from typing import IO, Any

from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from psycopg2 import sql

from slu_antitrafficking.known_migrations import ANOTHER_VERSION
from slu_antitrafficking.refusal import Refused

MIGRATIONS = "django_migrations"
WITHOUT_ROWS = "tips_desksession"  # nobody is to be logged in after a restore
BEGIN = re.compile(r'COPY public\."?(\w+)"? \(([^()]*)\) FROM stdin;\n', re.ASCII)
END_OF_TABLE, END = b"\\.\n", b"end\n"
PIECE = 1 << 18  # bytes
LONGEST = 1 << 27  # bytes of a line: six of the largest photo's; a forged one might never end
COLUMNS = """
SELECT c.relname::text, array_agg(a.attname::text)
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
  AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
GROUP BY c.relname
"""
NUMBERED = """
SELECT c.relname, a.attname FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attidentity <> ''
"""

# What is quicker made of all rows at once: how it is taken away, and how it is made; keys that
# others refer to come first. A list in a condition would be written anew in other words.
AFTERWARDS = """
SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname),
  format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname,
    pg_get_constraintdef(oid)), contype = 'f'
FROM pg_catalog.pg_constraint
WHERE connamespace = 'public'::regnamespace AND contype IN ('p', 'u', 'f') AND convalidated
UNION ALL
SELECT format('DROP INDEX %s', indexrelid::regclass), pg_get_indexdef(indexrelid), false
FROM pg_catalog.pg_index JOIN pg_catalog.pg_class c ON c.oid = indexrelid
WHERE c.relnamespace = 'public'::regnamespace
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conindid = indexrelid)
  AND pg_get_indexdef(indexrelid) NOT LIKE '% WHERE % ANY (%'
ORDER BY 3
"""

Migrations = set[tuple[str, str]]


def load(stream: IO[bytes]) -> list[str]:
    """All rows, or none; the names of tables that no release of this line has, which are left out.

    Raises Refused where the stream is cut, or made by a newer version, and this database is not
    to be used.
    """
    tables = _tables(stream)
    name, columns, rows = next(tables, ("", [], iter(())))
    if name != MIGRATIONS or not {"app", "name"} <= set(columns):
        raise Refused("The backup does not say which version made it.")
    _migrate({_migration(columns, line) for line in rows})
    with transaction.atomic(), connection.cursor() as cursor:
        # An index is then made by several at once.
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        cursor.execute(COLUMNS)
        wanted = {name: set(its) for name, its in cursor.fetchall() if name != MIGRATIONS}
        cursor.execute(AFTERWARDS)
        afterwards = cursor.fetchall()
        for without, _made, _refers in reversed(afterwards):
            cursor.execute(without)
        left_out = []
        for name, columns, rows in tables:
            if name == MIGRATIONS:
                _drain(rows)  # once more, in its place
            elif name not in wanted:
                left_out.append(name)
                _drain(rows)
            elif wanted.pop(name) != set(columns):
                raise Refused(f"The backup's {name} has other columns than its version made.")
            else:
                names = sql.SQL(", ").join(map(sql.Identifier, columns))
                copy = sql.SQL("COPY public.{} ({}) FROM STDIN").format(sql.Identifier(name), names)
                cursor.copy_expert(copy, _File(rows), PIECE)
        wanted.pop(WITHOUT_ROWS, None)
        if wanted:
            raise Refused(f"The backup lacks the table {min(wanted)}.")
        _set_counters(cursor)
        for _without, made, _refers in afterwards:
            cursor.execute(made)
    return left_out


Table = tuple[str, list[str], Iterator[bytes]]


def _tables(stream: IO[bytes]) -> Iterator[Table]:
    """Each with its columns and its rows, which must be read before the next. Raises Refused where
    the stream ends too soon, or a row never."""
    while (line := _line(stream)) != END:
        if begins := BEGIN.fullmatch(line.decode(errors="replace")):
            columns = [column.strip('"') for column in begins[2].split(", ")]
            yield begins[1], columns, _rows(stream)


def _rows(stream: IO[bytes]) -> Iterator[bytes]:
    while (line := _line(stream)) != END_OF_TABLE:
        yield line


def _line(stream: IO[bytes]) -> bytes:
    line = stream.readline(LONGEST)
    if not line.endswith(b"\n"):
        is_cut = len(line) < LONGEST
        raise Refused(
            "The backup's rows are cut off." if is_cut else "The backup has a row without an end."
        )
    return line


def _drain(rows: Iterator[bytes]) -> None:
    for _line in rows:
        pass


class _File:
    """Rows as psycopg2 reads them."""

    def __init__(self, rows: Iterator[bytes]) -> None:
        self._rows = rows

    def read(self, size: int) -> bytes:
        """Whole rows of so many bytes or, with the last of them, more; none at the end."""
        pieces: list[bytes] = []
        length = 0
        while length < size and (line := next(self._rows, b"")):
            pieces.append(line)
            length += len(line)
        return b"".join(pieces)


def _migration(columns: list[str], line: bytes) -> tuple[str, str]:
    row = dict(zip(columns, line.decode(errors="replace").rstrip("\n").split("\t"), strict=False))
    return row.get("app", ""), row.get("name", "")


def _migrate(made_by: Migrations) -> None:
    """Tables as they were when these were applied; of rights and functions `prepare` takes care."""
    executor = MigrationExecutor(connection)
    graph = executor.loader.graph
    if not made_by <= set(graph.nodes):
        raise Refused(ANOTHER_VERSION)
    followed = {
        parent.key
        for key in made_by
        for parent in graph.node_map[key].parents
        if parent.key[0] == key[0]
    }
    executor.migrate(sorted(made_by - followed))


def _set_counters(cursor: Any) -> None:
    """What the database numbers goes on behind the highest."""
    cursor.execute(NUMBERED)
    for table, column in cursor.fetchall():
        statement = sql.SQL(
            "SELECT setval(pg_get_serial_sequence({}, {}), coalesce(max({}), 0) + 1, false)"
            " FROM public.{}"
        )
        names = sql.Literal(f'public."{table}"'), sql.Literal(column)
        cursor.execute(statement.format(*names, sql.Identifier(column), sql.Identifier(table)))
