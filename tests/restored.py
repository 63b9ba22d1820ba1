"""What a fixture makes of the people at the desk: made once, and from then on put back.

New pairs, sealed keys, sheets and derivations are the dearest part of most tests. What a step adds,
changes and takes away depends on nothing but the rows about people before it; where those are the
same to the byte, its rows are written as they were.
"""

from collections.abc import Callable
from dataclasses import replace
from io import StringIO
from typing import NamedTuple, TypeVar

from django.apps import apps
from django.db import connection, transaction

from tests.cast import Person, hire
from tips.models import DeskKey, DeskKeyGrant, Event, Officer, OfficerKey

T = TypeVar("T")
Rows = frozenset[tuple[str, str]]  # a table's name, and a row of it as JSON
PEOPLE = tuple(one._meta.db_table for one in (Officer, OfficerKey, DeskKey, DeskKeyGrant))
TRAIL = Event._meta.db_table
READ = " UNION ALL ".join(f"SELECT '{name}', to_json(t)::text FROM {name} t" for name in PEOPLE)
READ_ALL = f"{READ} UNION ALL SELECT '{TRAIL}', to_json(t)::text FROM {TRAIL} t"
DELETE = "DELETE FROM {0} t WHERE to_json(t)::text = %s"
INSERT = "INSERT INTO {0} SELECT * FROM json_populate_record(NULL::{0}, %s)"


class Copied:
    """The rows of an app's tables as they are now, to be put back into them once they are empty."""

    def __init__(self, app: str) -> None:
        self._tables: dict[str, str] = {}
        for model in apps.get_app_config(app).get_models(include_auto_created=True):
            if model._meta.managed:
                out, name = StringIO(), model._meta.db_table
                with connection.cursor() as cursor:
                    cursor.copy_expert(f"COPY {name} TO STDOUT", out)
                self._tables[name] = out.getvalue()

    @transaction.atomic
    def put_back(self) -> None:
        """In whatever order: what points at what is looked at when all is there.

        Nothing where rows are: "migrated" is said by a migration too, not by a flush alone.
        """
        with connection.cursor() as cursor:
            for name in self._tables:
                cursor.execute(f"SELECT 1 FROM {name} LIMIT 1")
                if cursor.fetchone():
                    return
            for name, rows in self._tables.items():
                cursor.copy_expert(f"COPY {name} FROM STDIN", StringIO(rows))


class Step(NamedTuple):
    """What became of the rows, and what was given back."""

    gone: Rows
    new: Rows
    result: object


_steps: dict[tuple[str, Rows], Step] = {}
_found: dict[tuple[str, Rows], object] = {}


def restored(name: str, make: Callable[[], T]) -> T:
    """What `make` gives: done now, or as it was when this process did it from the same rows."""
    key = (name, _read(READ))
    if key in _steps:
        _write(_steps[key])
    else:
        before = _read(READ_ALL)
        result, after = make(), _read(READ_ALL)
        _steps[key] = Step(before - after, after - before, result)
    return _steps[key].result  # type: ignore[return-value]


def remembered(name: str, read: Callable[[], T]) -> T:
    """What `read` found: read now, or what this process read out of the same rows about people."""
    key = (name, _read(READ))
    if key not in _found:
        _found[key] = read()
    return _found[key]  # type: ignore[return-value]


def person(name: str, make: Callable[[], Person]) -> Person:
    """The same of somebody, whose row is read anew."""
    one = restored(name, make)
    return replace(one, officer=Officer.objects.get(pk=one.officer.pk))


def hired(name: str, role: str, by: Person) -> Person:
    """A new account with access."""
    return person(f"{name}, {role}, by {by.officer.username}", lambda: hire(name, role, by))


def _read(query: str) -> Rows:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return frozenset(cursor.fetchall())


@transaction.atomic
def _write(step: Step) -> None:
    with connection.cursor() as cursor:
        for statement, rows in ((DELETE, step.gone), (INSERT, step.new)):
            for table, row in rows:
                cursor.execute(statement.format(table), [row])
