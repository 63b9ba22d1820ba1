"""Acting with the rights of a database role."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from slu_antitrafficking import roles


def ask(query: str, *values: object) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()


def role(kind: str) -> str:
    name = str(ask("SELECT current_database()")[0][0])
    return str(getattr(roles.role_names(name), kind))


@contextmanager
def acting_as(kind: str) -> Iterator[None]:
    """Inside, this transaction's statements run with the role's rights."""
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute(f'GRANT "{role(kind)}" TO CURRENT_USER')
        cursor.execute(f'SET LOCAL ROLE "{role(kind)}"')
        yield
        cursor.execute("RESET ROLE")
