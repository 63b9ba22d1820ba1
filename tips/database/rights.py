"""What each of the database's roles may do; applied anew after every migration."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from psycopg2 import sql

from slu_antitrafficking.retention_periods import CODE_MINUTES
from slu_antitrafficking.roles import Roles, database_of, role_names, run

FUNCTIONS = Path(__file__).with_name("functions.sql")

PUBLIC_FUNCTIONS = ("receive_tip", "receive_message", "receipt_kept", "follow_up", "codes_among")
DESK_FUNCTIONS = ("prove_desk_key",)
# Columns in brackets narrow a right to them.
# What pages are made of: published items and their texts, by views, and when the office is open.
CAMPAIGN_VIEWS = dict.fromkeys(("campaign_published", "campaign_published_picture"), ("SELECT",))
CAMPAIGN_PAGES = CAMPAIGN_VIEWS | {
    "campaign_openinghours": ("SELECT (day, opens, closes)",),
    "campaign_closure": ("SELECT (first_day, last_day)",),
}
PUBLIC_MAY = {
    "django_migrations": ("SELECT",),
    "tips_deskkey": ("SELECT (kid, public, created_at, proven_at, retired_at)",),
    **CAMPAIGN_PAGES,
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


def apply_grants(cursor: Any) -> None:
    """Makes the functions as they stand in functions.sql, and every right as it stands above."""
    database = database_of(cursor)
    names = role_names(database)
    cursor.execute(FUNCTIONS.read_text().replace("CODE_MINUTES", str(CODE_MINUTES)))
    run(cursor, "REVOKE ALL ON DATABASE {} FROM PUBLIC", database)
    run(cursor, "REVOKE ALL ON SCHEMA public FROM PUBLIC")
    run(cursor, "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC")
    run(cursor, "REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC")
    run(cursor, "ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC")
    for role in names:
        run(cursor, "REVOKE ALL ON DATABASE {} FROM {}", database, role)
        run(cursor, "REVOKE ALL ON SCHEMA public FROM {}", role)
        run(cursor, "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}", role)
        run(cursor, "REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {}", role)
        run(cursor, "GRANT USAGE ON SCHEMA public TO {}", role)
    _own_functions(cursor, names)
    for role, functions in ((names.public, PUBLIC_FUNCTIONS), (names.desk, DESK_FUNCTIONS)):
        run(cursor, "GRANT CONNECT ON DATABASE {} TO {}", database, role)
        for function in functions:
            run(cursor, "GRANT EXECUTE ON FUNCTION public.{} TO {}", function, role)
    campaign = _tables(cursor, "campaign_")
    _grant(cursor, names.public, PUBLIC_MAY)
    editing = ("SELECT", "INSERT", "UPDATE", "DELETE")
    _grant(cursor, names.desk, DESK_MAY | CAMPAIGN_VIEWS | dict.fromkeys(campaign, editing))
    _grant(cursor, names.functions, FUNCTIONS_MAY)


def _own_functions(cursor: Any, names: Roles) -> None:
    # Giving a function away needs its new owner to hold CREATE for that moment.
    run(cursor, "GRANT CREATE ON SCHEMA public TO {}", names.functions)
    for function in PUBLIC_FUNCTIONS + DESK_FUNCTIONS:
        run(cursor, "ALTER FUNCTION public.{} OWNER TO {}", function, names.functions)
        for role in ("public", names.public, names.desk):
            who = sql.SQL("PUBLIC") if role == "public" else sql.Identifier(role)
            statement = sql.SQL("REVOKE ALL ON FUNCTION public.{} FROM {}")
            cursor.execute(statement.format(sql.Identifier(function), who))
    run(cursor, "REVOKE CREATE ON SCHEMA public FROM {}", names.functions)


def _grant(cursor: Any, role: str, rights: Mapping[str, tuple[str, ...]]) -> None:
    for table, privileges in rights.items():
        for privilege in privileges:
            run(cursor, f"GRANT {privilege} ON public.{{}} TO {{}}", table, role)


def _tables(cursor: Any, prefix: str) -> list[str]:
    cursor.execute(
        "SELECT tablename FROM pg_catalog.pg_tables"
        " WHERE schemaname = 'public' AND starts_with(tablename, %s)",
        (prefix,),
    )
    return [name for (name,) in cursor.fetchall()]
