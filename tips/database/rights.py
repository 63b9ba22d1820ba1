"""What each of the database's roles may do: applied after every migration, compared from then on.

Rights are set by difference: what is missing is granted, what nobody wrote down is revoked, in one
transaction, so that a process at work never finds itself without.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.db import DatabaseError, transaction
from psycopg2 import sql

from slu_antitrafficking.retention_periods import CODE_MINUTES
from slu_antitrafficking.roles import Roles, database_of, role_names, run
from tips.database.catalog import Right, actual
from tips.database.patience import LOCK_LIMIT
from tips.database.role_rights import (
    BEFORE,
    CAMPAIGN_PAGES,
    CAMPAIGN_VIEWS,
    DESK_MAY,
    ERASER_MAY,
    FUNCTIONS_MAY,
    MAIL_MAY,
    MAY_CALL,
    PUBLIC_MAY,
    Rights,
)

FUNCTIONS = Path(__file__).with_name("functions.sql")
DEFAULT = "DEFAULT "
TAKEN_BACK = ("OWNERSHIP", "MEMBERSHIP")  # of `Right.privilege`: more than a right on one thing
EDITING = ("SELECT", "INSERT", "UPDATE", "DELETE")


def apply_grants(cursor: Any) -> None:
    """Makes the functions as they stand in functions.sql, and every right as role_rights.py has it.

    Call it in a transaction: what is at work meanwhile sees all of it or nothing.
    """
    names = role_names(database_of(cursor))
    cursor.execute("SELECT set_config('lock_timeout', %s, true)", (LOCK_LIMIT,))
    _take_back(cursor)
    cursor.execute(FUNCTIONS.read_text().replace("CODE_MINUTES", str(CODE_MINUTES)))
    _drop_what_nobody_calls(cursor, names)
    _own_functions(cursor, names)
    found, wanted = actual(cursor), expected(cursor)
    for right in sorted(wanted - found):
        cursor.execute(_statement("GRANT", right))
    for right in sorted(found - wanted):
        if right.privilege not in TAKEN_BACK:
            cursor.execute(_statement("REVOKE", right))


def drift(cursor: Any, *, missing_alone: bool = False) -> list[str]:
    """Sentences: rights that are missing or too many, by what role_rights.py says."""
    found, wanted = actual(cursor), expected(cursor)
    kinds = {role: kind for kind, role in role_names(database_of(cursor))._asdict().items()}
    kinds[""] = "everybody"

    def said(right: Right, what: str) -> str:
        if right.privilege in TAKEN_BACK:
            verb = "owns" if right.privilege == "OWNERSHIP" else "may become"
            return f"{kinds.get(right.role, right.role)} {verb} {right.name}."
        if right.kind.startswith(DEFAULT):
            on = f"{right.kind.removeprefix(DEFAULT).lower()} that {right.name} makes"
            return f"{kinds.get(right.role, right.role)} {what} {right.privilege} on all {on}."
        on = f"{right.name}{f' ({right.column})' if right.column else ''}"
        return f"{kinds.get(right.role, right.role)} {what} {right.privilege} on {on}."

    too_many = set() if missing_alone else found - wanted
    return [said(right, "lacks") for right in sorted(wanted - found)] + [
        said(right, "has") for right in sorted(too_many)
    ]


def expected(cursor: Any) -> set[Right]:
    """Every right as role_rights.py has it, for the tables and functions that there are."""
    database = database_of(cursor)
    names = role_names(database)
    campaign = _campaign_tables(cursor)
    tables = {
        names.public: {**PUBLIC_MAY, **CAMPAIGN_PAGES},
        names.desk: {**DESK_MAY, **CAMPAIGN_VIEWS, **dict.fromkeys(campaign, EDITING)},
        names.functions: dict(FUNCTIONS_MAY),
        names.eraser: dict(ERASER_MAY),
        names.mail: {**MAIL_MAY, **CAMPAIGN_PAGES},
    }
    wanted = {Right(role, "SCHEMA", "public", "", "USAGE") for role in names}
    wanted |= {
        Right(role, "DATABASE", database, "", "CONNECT")
        for role in (names.public, names.desk, names.mail)
    }
    for role, rights in tables.items():
        wanted |= set(_on_tables(role, rights))
    for signature in _signatures(cursor):
        name = signature.partition("(")[0]
        may = BEFORE.get(signature, MAY_CALL.get(name, ()))
        wanted |= {
            Right(getattr(names, kind), "FUNCTION", signature, "", "EXECUTE") for kind in may
        }
    return wanted


def _statement(verb: str, right: Right) -> sql.Composable:
    who = sql.Identifier(right.role) if right.role else sql.SQL("PUBLIC")
    direction = sql.SQL("TO" if verb == "GRANT" else "FROM")
    if right.kind.startswith(DEFAULT):
        whose = sql.SQL("ALTER DEFAULT PRIVILEGES FOR ROLE {}").format(sql.Identifier(right.name))
        if right.column:
            whose += sql.SQL(" IN SCHEMA {}").format(sql.Identifier(right.column))
        many = sql.SQL(right.kind.removeprefix(DEFAULT))
        words = (
            whose,
            sql.SQL(verb),
            sql.SQL(right.privilege),
            sql.SQL("ON"),
            many,
            direction,
            who,
        )
        return sql.SQL(" ").join(words)
    privilege = sql.SQL(right.privilege)
    if right.column:
        privilege = privilege + sql.SQL(" ({})").format(sql.Identifier(right.column))
    kind, thing = sql.SQL(right.kind), _thing(right)
    return sql.SQL(" ").join((sql.SQL(verb), privilege, sql.SQL("ON"), kind, thing, direction, who))


def _thing(right: Right) -> sql.Composable:
    if right.kind == "FUNCTION":
        return sql.SQL(f"public.{right.name}")
    return sql.Identifier(*(["public"] if right.kind == "TABLE" else []), right.name)


def _take_back(cursor: Any) -> None:
    """What a role of ours owns becomes the owner's again, and it is a member of no other role.

    What only a superuser could take back stays, and `drift` goes on telling it.
    """
    for right in sorted(actual(cursor)):
        if right.privilege == "OWNERSHIP":
            words = sql.SQL("ALTER {} {} OWNER TO CURRENT_USER")
            statement = words.format(sql.SQL(right.kind), _thing(right))
        elif right.privilege == "MEMBERSHIP":
            words = sql.SQL("REVOKE {} FROM {}")
            statement = words.format(_thing(right), sql.Identifier(right.role))
        else:
            continue
        with suppress(DatabaseError), transaction.atomic():
            cursor.execute(statement)


def _on_tables(role: str, rights: Rights) -> Iterator[Right]:
    for table, privileges in rights.items():
        for written in privileges:
            privilege, _, columns = written.partition(" (")
            for column in columns.rstrip(")").split(", ") if columns else ("",):
                yield Right(role, "TABLE", table, column, privilege)


def _drop_what_nobody_calls(cursor: Any, names: Roles) -> None:
    """Signatures of ours that neither this release nor the one before it has."""
    kept = _written() | set(BEFORE)
    for signature in _signatures(cursor, owner=names.functions):
        if signature not in kept:
            cursor.execute(f"DROP FUNCTION public.{signature}")


def _own_functions(cursor: Any, names: Roles) -> None:
    """Gives each function to the role with the rights that it needs; triggers' stay the owner's."""
    given = _written() - set(_signatures(cursor, owner=names.functions))
    given = {signature for signature in given if not signature.endswith("_append_only()")}
    if not given:
        return
    # Giving a function away needs its new owner to hold CREATE for that moment.
    run(cursor, "GRANT CREATE ON SCHEMA public TO {}", names.functions)
    for signature in sorted(given):
        run(cursor, f"ALTER FUNCTION public.{signature} OWNER TO {{}}", names.functions)
    run(cursor, "REVOKE CREATE ON SCHEMA public FROM {}", names.functions)


def _signatures(cursor: Any, owner: str = "") -> list[str]:
    """The functions there are, of anybody or of one owner: receipt_kept(bytea)."""
    cursor.execute(
        "SELECT p.proname || '(' || oidvectortypes(p.proargtypes) || ')'"
        " FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_roles r ON r.oid = p.proowner"
        " WHERE p.pronamespace = 'public'::regnamespace AND r.rolname IN (%s, coalesce("
        "nullif(%s, ''), r.rolname)) ORDER BY 1",
        (owner, owner),
    )
    return [str(signature) for (signature,) in cursor.fetchall()]


_FUNCTION = re.compile(r"CREATE OR REPLACE FUNCTION public\.(\w+)\((.*?)\)\s+RETURNS", re.DOTALL)


def _written() -> set[str]:
    """The signatures in functions.sql, with types as PostgreSQL writes them."""
    return {
        f"{name}({', '.join(one.split()[1] for one in arguments.split(',') if one.strip())})"
        for name, arguments in _FUNCTION.findall(FUNCTIONS.read_text())
    }


def _campaign_tables(cursor: Any) -> Iterable[str]:
    cursor.execute(
        "SELECT tablename FROM pg_catalog.pg_tables"
        " WHERE schemaname = 'public' AND starts_with(tablename, 'campaign_')"
    )
    return [str(name) for (name,) in cursor.fetchall()]
