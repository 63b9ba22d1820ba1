"""What each database role may do, compared with a matrix written by hand; and the attacks on it."""

from itertools import product

import pytest
from django.db import DatabaseError, connection, transaction

from tests.cast import Person, send, tip_of
from tests.database.acting import acting_as, ask, role
from tips.models import Tip

PRIVILEGES = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")

# Whole-table rights; the campaign's tables are edited at the desk, its views read by both doors.
MATRIX = {
    "public": {"django_migrations": "SELECT"},
    "desk": {
        "django_migrations": "SELECT",
        "django_content_type": "SELECT",
        "django_admin_log": "SELECT INSERT",
        "tips_officer": "SELECT INSERT",
        "tips_officerkey": "SELECT INSERT DELETE",
        "tips_deskkey": "SELECT",
        "tips_grant": "SELECT INSERT DELETE",
        "tips_desksession": "SELECT INSERT UPDATE DELETE",
        "tips_tip": "SELECT",
        "tips_message": "SELECT INSERT",
        "tips_photo": "SELECT",
        "tips_note": "SELECT INSERT",
        "tips_tiplink": "SELECT INSERT",
        "tips_event": "SELECT INSERT",
    },
    "functions": {
        "tips_deskkey": "SELECT",
        "tips_tip": "SELECT INSERT",
        "tips_message": "SELECT INSERT",
        "tips_photo": "SELECT INSERT",
        "tips_event": "SELECT INSERT",
    },
}
CAMPAIGN = {"public": "", "desk": "SELECT INSERT UPDATE DELETE", "functions": ""}
VIEWS = {"campaign_published", "campaign_published_picture"}
CAMPAIGN_VIEWS = {"public": "SELECT", "desk": "SELECT", "functions": ""}

# Rights on columns alone.
COLUMNS = {
    "public": {
        "SELECT": {
            "tips_deskkey": "created_at kid proven_at public retired_at",
            "campaign_openinghours": "closes day opens",
            "campaign_closure": "first_day last_day",
        }
    },
    "desk": {
        "UPDATE": {
            "tips_officer": "is_active last_login role username",
            "tips_officerkey": "totp_last wrong_digits wrong_digits_since",
            "tips_tip": "box box_until look_again outcome owner_id restricted set_aside status"
            " urgency waiting_since",
        }
    },
    "functions": {
        "UPDATE": {
            "tips_deskkey": "proven_at",
            "tips_tip": "box box_until look_again outcome status waiting_since",
        }
    },
}
FUNCTIONS = {
    "public": {"codes_among", "follow_up", "receipt_kept", "receive_message", "receive_tip"},
    "desk": {"prove_desk_key"},
}


def refused(kind: str, statement: str, *values: object) -> bool:
    """Whether the role may not do it."""
    try:
        with transaction.atomic(), acting_as(kind), connection.cursor() as cursor:
            cursor.execute(statement, values)
    except DatabaseError as error:
        return "permission denied" in str(error) or "must be owner" in str(error)
    return False


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["public", "desk", "functions"])
def test_whole_table_rights_are_the_written_ones(kind: str) -> None:
    tables = [
        str(row[0]) for row in ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    ]
    for table, privilege in product(tables, PRIVILEGES):
        written = CAMPAIGN[kind] if table.startswith("campaign_") else MATRIX[kind].get(table, "")
        ((has,),) = ask("SELECT has_table_privilege(%s, %s, %s)", role(kind), table, privilege)
        assert has == (privilege in written.split()), (kind, table, privilege)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["public", "desk", "functions"])
def test_views_are_the_written_ones_behind_a_barrier_and_only_read(kind: str) -> None:
    rows = ask(
        "SELECT relname, reloptions::text FROM pg_class"
        " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm')"
    )
    assert {str(view): str(options) for view, options in rows} == dict.fromkeys(
        VIEWS, "{security_barrier=true}"
    )
    for view, privilege in product(VIEWS, PRIVILEGES):
        ((has,),) = ask("SELECT has_table_privilege(%s, %s, %s)", role(kind), view, privilege)
        assert has == (privilege in CAMPAIGN_VIEWS[kind].split()), (kind, view, privilege)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["public", "desk", "functions"])
def test_column_rights_are_the_written_ones(kind: str) -> None:
    for privilege in ("SELECT", "INSERT", "UPDATE"):
        rows = ask(
            "SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
            " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0"
            " AND NOT has_table_privilege(%s, c.oid, %s)"
            " AND has_column_privilege(%s, c.oid, a.attnum, %s)",
            role(kind),
            privilege,
            role(kind),
            privilege,
        )
        found: dict[str, set[str]] = {}
        for table, column in rows:
            found.setdefault(str(table), set()).add(str(column))
        written = COLUMNS[kind].get(privilege, {})
        assert found == {table: set(names.split()) for table, names in written.items()}


@pytest.mark.django_db
def test_functions_are_the_written_ones_owned_and_pinned() -> None:
    rows = ask(
        "SELECT p.proname, p.prosecdef, p.proowner::regrole::text, p.proconfig::text,"
        " has_function_privilege(%s, p.oid, 'EXECUTE'),"
        " has_function_privilege(%s, p.oid, 'EXECUTE')"
        " FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace",
        role("public"),
        role("desk"),
    )
    assert {str(row[0]) for row in rows if row[4]} == FUNCTIONS["public"]
    assert {str(row[0]) for row in rows if row[5]} == FUNCTIONS["desk"]
    for name, definer, owner, config, _, _ in rows:
        assert config == '{"search_path=pg_catalog, pg_temp"}', name
        if name != "append_only":
            assert definer, name
            assert str(owner).strip('"') == role("functions"), name


@pytest.mark.django_db
def test_roles_are_no_owners_and_can_make_nothing() -> None:
    for kind in ("public", "desk", "functions"):
        name = role(kind)
        ((superuser, createdb, createrole, inherits, login, limit),) = ask(
            "SELECT rolsuper, rolcreatedb, rolcreaterole, rolinherit, rolcanlogin, rolconnlimit"
            " FROM pg_roles WHERE rolname = %s",
            name,
        )
        assert not superuser
        assert not createdb
        assert not createrole
        assert not inherits
        assert login == (kind != "functions")
        assert kind == "functions" or 0 < int(str(limit)) <= 40
        ((makes, temp),) = ask(
            "SELECT has_schema_privilege(%s, 'public', 'CREATE'),"
            " has_database_privilege(%s, current_database(), 'TEMP, CREATE')",
            name,
            name,
        )
        assert not makes
        assert not temp
        assert ask("SELECT 1 FROM pg_auth_members WHERE member = %s::regrole", name) == []


@pytest.mark.django_db
def test_the_public_door_cannot_list_count_or_change_tips(first: object) -> None:
    receipt = send()
    for statement in (
        "SELECT count(*) FROM tips_tip",
        "SELECT 1 FROM tips_tip LIMIT 1",
        "INSERT INTO tips_event (id, at, verb, by, about, reference)"
        " VALUES (gen_random_uuid(), now(), 'closed', '', '', '')",
        "UPDATE tips_tip SET status = 'closed'",
        "DELETE FROM tips_tip",
        "TRUNCATE tips_tip",
        "SELECT recovery_grant FROM tips_deskkey",
        "UPDATE tips_deskkey SET proven_at = now()",
        "SELECT prove_desk_key('x'::bytea)",
        "CREATE TEMP TABLE tips_tip (id uuid)",
        "CREATE TABLE loot (id uuid)",
        "CREATE FUNCTION public.receive_tip() RETURNS int LANGUAGE sql AS 'select 1'",
    ):
        assert refused("public", statement), statement
    assert Tip.objects.get().reference == receipt.reference


@pytest.mark.django_db
def test_no_serving_role_changes_or_deletes_what_was_said(sam: Person) -> None:
    receipt = send()
    tip_of(receipt)
    for kind, table in product(("public", "desk"), ("event", "note", "message", "photo", "tip")):
        for statement in (
            f"UPDATE tips_{table} SET id = id",
            f"DELETE FROM tips_{table}",
            f"TRUNCATE tips_{table} CASCADE",
        ):
            assert refused(kind, statement), (kind, statement)
    assert refused("desk", "UPDATE tips_tip SET sealed = 'x'::bytea")
    assert refused("desk", "INSERT INTO tips_tip DEFAULT VALUES")
    assert refused("desk", "INSERT INTO tips_deskkey DEFAULT VALUES")
    assert refused("desk", "UPDATE tips_officerkey SET voucher = 'x'::bytea")


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["event", "note"])
def test_not_even_the_owner_rewrites_the_trail_by_mistake(sam: Person, table: str) -> None:
    from tips import actions

    tip = tip_of(send())
    actions.note(tip=tip, by=sam.officer, text="A note.")
    for statement in (f"UPDATE tips_{table} SET by = 'x'", f"DELETE FROM tips_{table}"):
        with pytest.raises(DatabaseError, match="append only"), transaction.atomic():
            ask(statement)
