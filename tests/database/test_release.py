"""What a release does to a database that is there already: functions, owners, rights and roles."""

from collections.abc import Mapping

import pytest
from django.db import connection, transaction

from slu_antitrafficking import roles
from tests.database.acting import ask, role
from tests.database.test_drift import drift, run
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
    run("DROP FUNCTION public.codes_among(bytea[])")
    apply()
    assert ask("SELECT proowner::regrole::text FROM pg_proc WHERE proname = 'codes_among'") == [
        (str(ask("SELECT quote_ident(%s)", role("functions"))[0][0]),)
    ]
    assert may_call("public", "codes_among(bytea[])")
    assert not may_call("desk", "codes_among(bytea[])")
    assert ask("SELECT has_schema_privilege(%s, 'public', 'CREATE')", role("functions")) == [
        (False,)
    ]
    assert drift() == []


def test_half_an_hour_stands_in_the_function_itself() -> None:
    assert ask("SELECT prosrc LIKE '%%30 minutes%%' FROM pg_proc WHERE proname = 'store_tip'") == [
        (True,)
    ]


def test_a_lock_is_waited_for_five_seconds_while_rights_are_set() -> None:
    with transaction.atomic():
        apply()
        assert ask("SHOW lock_timeout") == [("5s",)]


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


def test_the_owner_may_become_the_roles_that_own_and_erase_and_no_other() -> None:
    members = ask(
        "SELECT r.rolname::text FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid"
        " WHERE m.member = current_user::regrole AND r.rolname LIKE current_database() || '%%'"
        " AND m.set_option"
    )
    assert {name for (name,) in members} >= {role("functions"), role("eraser")}


def test_names_of_roles_carry_the_database_s() -> None:
    assert roles.role_names("tips") == ("tips_public", "tips_desk", "tips_functions", "tips_eraser")


def test_a_role_that_is_missing_is_named() -> None:
    with transaction.atomic():
        run(f'ALTER ROLE "{role("public")}" RENAME TO somebody_else')
        with connection.cursor() as cursor:
            assert roles.drift(cursor) == ["The role of the public door is missing."]
        run(f'ALTER ROLE somebody_else RENAME TO "{role("public")}"')


def test_a_release_leaves_functions_of_others_and_the_triggers_to_their_owner() -> None:
    run("CREATE FUNCTION public.somebodys() RETURNS integer LANGUAGE sql AS 'SELECT 1'")
    apply()
    assert ask("SELECT to_regprocedure('public.somebodys()') IS NOT NULL") == [(True,)]
    owners = ask(
        "SELECT DISTINCT proowner::regrole = current_user::regrole FROM pg_proc"
        " WHERE proname LIKE '%%append_only'"
    )
    assert owners == [(True,)]
