"""What each database role may do, compared with a matrix written by hand; and the attacks on it."""

from contextlib import nullcontext
from itertools import product

import pytest
from django.db import DatabaseError, connection, transaction

from tests.cast import Person, send, tip_of
from tests.database.acting import acting_as, ask, role
from tests.database.written_rights import (
    CAMPAIGN,
    CAMPAIGN_VIEWS,
    COLUMNS,
    FUNCTIONS,
    MATRIX,
    ROLES,
    VIEWS,
)
from tips import actions
from tips.models import Event, Note, Tip

PRIVILEGES = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")


def refused(kind: str, statement: str, *values: object) -> bool:
    """Whether the role may not do it."""
    try:
        with transaction.atomic(), acting_as(kind), connection.cursor() as cursor:
            cursor.execute(statement, values)
    except DatabaseError as error:
        return "permission denied" in str(error) or "must be owner" in str(error)
    return False


def rights_of(kind: str, relkinds: str) -> dict[str, set[str]]:
    """The privileges of the role on each whole table or view."""
    rows = ask(
        "SELECT c.relname, p, has_table_privilege(%s, c.oid, p)"
        " FROM pg_class c CROSS JOIN unnest(%s) p"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind::text = ANY (%s)",
        role(kind),
        list(PRIVILEGES),
        list(relkinds),
    )
    found: dict[str, set[str]] = {str(table): set() for table, _, _ in rows}
    for table, privilege, has in rows:
        if has:
            found[str(table)].add(str(privilege))
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ROLES)
def test_whole_table_rights_are_the_written_ones(kind: str) -> None:
    found = rights_of(kind, "rp")
    assert set(MATRIX[kind]) <= set(found)
    for table, privileges in found.items():
        written = CAMPAIGN[kind] if table.startswith("campaign_") else MATRIX[kind].get(table, "")
        assert privileges == set(written.split()), (kind, table)


@pytest.mark.django_db
def test_views_are_the_written_ones_behind_a_barrier_and_only_read() -> None:
    rows = ask(
        "SELECT relname, reloptions::text FROM pg_class"
        " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm')"
    )
    assert {str(view): str(options) for view, options in rows} == dict.fromkeys(
        VIEWS, "{security_barrier=true}"
    )
    for kind in ROLES:
        written = set(CAMPAIGN_VIEWS[kind].split())
        assert rights_of(kind, "vm") == dict.fromkeys(VIEWS, written), kind


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ROLES)
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
        "SELECT p.proname, p.prosecdef, p.proowner::regrole::text, p.proconfig::text"
        " FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace"
    )
    for kind in ROLES:
        callable_ = ask(
            "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
            " AND has_function_privilege(%s, oid, 'EXECUTE') AND proowner <> %s::regrole",
            role(kind),
            role(kind),
        )
        assert {str(name) for (name,) in callable_} == FUNCTIONS[kind], kind
    for name, definer, owner, config in rows:
        assert config == '{"search_path=pg_catalog, pg_temp"}', name
        if not str(name).endswith("_append_only"):
            assert str(owner).strip('"') == role("functions"), name
        if name in FUNCTIONS["public"] | FUNCTIONS["desk"]:
            assert definer, name


@pytest.mark.django_db
def test_roles_are_no_owners_and_can_make_nothing() -> None:
    for kind in ROLES:
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
        assert login == (kind in ("public", "desk", "mail"))
        assert not login or 0 < int(str(limit)) <= 40
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
        "SELECT recovery_copy FROM tips_deskkey",
        "SELECT backup_recipient FROM tips_deskkey",
        "UPDATE tips_deskkey SET activated_at = now()",
        "SELECT 1 FROM tips_box",
        "SELECT 1 FROM tips_alarm",
        "SELECT 1 FROM tips_officer",
        "SELECT confirm_sheets('x'::bytea)",
        "SELECT retire_false_desk_key('x'::bytea, 'x'::bytea)",
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
    assert refused("desk", "UPDATE tips_officerkey SET attestation = 'x'::bytea")
    assert refused("desk", "UPDATE tips_deskkey SET sheets_confirmed_at = NULL")
    assert refused("desk", "UPDATE tips_deskkey SET recovery_public = 'x'::bytea")
    assert refused("desk", "SELECT 1 FROM tips_box")


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["event", "note"])
def test_not_even_the_owner_rewrites_the_trail_by_mistake(sam: Person, table: str) -> None:
    tip = tip_of(send())
    actions.note(tip=tip, by=sam.officer, text="A note.")
    for statement in (f"UPDATE tips_{table} SET by = 'x'", f"DELETE FROM tips_{table}"):
        with pytest.raises(DatabaseError, match="append only"), transaction.atomic():
            ask(statement)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["owner", "desk", "functions"])
def test_nobody_but_the_eraser_takes_a_reason_or_a_note_away(sam: Person, kind: str) -> None:
    lowered(sam)
    for statement in ("UPDATE tips_event SET reason = NULL", "DELETE FROM tips_note"):
        acting = nullcontext() if kind == "owner" else acting_as(kind)
        with pytest.raises(DatabaseError), transaction.atomic(), acting:
            ask(statement)
    assert Event.objects.exclude(reason=None).exists()


@pytest.mark.django_db
def test_the_eraser_takes_the_words_of_a_tip_away_and_nothing_of_the_trail(sam: Person) -> None:
    lowered(sam)
    before = list(Event.objects.order_by("id").values())
    for column in [field.column for field in Event._meta.fields if field.name != "reason"]:
        with pytest.raises(DatabaseError), transaction.atomic(), acting_as("eraser"):
            ask(f'UPDATE tips_event SET reason = NULL, "{column}" = NULL')
    for statement in (
        "UPDATE tips_event SET reason = 'other'::bytea",
        "DELETE FROM tips_event",
        "TRUNCATE tips_event",
        "UPDATE tips_note SET sealed = 'other'::bytea",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), acting_as("eraser"):
            ask(statement)
    assert list(Event.objects.order_by("id").values()) == before
    with acting_as("eraser"), connection.cursor() as cursor:
        cursor.execute("UPDATE tips_event SET reason = NULL WHERE reason IS NOT NULL")
        cursor.execute("DELETE FROM tips_note")
    after = list(Event.objects.order_by("id").values())
    assert after == [row | {"reason": None} for row in before]
    assert not Note.objects.exists()


def lowered(sam: Person) -> None:
    """A tip whose trail holds a reason, with a note."""
    tip = tip_of(send(danger_now="yes"))
    actions.lower_urgency(tip=tip, by=sam.officer, reason="Police were there.")
    actions.note(tip=tip, by=sam.officer, text="A note.")


@pytest.mark.django_db
def test_an_update_that_changes_nothing_passes_so_that_rows_can_be_rewritten(sam: Person) -> None:
    lowered(sam)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE tips_event SET id = id")
        cursor.execute("UPDATE tips_note SET id = id")
        assert cursor.rowcount == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("tips_event", "reason = NULL, about = 'nobody'"),
        ("tips_event", "reason = NULL, at = at + interval '1 day'"),
        ("tips_note", "sealed = 'x'"),
        ("tips_note", "at = at + interval '1 day'"),
    ],
)
def test_with_every_right_on_them_the_eraser_changes_no_word(
    sam: Person, table: str, change: str
) -> None:
    lowered(sam)
    ask(f'GRANT UPDATE ON {table} TO "{role("eraser")}"')
    with pytest.raises(DatabaseError, match="append only"), acting_as("eraser"):
        ask(f"UPDATE {table} SET {change}")
