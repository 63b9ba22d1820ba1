"""What a release does to a database that is there already: functions, owners, rights and roles."""

import secrets
from collections.abc import Mapping

import psycopg2
import pytest
from django.db import connection, transaction

from slu_antitrafficking import roles
from tests.database.acting import ask, drift, role, role_drift, run, superuser
from tips.database import rights

pytestmark = pytest.mark.django_db


def apply() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        rights.apply_grants(cursor)


def may_call(kind: str, signature: str) -> bool:
    return ask("SELECT has_function_privilege(%s, %s, 'EXECUTE')", role(kind), signature) == [
        (True,)
    ]


def test_a_function_that_is_missing_is_made_owned_and_callable_again() -> None:
    run("DROP FUNCTION public.receipt_kept(bytea)")
    apply()
    assert ask("SELECT proowner::regrole::text FROM pg_proc WHERE proname = 'receipt_kept'") == [
        (str(ask("SELECT quote_ident(%s)", role("functions"))[0][0]),)
    ]
    assert may_call("public", "receipt_kept(bytea)")
    assert not may_call("desk", "receipt_kept(bytea)")
    assert ask("SELECT has_schema_privilege(%s, 'public', 'CREATE')", role("functions")) == [
        (False,)
    ]
    assert drift() == []


def test_half_an_hour_stands_in_the_function_itself() -> None:
    assert ask("SELECT prosrc LIKE '%%30 minutes%%' FROM pg_proc WHERE proname = 'store_tip'") == [
        (True,)
    ]


def test_a_lock_is_waited_for_a_second_while_rights_are_set() -> None:
    with transaction.atomic():
        apply()
        assert ask("SHOW lock_timeout") == [("1s",)]


def test_nobody_may_call_what_is_made_next() -> None:
    run("ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO PUBLIC")
    apply()
    run("CREATE FUNCTION public.next_one() RETURNS integer LANGUAGE sql AS 'SELECT 1'")
    assert not may_call("public", "next_one()")


def test_what_the_release_before_called_stays_with_its_callers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before: Mapping[str, tuple[str, ...]] = {"receipt_kept(text)": ("public",)}
    monkeypatch.setattr(rights, "BEFORE", before)
    run("CREATE FUNCTION receipt_kept(p_one text) RETURNS integer LANGUAGE sql AS 'SELECT 1'")
    apply()
    assert may_call("public", "receipt_kept(text)")
    assert not may_call("desk", "receipt_kept(text)")
    assert drift() == []
    # And a signature of this release keeps its own callers, whatever the one before wrote.
    monkeypatch.setattr(rights, "BEFORE", before | {"receipt_kept(bytea)": ("desk",)})
    apply()
    assert not may_call("public", "receipt_kept(bytea)")
    assert may_call("desk", "receipt_kept(bytea)")


def test_serving_roles_have_their_limits() -> None:
    limits = ask(
        "SELECT rolname::text, rolconnlimit, rolcanlogin FROM pg_roles WHERE rolname IN (%s, %s)"
        " ORDER BY rolconnlimit",
        role("public"),
        role("desk"),
    )
    assert limits == [(role("desk"), 20, True), (role("public"), 40, True)]
    for kind in ("public", "desk"):
        ((settings,),) = ask(
            "SELECT s.setconfig FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = s.setrole"
            " WHERE r.rolname = %s",
            role(kind),
        )
        assert {
            "statement_timeout=30s",
            "idle_in_transaction_session_timeout=60s",
        } <= set(settings)  # type: ignore[call-overload]


def test_two_more_machines_with_doors_get_connections_of_their_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("WEB_MACHINES", "3")
    assert len(role_drift()) == 2
    with connection.cursor() as cursor:
        roles.make_roles(cursor)
    limits = "SELECT rolname::text, rolconnlimit FROM pg_roles WHERE rolname IN (%s, %s, %s)"
    names = [role(kind) for kind in roles.LOGINS]
    assert dict(ask(limits, *names)) == dict(zip(names, (104, 52, 3), strict=True))
    assert role_drift() == []


def test_the_owner_may_become_the_roles_that_own_and_erase_and_no_other() -> None:
    members = ask(
        "SELECT r.rolname::text FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid"
        " WHERE m.member = current_user::regrole AND r.rolname LIKE current_database() || '%%'"
        " AND m.set_option"
    )
    assert {name for (name,) in members} >= {role("functions"), role("eraser")}


def test_names_of_roles_carry_the_database_s() -> None:
    assert roles.role_names("tips") == (
        "tips_public",
        "tips_desk",
        "tips_functions",
        "tips_eraser",
        "tips_mail",
    )


def test_roles_that_are_missing_are_named_and_made() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for kind in roles.LOGINS:
            run(f'ALTER ROLE "{role(kind)}" RENAME TO lost_{kind}')
        assert roles.drift(cursor) == [
            f"The role of {who} is missing."
            for who in ("the public door", "the desk door", "the mail process")
        ]
        assert superusers_part(str(ask("SELECT current_user")[0][0])) == []
        assert roles.make_roles(cursor) == roles.role_names(roles.database_of(cursor))
        assert roles.drift(cursor) == []
        transaction.set_rollback(True)


def test_the_owner_becomes_the_roles_that_own_again() -> None:
    for kind in ("functions", "eraser"):
        run(f'REVOKE "{role(kind)}" FROM CURRENT_USER')
    with connection.cursor() as cursor:
        roles.make_roles(cursor)
    for kind in ("functions", "eraser"):
        assert ask("SELECT pg_has_role(current_user, %s, 'SET')", role(kind)) == [(True,)]


def test_a_release_leaves_functions_of_others_and_the_triggers_to_their_owner() -> None:
    run("CREATE FUNCTION public.somebodys() RETURNS integer LANGUAGE sql AS 'SELECT 1'")
    apply()
    assert ask("SELECT to_regprocedure('public.somebodys()') IS NOT NULL") == [(True,)]
    owners = ask(
        "SELECT DISTINCT proowner::regrole = current_user::regrole FROM pg_proc"
        " WHERE proname LIKE '%%append_only'"
    )
    assert owners == [(True,)]


def superusers_part(owner: str) -> list[str]:
    with connection.cursor() as cursor:
        return roles.superusers_part(cursor, owner)


def quoted(name: str) -> str:
    return str(ask("SELECT quote_ident(%s)", name)[0][0])


def test_what_a_superuser_still_has_to_run_in_this_database() -> None:
    """The starter closed the catalog of the template; only the new roles' limit is left."""
    ((owner,),) = ask("SELECT current_user::text")
    limit = "ALTER ROLE {} SET temp_file_limit = '256MB'"
    assert superusers_part(str(owner)) == [
        limit.format(quoted(role(kind))) for kind in ("public", "desk", "mail")
    ]


def callable_by(name: str) -> set[object]:
    """The functions of pg_catalog that this role may call."""
    rows = ask(
        "SELECT oid::regprocedure::text FROM pg_proc"
        " WHERE pronamespace = 'pg_catalog'::regnamespace"
        " AND has_function_privilege(%s, oid, 'EXECUTE')",
        name,
    )
    return {signature for (signature,) in rows}


def test_another_owner_may_do_what_ours_does_once_what_is_asked_was_granted() -> None:
    """Ours, whose rewriting tests/operations/housekeeping plays, was granted no more."""
    ((ours, database),) = ask("SELECT current_user::text, current_database()::text")
    other = f"{database}_new_owner"
    with superuser(str(database)) as cursor:
        cursor.execute(f'CREATE ROLE "{other}" CREATEROLE')
        try:
            assert callable_by(other) < callable_by(str(ours))
            asked = superusers_part(other)
            assert asked[-3:] == superusers_part(str(ours)), "the limits of the roles that log in"
            for statement in asked[:-3]:
                cursor.execute(statement)
            assert superusers_part(other) == asked[-3:]
            assert callable_by(other) == callable_by(str(ours))
            cursor.execute(f'SET SESSION AUTHORIZATION "{other}"')
            cursor.execute("CHECKPOINT")
            cursor.execute("RESET SESSION AUTHORIZATION")
            for statement in asked[-3:]:
                cursor.execute(statement)
            assert superusers_part(other) == role_drift() == []
        finally:
            cursor.execute("RESET SESSION AUTHORIZATION")
            for kind in roles.LOGINS:
                cursor.execute(f'ALTER ROLE "{role(kind)}" RESET temp_file_limit')
            cursor.execute(f'DROP OWNED BY "{other}"')
            cursor.execute(f'DROP ROLE "{other}"')


def test_closing_the_catalog_calls_nothing_that_the_owner_made() -> None:
    """PostgreSQL takes the operator that fits best, in whatever schema of the path."""
    ((ours, database),) = ask("SELECT current_user::text, current_database()::text")
    with superuser(str(database)) as cursor:
        cursor.execute("BEGIN")
        cursor.execute(
            "CREATE FUNCTION public.trap(name, name) RETURNS text LANGUAGE plpgsql AS"
            " 'BEGIN RAISE EXCEPTION ''called''; END';"
            "CREATE OPERATOR public.|| (LEFTARG = name, RIGHTARG = name, FUNCTION = public.trap)"
        )
        roles.close_catalog(cursor, str(ours))
        cursor.execute("ROLLBACK")


def test_what_nobody_of_ours_needs_nobody_may_call() -> None:
    with connection.cursor() as cursor:
        closed = dict(roles._functions(cursor, roles.NOBODYS))
    names = {signature.partition("(")[0].removeprefix("pg_catalog.") for signature in closed}
    assert names >= {
        *("lo_create", "lo_unlink", "loread", "lowrite", "pg_notify", "pg_export_snapshot"),
        *("pg_advisory_lock", "pg_try_advisory_lock", "pg_logical_emit_message"),
    }
    assert not names & {"pg_sleep", "log", "loga", "lower"}
    assert not any(closed.values())
    for signature in closed:
        assert not may_call("public", signature), signature


def test_a_password_opens_its_role_alone() -> None:
    password = f'it\'s "hers" {secrets.token_hex(4)}'  # the last one still stands
    parameters = connection.get_connection_params()
    for name in ("cursor_factory", "context"):
        parameters.pop(name, None)
    ours = psycopg2.connect(**parameters)
    ours.autocommit = True
    with ours.cursor() as cursor:
        roles.set_password(cursor, role("public"), password)
    ours.close()
    theirs = parameters | {"user": role("public"), "password": password}
    psycopg2.connect(**theirs).close()
    with pytest.raises(psycopg2.OperationalError, match="authentication failed"):
        psycopg2.connect(**theirs | {"password": "its hers"})


@pytest.mark.parametrize("kind", roles.LOGINS)
def test_a_limit_of_the_superuser_s_is_no_drift_and_another_is(kind: str) -> None:
    assert role_drift() == []
    run(f"ALTER ROLE \"{role(kind)}\" SET work_mem = '1MB'")
    assert role_drift() == [f"The settings of {roles.WHOSE[kind]}'s role were changed."]
    run(f'ALTER ROLE "{role(kind)}" RESET work_mem')
    run(f'ALTER ROLE "{role(kind)}" CONNECTION LIMIT 2')
    assert role_drift() == [f"The attributes of {roles.WHOSE[kind]}'s role were changed."]


def test_what_everybody_may_call_is_taken_from_them_and_given_to_the_owner(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ((owner,),) = ask("SELECT current_user::text")
    for names in ("NOBODYS", "OWNERS"):
        monkeypatch.setattr(roles, names, "p.proname = 'pg_postmaster_start_time'")
    signature = "pg_catalog.pg_postmaster_start_time()"
    assert superusers_part(str(owner))[:2] == [
        f"REVOKE EXECUTE ON FUNCTION {signature} FROM PUBLIC",
        f"GRANT EXECUTE ON FUNCTION {signature} TO {quoted(str(owner))}",
    ]
