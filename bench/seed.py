"""Many made-up tips at once: a few sealed by the site itself, the others copies of them."""

import sys
import time
from pathlib import Path
from typing import Any

from bench.people import Person
from bench.stage import Stage

ORIGINALS = 500
FILL = (Path(__file__).parent / "seed.sql").read_text()
# What is checked or found row by row while a table is filled, and all at once afterwards; but for
# the keys that other tables point to.
CONSTRAINTS = """
SELECT c.conrelid::regclass::text, c.conname::text, pg_get_constraintdef(c.oid)
FROM pg_constraint c
WHERE c.conrelid = ANY (%(tables)s::regclass[]) AND c.contype IN ('f', 'p', 'u')
  AND NOT EXISTS (SELECT FROM pg_constraint f WHERE f.contype = 'f' AND f.conindid = c.conindid
    AND c.contype <> 'f')
ORDER BY c.contype = 'f', c.conrelid, c.conname
"""
INDEXES = """
SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i
WHERE i.indrelid = ANY (%(tables)s::regclass[])
  AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
ORDER BY i.indrelid, i.indexrelid
"""
TABLES = ["tips_tip", "tips_event", "tips_message", "tips_alarm"]


def seed(ground: Stage, people: list[Person], *, count: int, open_tips: int) -> None:
    """So many tips of which so many are open, with what belongs to them; these people work on them.

    Says on stderr what it made. The second of the people may open restricted tips.
    """
    began = time.monotonic()
    ground.inside("sent_tips", str(ORIGINALS))
    names = [person.name for person in people]
    with ground.sql() as cursor:
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'; SET LOCAL work_mem = '256MB'")
        again = _taken_off(cursor)
        fill(cursor, names, count=count, open_tips=open_tips)
        for statement in again:
            cursor.execute(statement)
    ground.at_once("VACUUM (ANALYZE)")
    with ground.sql() as cursor:
        cursor.execute(
            "SELECT count(*), pg_database_size(current_database()) / 1e9 FROM tips_event"
        )
        events, gigabytes = cursor.fetchone()
    print(
        f"{count:,} tips, {open_tips:,} of them open, {events:,} events: {gigabytes:.2g} GB"
        f" in {time.monotonic() - began:.0f} s",
        file=sys.stderr,
        flush=True,
    )


def fill(cursor: Any, names: list[str], *, count: int, open_tips: int) -> None:
    """Copies the tips that are there until there are so many, of which so many are open."""
    cursor.execute(
        "SELECT array_agg(id::text ORDER BY array_position(%s, username::text)),"
        " (SELECT count(*) FROM tips_tip) FROM tips_officer WHERE username = ANY (%s)",
        (names, names),
    )
    owners, originals = cursor.fetchone()
    numbers = {"count": count, "open": open_tips, "originals": originals, "people": len(names)}
    cursor.execute(FILL, numbers | {"owners": owners, "names": names})


def _taken_off(cursor: Any) -> list[str]:
    """Drops the tables' constraints and indexes; the statements that make them again."""
    cursor.execute(CONSTRAINTS, {"tables": TABLES})
    constraints = cursor.fetchall()
    cursor.execute(INDEXES, {"tables": TABLES})
    indexes = cursor.fetchall()
    for table, name, _definition in reversed(constraints):
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    for name, _definition in indexes:
        cursor.execute(f"DROP INDEX {name}")
    return [
        *(definition for _name, definition in indexes),
        *(
            f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {said}'
            for table, name, said in constraints
        ),
    ]
