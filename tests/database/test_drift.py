"""What the self-check says of a database that somebody changed, and how a release sets it right."""

import pytest
from django.db import connection, transaction

from slu_antitrafficking import roles
from tests.database.acting import ask, database, drift, role, role_drift, run, superuser
from tips.database import rights

pytestmark = pytest.mark.django_db


def apply() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        rights.apply_grants(cursor)


CHANGES = {
    "GRANT SELECT ON tips_tip TO {public}": "public has SELECT on tips_tip.",
    "GRANT SELECT (sealed) ON tips_tip TO {public}": "public has SELECT on tips_tip (sealed).",
    "GRANT UPDATE (sealed) ON tips_tip TO {desk}": "desk has UPDATE on tips_tip (sealed).",
    "REVOKE SELECT ON tips_tip FROM {desk}": "desk lacks SELECT on tips_tip.",
    "REVOKE UPDATE (owner_id) ON tips_tip FROM {desk}": "desk lacks UPDATE on tips_tip (owner_id).",
    "GRANT SELECT ON tips_officer TO PUBLIC": "everybody has SELECT on tips_officer.",
    "GRANT CREATE ON SCHEMA public TO {public}": "public has CREATE on public.",
    "REVOKE EXECUTE ON FUNCTION receipt_kept(bytea) FROM {public}": (
        "public lacks EXECUTE on receipt_kept(bytea)."
    ),
    "GRANT EXECUTE ON FUNCTION retire_false_desk_key(bytea, bytea) TO {public}": (
        "public has EXECUTE on retire_false_desk_key(bytea, bytea)."
    ),
    "CREATE TABLE loot (id integer); GRANT INSERT ON loot TO {public}": (
        "public has INSERT on loot."
    ),
    "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO {public}": (
        "public has SELECT on all tables that {owner} makes."
    ),
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO PUBLIC": (
        "everybody has USAGE on all sequences that {owner} makes."
    ),
    "ALTER DEFAULT PRIVILEGES FOR ROLE {desk} GRANT DELETE ON TABLES TO {public}": (
        "public has DELETE on all tables that {desk} makes."
    ),
    "ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO PUBLIC": (
        "everybody has EXECUTE on all functions that {owner} makes."
    ),
    # An owner has every right on it, though none is given.
    "GRANT CREATE ON SCHEMA public TO {public}; ALTER TABLE tips_photo OWNER TO {public};"
    " REVOKE CREATE ON SCHEMA public FROM {public}": "public owns tips_photo.",
    "GRANT CREATE ON SCHEMA public TO {eraser}; ALTER VIEW campaign_published OWNER TO {eraser};"
    " REVOKE CREATE ON SCHEMA public FROM {eraser}": "eraser owns campaign_published.",
    "GRANT CREATE ON SCHEMA public TO {public};"
    " ALTER FUNCTION retire_false_desk_key(bytea, bytea) OWNER TO {public};"
    " REVOKE CREATE ON SCHEMA public FROM {public}": (
        "public owns retire_false_desk_key(bytea, bytea)."
    ),
    "REVOKE CONNECT ON DATABASE {database} FROM {desk}": "desk lacks CONNECT on {database}.",
    "REVOKE CONNECT ON DATABASE {database} FROM {mail}": "mail lacks CONNECT on {database}.",
    # A member without INHERIT still becomes the other role by SET ROLE.
    "GRANT {desk} TO {public}": "public may become {desk}.",
    "GRANT {functions} TO {desk}": "desk may become {functions}.",
}


@pytest.mark.parametrize("statement", CHANGES)
def test_a_right_that_somebody_changed_is_named_and_the_next_release_sets_it(
    statement: str,
) -> None:
    ((owner,),) = ask("SELECT current_user::text")
    names = {kind: role(kind) for kind in roles.Roles._fields} | {
        "owner": owner,
        "database": database(),
    }
    assert drift() == []
    run(statement.format(**names))
    assert drift() == [CHANGES[statement].format(**names)]
    apply()
    assert drift() == []


def test_what_only_a_superuser_could_take_back_stays_named_and_stops_no_release() -> None:
    with superuser(database()) as cursor:
        cursor.execute(f'GRANT pg_read_all_data TO "{role("public")}"')
        try:
            run(f'GRANT SELECT ON tips_tip TO "{role("public")}"')
            apply()
            assert drift() == ["public may become pg_read_all_data."]
        finally:
            cursor.execute(f'REVOKE pg_read_all_data FROM "{role("public")}"')


def test_a_function_that_everybody_may_call_is_named() -> None:
    run("CREATE FUNCTION loot() RETURNS integer LANGUAGE sql AS 'SELECT 1'")
    run("GRANT EXECUTE ON FUNCTION loot() TO PUBLIC")
    assert drift() == ["everybody has EXECUTE on loot()."]


def test_a_release_drops_the_signatures_that_neither_it_nor_the_one_before_calls() -> None:
    owner = role("functions")
    run("CREATE FUNCTION receipt_kept(p_one text) RETURNS integer LANGUAGE sql AS 'SELECT 1'")
    run(f"GRANT CREATE ON SCHEMA public TO {owner}")
    run(f"ALTER FUNCTION receipt_kept(text) OWNER TO {owner}")
    run(f"REVOKE CREATE ON SCHEMA public FROM {owner}")
    apply()
    assert ask("SELECT to_regprocedure('public.receipt_kept(text)')") == [(None,)]
    assert ask("SELECT to_regprocedure('public.receipt_kept(bytea)') IS NOT NULL") == [(True,)]


SETTINGS = "The settings of the {}'s role were changed."
ATTRIBUTES = "The attributes of the {}'s role were changed."
NOT_THE_OWNERS = "The owner may no longer act for the role of {}."
ROLE_CHANGES = {
    "ALTER ROLE {public} SET statement_timeout = '1ms'": SETTINGS.format("public door"),
    "ALTER ROLE {public} IN DATABASE {database} SET search_path = 'nowhere'": (
        SETTINGS.format("public door")
    ),
    "ALTER ROLE {desk} RESET statement_timeout": SETTINGS.format("desk door"),
    "ALTER ROLE {public} CONNECTION LIMIT 0": ATTRIBUTES.format("public door"),
    "ALTER ROLE {public} NOLOGIN": ATTRIBUTES.format("public door"),
    "ALTER ROLE {desk} VALID UNTIL '2020-01-01'": ATTRIBUTES.format("desk door"),
    "ALTER ROLE {desk} CREATEROLE": ATTRIBUTES.format("desk door"),
    "ALTER ROLE {public} SET work_mem = '1MB'": SETTINGS.format("public door"),
    "ALTER ROLE {mail} CONNECTION LIMIT 0": ATTRIBUTES.format("mail process"),
    "ALTER ROLE {mail} RESET statement_timeout": SETTINGS.format("mail process"),
    "REVOKE {desk} FROM CURRENT_USER": NOT_THE_OWNERS.format("desk"),
    "REVOKE {eraser} FROM CURRENT_USER": NOT_THE_OWNERS.format("eraser"),
    "GRANT {desk} TO CURRENT_USER WITH INHERIT FALSE": NOT_THE_OWNERS.format("desk"),
    "GRANT {public} TO CURRENT_USER WITH SET FALSE": NOT_THE_OWNERS.format("public"),
}


@pytest.mark.parametrize("statement", ROLE_CHANGES)
def test_a_changed_role_is_named_and_set_right_again(statement: str) -> None:
    assert role_drift() == []
    ((database,),) = ask("SELECT quote_ident(current_database())")
    names = {kind: role(kind) for kind in roles.Roles._fields} | {"database": database}
    run(statement.format(**names))
    assert role_drift() == [ROLE_CHANGES[statement]]
    with connection.cursor() as cursor:
        roles.make_roles(cursor)
    assert role_drift() == []
