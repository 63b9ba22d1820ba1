"""The database's roles, by whatever name; tips.database.rights says what each may do.

Plain psycopg2 on purpose: the starter sets passwords without loading Django.
"""

from typing import Any, NamedTuple

from psycopg2 import sql

CONNECTIONS = {"public": 40, "desk": 20}


class Roles(NamedTuple):
    """The names of the three roles beside the owner."""

    public: str
    desk: str
    functions: str


def role_names(database: str) -> Roles:
    """Roles live beside databases, so their names carry the database's."""
    return Roles(f"{database}_public", f"{database}_desk", f"{database}_functions")


def make_roles(cursor: Any) -> Roles:
    """Creates what is missing, and takes back from PUBLIC what nobody needs. Run as the owner."""
    database = database_of(cursor)
    names = role_names(database)
    for role, attributes in (
        (names.public, f"LOGIN CONNECTION LIMIT {CONNECTIONS['public']}"),
        (names.desk, f"LOGIN CONNECTION LIMIT {CONNECTIONS['desk']}"),
        (names.functions, "NOLOGIN"),
    ):
        cursor.execute("SELECT FROM pg_catalog.pg_roles WHERE rolname = %s", (role,))
        verb = "ALTER" if cursor.rowcount else "CREATE"
        run(cursor, f"{verb} ROLE {{}} {attributes} NOINHERIT", role)
        run(cursor, "ALTER ROLE {} RESET ALL", role)
        run(cursor, "ALTER ROLE {} IN DATABASE {} RESET ALL", role, database)
    run(cursor, "GRANT {} TO CURRENT_USER", names.functions)
    for role in (names.public, names.desk):
        run(cursor, "ALTER ROLE {} SET statement_timeout = '30s'", role)
        run(cursor, "ALTER ROLE {} SET idle_in_transaction_session_timeout = '60s'", role)
    return names


def set_password(cursor: Any, role: str, password: str) -> None:
    """A new password, of which the server keeps a verifier alone."""
    statement = sql.SQL("ALTER ROLE {} PASSWORD {}").format(
        sql.Identifier(role), sql.Literal(password)
    )
    cursor.execute(statement)


def close_catalog(cursor: Any) -> None:
    """Takes large objects from everybody; only a superuser can, so only our own cluster does."""
    cursor.execute(
        "SELECT p.oid::regprocedure::text FROM pg_catalog.pg_proc p"
        " WHERE p.pronamespace = 'pg_catalog'::regnamespace"
        " AND (p.proname LIKE 'lo\\_%' OR p.proname IN ('loread', 'lowrite'))"
    )
    for (signature,) in cursor.fetchall():
        cursor.execute(f"REVOKE EXECUTE ON FUNCTION pg_catalog.{signature} FROM PUBLIC")


def database_of(cursor: Any) -> str:
    """The name of the database that the cursor is in."""
    cursor.execute("SELECT current_database()")
    return str(cursor.fetchone()[0])


def run(cursor: Any, statement: str, *names: str) -> None:
    """The statement with each {} replaced by a quoted name."""
    cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
