"""What each database role may do, compared with a matrix written by hand; and the attacks on it."""

from contextlib import nullcontext
from itertools import product

import pytest
from django.db import DatabaseError, connection, transaction

from tests.cast import Person, send, tip_of
from tests.database.acting import acting_as, ask, role
from tips import actions
from tips.models import Event, Note, Tip

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
        "tips_deskkeygrant": "SELECT INSERT DELETE",
        "tips_desksession": "SELECT INSERT UPDATE DELETE",
        "tips_tip": "SELECT",
        "tips_alarm": "SELECT INSERT DELETE",
        "tips_mail": "INSERT",
        "tips_morningdigits": "SELECT",
        "tips_message": "SELECT INSERT",
        "tips_photo": "SELECT INSERT",
        "tips_callwithouttip": "SELECT INSERT",
        "tips_note": "SELECT INSERT",
        "tips_tiplink": "SELECT INSERT DELETE",
        "tips_recusal": "SELECT INSERT DELETE",
        "tips_event": "SELECT INSERT",
        "tips_upkeep": "SELECT",
    },
    "functions": {
        "tips_officer": "SELECT",
        "tips_officerkey": "SELECT",
        "tips_deskkey": "SELECT INSERT",
        "tips_deskkeygrant": "INSERT",
        "tips_tip": "SELECT INSERT",
        "tips_box": "SELECT INSERT DELETE",
        "tips_alarm": "SELECT INSERT",
        "tips_message": "SELECT INSERT",
        "tips_photo": "SELECT INSERT",
        "tips_tiplink": "SELECT",
        "tips_recusal": "SELECT",
        "tips_event": "SELECT INSERT",
    },
    "eraser": {
        "tips_tip": "SELECT",
        "tips_box": "SELECT DELETE",
        "tips_alarm": "SELECT DELETE",
        "tips_message": "SELECT DELETE",
        "tips_photo": "SELECT DELETE",
        "tips_note": "SELECT DELETE",
        "tips_tiplink": "SELECT DELETE",
        "tips_recusal": "SELECT DELETE",
        "tips_event": "SELECT INSERT",
    },
    "mail": {
        "tips_alarm": "SELECT DELETE",
        "tips_mail": "SELECT INSERT DELETE",
        "tips_morningdigits": "SELECT INSERT DELETE",
        "tips_upkeep": "SELECT INSERT",
    },
}
CAMPAIGN = {
    "public": "",
    "desk": "SELECT INSERT UPDATE DELETE",
    "functions": "",
    "eraser": "",
    "mail": "",
}
VIEWS = {"campaign_published", "campaign_published_picture"}
CAMPAIGN_VIEWS = {
    "public": "SELECT",
    "desk": "SELECT",
    "functions": "",
    "eraser": "",
    "mail": "SELECT",
}
ROLES = ("public", "desk", "functions", "eraser", "mail")

# Rights on columns alone.
COLUMNS = {
    "public": {
        "SELECT": {
            "tips_deskkey": "activated_at created_at kid public retired_at sheets_confirmed_at",
            "campaign_openinghours": "closes day opens",
            "campaign_closure": "first_day last_day",
        }
    },
    "desk": {
        "SELECT": {"tips_mail": "due_at failed id kind made_at recipient sent_at test tries"},
        "UPDATE": {
            "tips_officer": "email is_active last_login reads role username",
            "tips_officerkey": "totp_last wrong_digits wrong_digits_since",
            "tips_photo": "locked_at",
            "tips_tip": "closed_on held_at held_by hours_to_close hours_to_open hours_to_take"
            " outcome owner_id restricted set_aside status turn_cause turn_since turn_until"
            " urgency",
            "tips_alarm": "due_at since step urgent",
            "tips_callwithouttip": "count",
        },
    },
    "functions": {
        "UPDATE": {
            "tips_officerkey": "attestation",
            "tips_deskkey": "retired_at sheets_confirmed_at",
            "tips_alarm": "due_at since step urgent",
            "tips_message": "for_citizen shown_at",
            "tips_tip": "closed_on danger district for_self language outcome restricted sealed"
            " set_aside signs status turn_cause turn_since turn_until types under_18 urgency",
        }
    },
    "eraser": {
        "UPDATE": {
            "tips_event": "reason",
            "tips_tip": "citizen_key content_digest danger for_self language lookup_id page_digest"
            " received_at reference sealed signs under_18",
        }
    },
    "mail": {
        "SELECT": {
            "tips_officer": "email is_active role",
            "tips_tip": "id owner_id restricted set_aside status",
            "tips_recusal": "tip_id",
            "tips_event": "at id verb",
            "campaign_openinghours": "closes day opens",
            "campaign_closure": "first_day last_day",
        },
        "UPDATE": {
            "tips_alarm": "due_at step",
            "tips_mail": "body due_at failed id made_at sent_at tries",
            "tips_upkeep": "done_at",
        },
    },
}
FUNCTIONS = {
    "public": {
        "codes_among",
        "desk_is_silent",
        "follow_up",
        "receipt_kept",
        "receive_message",
        "receive_tip",
        "remove_reply",
        "tip_stage",
    },
    "desk": {
        "codes_among",
        "complete_call",
        "confirm_sheets",
        "receive_call",
        "retire_false_desk_key",
        "ring_first_tips",
        "rotate_desk_key",
    },
    "functions": set(),
    "eraser": set(),
    "mail": set(),
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
@pytest.mark.parametrize("kind", ROLES)
def test_whole_table_rights_are_the_written_ones(kind: str) -> None:
    tables = [
        str(row[0]) for row in ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    ]
    assert set(MATRIX[kind]) <= set(tables)
    for table, privilege in product(tables, PRIVILEGES):
        written = CAMPAIGN[kind] if table.startswith("campaign_") else MATRIX[kind].get(table, "")
        ((has,),) = ask("SELECT has_table_privilege(%s, %s, %s)", role(kind), table, privilege)
        assert has == (privilege in written.split()), (kind, table, privilege)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ROLES)
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
        "SELECT p.oid, p.proname, p.prosecdef, p.proowner::regrole::text, p.proconfig::text"
        " FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace"
    )
    for kind in ROLES:
        callable_ = {
            str(name)
            for oid, name, *_ in rows
            if ask("SELECT has_function_privilege(%s, %s, 'EXECUTE')", role(kind), oid) == [(True,)]
            and ask("SELECT proowner <> %s::regrole FROM pg_proc WHERE oid = %s", role(kind), oid)
            == [(True,)]
        }
        assert callable_ == FUNCTIONS[kind], kind
    for _, name, definer, owner, config in rows:
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
