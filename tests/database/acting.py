"""Acting with the rights of a database role."""

import json
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg2
from django.db import connection, transaction

from slu_antitrafficking import roles
from slu_antitrafficking.start.postgres.cluster import SUPERUSER
from tests.running import until
from tips.database import rights


def ask(query: str, *values: object) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall() if cursor.description else []


def hang_up() -> None:
    """Ends this connection. When it returns the server has counted all that was written by it."""
    ((number,),) = ask("SELECT pg_backend_pid()")
    connection.close()
    until(lambda: not ask("SELECT FROM pg_stat_activity WHERE pid = %s", number), what="its end")


def role(kind: str) -> str:
    name = str(ask("SELECT current_database()")[0][0])
    return str(getattr(roles.role_names(name), kind))


@contextmanager
def acting_as(kind: str) -> Iterator[None]:
    """Inside, this transaction's statements run with the role's rights."""
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute(f'SET LOCAL ROLE "{role(kind)}"')
        yield
        cursor.execute("RESET ROLE")


@contextmanager
def superuser(database: str) -> Iterator[Any]:
    """A cursor of the suite's superuser in this database, whose statements stand at once."""
    password = json.loads((Path(os.environ["VAR"]) / "secrets.json").read_text())["superuser"]
    parameters = {"host": connection.settings_dict["HOST"], "dbname": database}
    with closing(psycopg2.connect(user=SUPERUSER, password=password, **parameters)) as theirs:
        theirs.autocommit = True
        with theirs.cursor() as cursor:
            yield cursor


def run(statement: str) -> None:
    """One statement of the owner's."""
    with connection.cursor() as cursor:
        cursor.execute(statement)


def drift() -> list[str]:
    """What the self-check says of rights."""
    with connection.cursor() as cursor:
        return rights.drift(cursor)


def role_drift() -> list[str]:
    """What the self-check says of the doors' roles."""
    with connection.cursor() as cursor:
        return roles.drift(cursor)


def database() -> str:
    return str(ask("SELECT current_database()")[0][0])


def on_disk(table: str, piece: bytes) -> bool:
    """Whether these bytes are in the table's file."""
    with superuser(database()) as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute(
            "SELECT position(%s in pg_read_binary_file(pg_relation_filepath(%s)))", (piece, table)
        )
        return bool(cursor.fetchone()[0])
