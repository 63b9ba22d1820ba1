"""The database's roles, by whatever name; tips.database.rights says what each may do.

Plain psycopg2 on purpose: the starter sets passwords without loading Django.
"""

import os
from collections.abc import Mapping
from typing import Any, NamedTuple

from psycopg2 import sql

# By role that logs in: connections, and more of them for each machine with doors. Every thread of a
# door may have one, twice over while the next release starts beside.
LOGINS: Mapping[str, tuple[int, int]] = {"public": (8, 32), "desk": (4, 16), "mail": (3, 0)}
RESTORING = "-restoring"  # how the name of a database ends until all in it is restored
# What holds wherever one of them logs in.
LIMITS = {"statement_timeout": "30s", "idle_in_transaction_session_timeout": "60s"}
WHOSE = {"public": "the public door", "desk": "the desk door", "mail": "the mail process"}
# What the owner of a database may take from a role; the rest is a superuser's to give and take.
ORDINARY = "NOINHERIT NOCREATEROLE VALID UNTIL 'infinity'"
OWNER_MAY_NOT = ("SUPERUSER", "CREATEROLE", "CREATEDB", "BYPASSRLS", "REPLICATION")
# Only a superuser sets it: what a query of a serving role may spill to disk.
TEMP_FILE_LIMIT = "256MB"
# What PUBLIC may call of PostgreSQL's own and nobody of ours needs: large objects are a store that
# no grant covers, and the others reach across sessions or into the log of changes. What counts the
# uses of a table or an index tells when it was used last, and so when a tip came.
STATISTICS = (
    "p.proname LIKE 'pg\\_stat\\_get\\_%' AND p.proname NOT LIKE 'pg\\_stat\\_get\\_db\\_%'"
    " AND oidvectortypes(p.proargtypes) = 'oid'"
)
NOBODYS = (
    "p.proname LIKE 'lo\\_%' OR p.proname LIKE 'pg\\_advisory\\_%'"
    " OR p.proname LIKE 'pg\\_try\\_advisory\\_%'"
    " OR p.proname IN ('loread', 'lowrite', 'pg_notify', 'pg_logical_emit_message',"
    f" 'pg_export_snapshot') OR ({STATISTICS})"
)
# What the owner needs of them, and besides: housekeeping's lock, a dump's snapshot, WAL switched,
# statistics read and reset.
OWNERS = (
    "p.proname IN ('pg_try_advisory_lock', 'pg_advisory_unlock', 'pg_export_snapshot',"
    f" 'pg_switch_wal', 'pg_stat_reset_single_table_counters') OR ({STATISTICS})"
)


class Roles(NamedTuple):
    """The names of the five roles beside the owner."""

    public: str
    desk: str
    functions: str
    eraser: str
    mail: str


def role_names(database: str) -> Roles:
    """Roles live beside databases, so their names carry the database's; one that is only being
    restored has those of the one whose place it will take."""
    return Roles(*(f"{database.removesuffix(RESTORING)}_{kind}" for kind in Roles._fields))


def connection_limit(kind: str) -> int:
    """How many connections a role may have, by WEB_MACHINES, which `start.options` has checked."""
    besides, each = LOGINS[kind]
    return besides + each * int(os.environ.get("WEB_MACHINES") or 1)


def may_make_roles(cursor: Any) -> bool:
    """Whether whoever asks may. On an installed server only the superuser does: on PostgreSQL 15
    who makes roles makes one that runs programs as the server's user."""
    cursor.execute(
        "SELECT rolcreaterole OR rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user"
    )
    return bool(cursor.fetchone()[0])


def make_roles(cursor: Any, owner: str = "") -> Roles:
    """Creates what is missing and sets attributes and settings right.

    Run as an owner who may make roles, or as the superuser for the owner of this name.
    """
    database = database_of(cursor)
    if not owner:
        cursor.execute("SELECT current_user")
        (owner,) = cursor.fetchone()
    names = role_names(database)
    for kind, role in names._asdict().items():
        logs_in = kind in LOGINS
        attributes = f"LOGIN CONNECTION LIMIT {connection_limit(kind)}" if logs_in else "NOLOGIN"
        cursor.execute("SELECT FROM pg_catalog.pg_roles WHERE rolname = %s", (role,))
        verb = "ALTER" if cursor.rowcount else "CREATE"
        run(cursor, f"{verb} ROLE {{}} {attributes} {ORDINARY}", role)
        run(cursor, "ALTER ROLE {} RESET ALL", role)
        run(cursor, "ALTER ROLE {} IN DATABASE {} RESET ALL", role, database)
        for name, value in LIMITS.items() if logs_in else ():
            run(cursor, f"ALTER ROLE {{}} SET {name} = '{value}'", role)
    # Whoever creates a function for a role, or drops it, must be able to become that role; and
    # whoever ends a door's session, or sees since when its transaction is open.
    how = " WITH INHERIT TRUE, SET TRUE" if _grants_have_options(cursor) else ""
    for role in names:
        run(cursor, f"GRANT {{}} TO {{}}{how}", role, owner)
    return names


def missing(cursor: Any) -> list[str]:
    """The names of those roles that there are not yet."""
    names = list(role_names(database_of(cursor)))
    cursor.execute("SELECT rolname FROM pg_catalog.pg_roles WHERE rolname = ANY (%s)", (names,))
    there = {name for (name,) in cursor.fetchall()}
    return [name for name in names if name not in there]


def too_much(cursor: Any) -> list[str]:
    """Sentences: what the owner may beyond its database; on an installed server that is nothing."""
    cursor.execute(
        "SELECT rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolreplication"
        " FROM pg_catalog.pg_roles WHERE rolname = current_user"
    )
    attributes = zip(OWNER_MAY_NOT, cursor.fetchone(), strict=True)
    ours = [*role_names(database_of(cursor)), "pg_checkpoint"]
    cursor.execute(
        "SELECT r.rolname FROM pg_catalog.pg_auth_members m"
        " JOIN pg_catalog.pg_roles r ON r.oid = m.roleid"
        " WHERE m.member = current_user::regrole AND r.rolname <> ALL (%s)",
        (ours,),
    )
    return [f"The owner has {name}." for name, has in attributes if has] + [
        f"The owner may act as {name}." for (name,) in cursor.fetchall()
    ]


def _grants_have_options(cursor: Any) -> bool:
    """PostgreSQL 15 knows none: there a member inherits, and may become the role."""
    return bool(cursor.connection.server_version >= 160_000)


def drift(cursor: Any) -> list[str]:
    """Sentences: attributes or settings that are not as `make_roles` sets them."""
    names, found = role_names(database_of(cursor)), []
    for kind in LOGINS:
        role = getattr(names, kind)
        cursor.execute(
            "SELECT rolcanlogin, rolconnlimit, rolinherit OR rolsuper OR rolcreaterole"
            " OR rolcreatedb OR rolreplication OR rolbypassrls"
            " OR coalesce(rolvaliduntil <> 'infinity', false)"
            " FROM pg_catalog.pg_roles WHERE rolname = %s",
            (role,),
        )
        row = cursor.fetchone()
        if row is None:
            found.append(f"The role of {WHOSE[kind]} is missing.")
            continue
        cursor.execute(
            "SELECT unnest(s.setconfig) FROM pg_catalog.pg_db_role_setting s"
            " JOIN pg_catalog.pg_roles r ON r.oid = s.setrole WHERE r.rolname = %s",
            (role,),
        )
        now = {line for (line,) in cursor.fetchall()}
        wanted = {f"{name}={value}" for name, value in LIMITS.items()}
        if now - {f"temp_file_limit={TEMP_FILE_LIMIT}"} != wanted:
            found.append(f"The settings of {WHOSE[kind]}'s role were changed.")
        if row != (True, connection_limit(kind), False):
            found.append(f"The attributes of {WHOSE[kind]}'s role were changed.")
    becoming = "SET" if _grants_have_options(cursor) else "MEMBER"
    for kind, role in names._asdict().items():
        cursor.execute(
            "SELECT FROM pg_catalog.pg_roles"
            " WHERE rolname = %s AND NOT (pg_has_role(oid, 'USAGE') AND pg_has_role(oid, %s))",
            (role, becoming),
        )
        if cursor.rowcount:
            found.append(f"The owner may no longer act for the role of {kind}.")
    return found


def set_password(cursor: Any, role: str, password: str) -> None:
    """A new password, of which the server keeps a verifier alone."""
    statement = sql.SQL("ALTER ROLE {} PASSWORD {}").format(
        sql.Identifier(role), sql.Literal(password)
    )
    cursor.execute(statement)


def close_catalog(cursor: Any, owner: str) -> None:
    """Does what only a superuser can: on our own cluster the starter, elsewhere its operator."""
    # Else an operator that the owner made in "public" would be called, as the superuser.
    cursor.execute("SET search_path = pg_catalog, pg_temp")
    for statement in superusers_part(cursor, owner):
        cursor.execute(statement)


def superusers_part(cursor: Any, owner: str) -> list[str]:
    """The statements that a superuser still has to run in this database; empty when all is done."""
    quoted = _quoted(cursor, owner)
    missing = []
    open_to_all = [name for name, everybody in _functions(cursor, NOBODYS) if everybody]
    if open_to_all:
        missing.append(f"REVOKE EXECUTE ON FUNCTION {', '.join(open_to_all)} FROM PUBLIC")
    lacking = []
    for signature, _everybody in _functions(cursor, OWNERS):
        cursor.execute("SELECT has_function_privilege(%s, %s, 'EXECUTE')", (owner, signature))
        if not cursor.fetchone()[0] or signature in open_to_all:
            lacking.append(signature)
    if lacking:
        missing.append(f"GRANT EXECUTE ON FUNCTION {', '.join(lacking)} TO {quoted}")
    cursor.execute("SELECT pg_has_role(%s, 'pg_checkpoint', 'USAGE')", (owner,))
    if not cursor.fetchone()[0]:
        missing.append(f"GRANT pg_checkpoint TO {quoted}")
    names = role_names(database_of(cursor))
    for role in (names.public, names.desk, names.mail):
        cursor.execute(
            "SELECT FROM pg_catalog.pg_db_role_setting s JOIN pg_catalog.pg_roles r"
            " ON r.oid = s.setrole WHERE r.rolname = %s AND %s = ANY (s.setconfig)",
            (role, f"temp_file_limit={TEMP_FILE_LIMIT}"),
        )
        limited = cursor.rowcount
        cursor.execute("SELECT FROM pg_catalog.pg_roles WHERE rolname = %s", (role,))
        if cursor.rowcount and not limited:
            missing.append(
                f"ALTER ROLE {_quoted(cursor, role)} SET temp_file_limit = '{TEMP_FILE_LIMIT}'"
            )
    return missing


def _quoted(cursor: Any, name: str) -> str:
    cursor.execute("SELECT quote_ident(%s)", (name,))
    return str(cursor.fetchone()[0])


def database_of(cursor: Any) -> str:
    """The name of the database that the cursor is in."""
    cursor.execute("SELECT current_database()")
    return str(cursor.fetchone()[0])


def run(cursor: Any, statement: str, *names: str) -> None:
    """The statement with each {} replaced by a quoted name."""
    cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _functions(cursor: Any, which: str) -> list[tuple[str, bool]]:
    """Signatures of functions of pg_catalog, and whether PUBLIC may call each."""
    cursor.execute(
        "SELECT 'pg_catalog.' || p.proname || '(' || oidvectortypes(p.proargtypes) || ')',"
        " EXISTS (SELECT FROM"
        " aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a WHERE a.grantee = 0)"
        " FROM pg_catalog.pg_proc p"
        f" WHERE p.pronamespace = 'pg_catalog'::regnamespace AND ({which}) ORDER BY 1"
    )
    return [(str(signature), bool(everybody)) for signature, everybody in cursor.fetchall()]
