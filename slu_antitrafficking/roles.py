"""The database's roles and what each may do; applied anew after every migration.

Plain psycopg2 on purpose: the starter sets passwords without loading Django.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from psycopg2 import sql

from slu_antitrafficking.keeping import CODE_MINUTES

FUNCTIONS = Path(__file__).resolve().parent.parent / "tips" / "sql" / "functions.sql"

PUBLIC_FUNCTIONS = ("receive_tip", "receive_message", "receipt_kept", "follow_up", "codes_among")
DESK_FUNCTIONS = ("prove_desk_key",)
CONNECTIONS = {"public": 40, "desk": 20}

# Columns in brackets narrow a right to them.
PUBLIC_MAY = {
    "django_migrations": ("SELECT",),
    "tips_deskkey": ("SELECT (kid, public, created_at, proven_at, retired_at)",),
}
DESK_MAY = {
    "django_migrations": ("SELECT",),
    "django_content_type": ("SELECT",),
    "django_admin_log": ("SELECT", "INSERT"),
    "tips_officer": ("SELECT", "INSERT", "UPDATE (username, role, is_active, last_login)"),
    "tips_officerkey": (
        "SELECT",
        "INSERT",
        "UPDATE (totp_last, wrong_digits, wrong_digits_since)",
        "DELETE",
    ),
    "tips_deskkey": ("SELECT",),
    "tips_grant": ("SELECT", "INSERT", "DELETE"),
    "tips_desksession": ("SELECT", "INSERT", "UPDATE", "DELETE"),
    "tips_tip": (
        "SELECT",
        "UPDATE (status, outcome, owner_id, urgency, look_again, waiting_since,"
        " restricted, set_aside, box, box_until)",
    ),
    "tips_message": ("SELECT", "INSERT"),
    "tips_photo": ("SELECT",),
    "tips_note": ("SELECT", "INSERT"),
    "tips_tiplink": ("SELECT", "INSERT"),
    "tips_event": ("SELECT", "INSERT"),
}
# What the functions need; their role cannot log in.
FUNCTIONS_MAY = {
    "tips_deskkey": ("SELECT", "UPDATE (proven_at)"),
    "tips_tip": (
        "SELECT",
        "INSERT",
        "UPDATE (status, outcome, look_again, waiting_since, box, box_until)",
    ),
    "tips_message": ("SELECT", "INSERT"),
    "tips_photo": ("SELECT", "INSERT"),
    "tips_event": ("SELECT", "INSERT"),
}


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
    database = _database(cursor)
    names = role_names(database)
    for role, attributes in (
        (names.public, f"LOGIN CONNECTION LIMIT {CONNECTIONS['public']}"),
        (names.desk, f"LOGIN CONNECTION LIMIT {CONNECTIONS['desk']}"),
        (names.functions, "NOLOGIN"),
    ):
        cursor.execute("SELECT FROM pg_catalog.pg_roles WHERE rolname = %s", (role,))
        verb = "ALTER" if cursor.rowcount else "CREATE"
        _run(cursor, f"{verb} ROLE {{}} {attributes} NOINHERIT", role)
        _run(cursor, "ALTER ROLE {} RESET ALL", role)
        _run(cursor, "ALTER ROLE {} IN DATABASE {} RESET ALL", role, database)
    _run(cursor, "GRANT {} TO CURRENT_USER", names.functions)
    for role in (names.public, names.desk):
        _run(cursor, "ALTER ROLE {} SET statement_timeout = '30s'", role)
        _run(cursor, "ALTER ROLE {} SET idle_in_transaction_session_timeout = '60s'", role)
    return names


def set_password(cursor: Any, role: str, password: str) -> None:
    """A new password, of which the server keeps a verifier alone."""
    statement = sql.SQL("ALTER ROLE {} PASSWORD {}").format(
        sql.Identifier(role), sql.Literal(password)
    )
    cursor.execute(statement)


def apply_grants(cursor: Any) -> None:
    """Makes the functions as they stand in functions.sql, and every right as it stands above."""
    database = _database(cursor)
    names = role_names(database)
    cursor.execute(FUNCTIONS.read_text().replace("CODE_MINUTES", str(CODE_MINUTES)))
    _run(cursor, "REVOKE ALL ON DATABASE {} FROM PUBLIC", database)
    _run(cursor, "REVOKE ALL ON SCHEMA public FROM PUBLIC")
    _run(cursor, "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC")
    _run(cursor, "REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC")
    _run(cursor, "ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC")
    for role in names:
        _run(cursor, "REVOKE ALL ON DATABASE {} FROM {}", database, role)
        _run(cursor, "REVOKE ALL ON SCHEMA public FROM {}", role)
        _run(cursor, "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}", role)
        _run(cursor, "REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {}", role)
        _run(cursor, "GRANT USAGE ON SCHEMA public TO {}", role)
    _own_functions(cursor, names)
    for role, functions in ((names.public, PUBLIC_FUNCTIONS), (names.desk, DESK_FUNCTIONS)):
        _run(cursor, "GRANT CONNECT ON DATABASE {} TO {}", database, role)
        for function in functions:
            _run(cursor, "GRANT EXECUTE ON FUNCTION public.{} TO {}", function, role)
    campaign = _tables(cursor, "campaign_")
    _grant(cursor, names.public, PUBLIC_MAY | dict.fromkeys(campaign, ("SELECT",)))
    editing = ("SELECT", "INSERT", "UPDATE", "DELETE")
    _grant(cursor, names.desk, DESK_MAY | dict.fromkeys(campaign, editing))
    _grant(cursor, names.functions, FUNCTIONS_MAY)


def close_catalog(cursor: Any) -> None:
    """Takes large objects from everybody; only a superuser can, so only our own cluster does."""
    cursor.execute(
        "SELECT p.oid::regprocedure::text FROM pg_catalog.pg_proc p"
        " WHERE p.pronamespace = 'pg_catalog'::regnamespace"
        " AND (p.proname LIKE 'lo\\_%' OR p.proname IN ('loread', 'lowrite'))"
    )
    for (signature,) in cursor.fetchall():
        cursor.execute(f"REVOKE EXECUTE ON FUNCTION pg_catalog.{signature} FROM PUBLIC")


def _own_functions(cursor: Any, names: Roles) -> None:
    # Giving a function away needs its new owner to hold CREATE for that moment.
    _run(cursor, "GRANT CREATE ON SCHEMA public TO {}", names.functions)
    for function in PUBLIC_FUNCTIONS + DESK_FUNCTIONS:
        _run(cursor, "ALTER FUNCTION public.{} OWNER TO {}", function, names.functions)
        for role in ("public", names.public, names.desk):
            who = sql.SQL("PUBLIC") if role == "public" else sql.Identifier(role)
            statement = sql.SQL("REVOKE ALL ON FUNCTION public.{} FROM {}")
            cursor.execute(statement.format(sql.Identifier(function), who))
    _run(cursor, "REVOKE CREATE ON SCHEMA public FROM {}", names.functions)


def _grant(cursor: Any, role: str, rights: Mapping[str, tuple[str, ...]]) -> None:
    for table, privileges in rights.items():
        for privilege in privileges:
            _run(cursor, f"GRANT {privilege} ON public.{{}} TO {{}}", table, role)


def _tables(cursor: Any, prefix: str) -> list[str]:
    cursor.execute(
        "SELECT tablename FROM pg_catalog.pg_tables"
        " WHERE schemaname = 'public' AND starts_with(tablename, %s)",
        (prefix,),
    )
    return [name for (name,) in cursor.fetchall()]


def _database(cursor: Any) -> str:
    cursor.execute("SELECT current_database()")
    return str(cursor.fetchone()[0])


def _run(cursor: Any, statement: str, *names: str) -> None:
    cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
