"""What each database role may do, compared with a matrix written by hand; and the attacks on it."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product

import pytest
from django.db import DatabaseError, connection, transaction

from slu_antitrafficking import roles
from tests.core.conftest import Person, send, tip_of
from tips import receipts
from tips.models import DeskKey, Event, Tip

PRIVILEGES = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")

# Whole-table rights; the tables of the campaign are read by the public and edited at the desk.
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
CAMPAIGN = {"public": "SELECT", "desk": "SELECT INSERT UPDATE DELETE", "functions": ""}

# Rights on columns alone.
COLUMNS = {
    "public": {"SELECT": {"tips_deskkey": "created_at kid proven_at public retired_at"}},
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


def ask(query: str, *values: object) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()


def role(kind: str) -> str:
    name = str(ask("SELECT current_database()")[0][0])
    return str(getattr(roles.role_names(name), kind))


@contextmanager
def acting_as(kind: str) -> Iterator[None]:
    """Inside, this transaction's statements run with the role's rights."""
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute(f'GRANT "{role(kind)}" TO CURRENT_USER')
        cursor.execute(f'SET LOCAL ROLE "{role(kind)}"')
        yield
        cursor.execute("RESET ROLE")


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
def test_the_functions_answer_nothing_for_null_or_a_wrong_look_up(first: object) -> None:
    send()
    wrong = receipts.look_up_id(receipts.new_code())
    for value in (None, b"", wrong, wrong[:31]):
        with acting_as("public"):
            assert ask("SELECT * FROM follow_up(%s)", value) == []
            assert ask("SELECT receipt_kept(%s)", value) == [(False,)]
            assert ask("SELECT codes_among(ARRAY[%s::bytea])", value) == []
            ((outcome,),) = ask(
                "SELECT receive_message(%s, gen_random_uuid(), '\\x00'::bytea, '\\x00'::bytea,"
                " %s, '{}', '{}')",
                value,
                bytes(32),
            )
            assert outcome in ("refused", "stale_key", "unknown")


GOOD: dict[str, object] = {
    "p_id": "6f0e0b4e-4a3b-4c3e-9d57-0a4c3a2b1c0d",
    "p_kid": None,  # the active one's
    "p_sealed": b"x",
    "p_lookup": bytes(32),
    "p_citizen_key": bytes(32),
    "p_sent": bytes(32),
    "p_page": bytes(32),
    "p_box": b"x",
    "p_district": "castries",
    "p_signs": ["papers-held"],
    "p_types": [],
    "p_danger": "yes",
    "p_under_18": "",
    "p_for_self": False,
    "p_restricted": False,
    "p_set_aside": False,
    "p_language": "en",
}


def receive(**changes: object) -> str:
    """receive_tip's outcome, called by hand as the public role."""
    values = GOOD | {"p_kid": bytes(DeskKey.objects.get().kid)} | changes
    named = ", ".join(
        f"{name} => %s"
        + {"p_id": "::uuid", "p_signs": "::text[]", "p_types": "::text[]"}.get(name, "")
        for name in values
    )
    with acting_as("public"):
        return str(ask(f"SELECT outcome FROM receive_tip({named})", *values.values())[0][0])


@pytest.mark.parametrize(
    "wrong",
    [{name: None} for name in GOOD if name != "p_kid"]
    + [
        {"p_sealed": b""},
        {"p_sealed": bytes(264 * 1024)},
        {"p_lookup": bytes(31)},
        {"p_citizen_key": bytes(33)},
        {"p_sent": b""},
        {"p_page": b"x"},
        {"p_box": bytes(129)},
        {"p_danger": "maybe"},
        {"p_under_18": "no!"},
        {"p_signs": [None]},
        {"p_signs": ["x"] * 201},
        {"p_types": ["x" * 13_000]},
        {"p_language": "english"},
        {"p_district": "x" * 21},
    ],
    ids=str,
)
def test_receive_tip_refuses_what_the_form_never_sends(
    first: object, wrong: dict[str, object]
) -> None:
    assert receive(**wrong) == "refused"
    assert not Tip.objects.exists()
    assert not Event.objects.filter(verb="received").exists()


def test_an_id_or_look_up_already_there_is_refused_and_changes_nothing(first: object) -> None:
    assert receive() == "received"
    before = Tip.objects.values().get()
    assert receive(p_sent=b"a" * 32) == "refused"
    other = "6f0e0b4e-4a3b-4c3e-9d57-0a4c3a2b1c0e"
    assert receive(p_sent=b"a" * 32, p_id=other) == "refused"
    assert receive(p_kid=b"nokey123", p_sent=b"b" * 32) == "stale_key"
    assert Tip.objects.values().get() == before


def test_a_message_with_too_much_or_twice_the_same_is_refused(first: object) -> None:
    receipt = send()
    lookup = receipts.look_up_id(receipt.code or "")
    kid = bytes(DeskKey.objects.get().kid)
    one = "6f0e0b4e-4a3b-4c3e-9d57-0a4c3a2b1c0d"
    two = "6f0e0b4e-4a3b-4c3e-9d57-0a4c3a2b1c0e"
    for sealed, ids, photos in (
        (None, [], []),
        (b"", [], []),
        (bytes(264 * 1024), [], []),
        (b"x", [one], []),
        (b"x", [one, one], [b"a", b"b"]),
        (b"x", [one], [None]),
        (b"x", [one], [bytes(12 * 1024 * 1024 + 1)]),
        (b"x", [one] * 6, [b"a"] * 6),
    ):
        with acting_as("public"):
            answer = ask(
                "SELECT receive_message(%s, %s::uuid, %s, %s, %s, %s::uuid[], %s::bytea[])",
                lookup,
                two,
                kid,
                sealed,
                bytes(32),
                ids,
                photos,
            )
        assert answer == [("refused",)]
    assert not tip_of(receipt).messages.exists()


@pytest.mark.django_db
def test_a_temporary_table_cannot_stand_in_for_ours(first: object) -> None:
    """Played as the owner, who may make one: the functions still read and write the real tables."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE tips_tip (LIKE public.tips_tip) ON COMMIT DROP")
        cursor.execute("CREATE TEMP TABLE tips_event (LIKE public.tips_event) ON COMMIT DROP")
        cursor.execute("SET LOCAL search_path = pg_temp, public")
        cursor.execute(
            "CREATE FUNCTION pg_temp.steal() RETURNS trigger LANGUAGE plpgsql AS"
            " 'BEGIN RAISE EXCEPTION ''stolen''; END'"
        )
        cursor.execute(
            "CREATE TRIGGER steal BEFORE INSERT ON pg_temp.tips_tip"
            " FOR EACH ROW EXECUTE FUNCTION pg_temp.steal()"
        )
        receipt = send()
        cursor.execute("SELECT count(*) FROM pg_temp.tips_tip")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT reference FROM public.tips_tip")
        assert cursor.fetchone() == (receipt.reference,)


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


@pytest.mark.django_db
def test_the_desk_proves_a_key_and_nothing_else_of_it(first: object) -> None:
    kid = bytes(DeskKey.objects.get().kid)
    with acting_as("desk"):
        assert ask("SELECT prove_desk_key(%s)", kid) == [(False,)]
        assert ask("SELECT prove_desk_key(NULL)") == [(False,)]
    DeskKey.objects.update(proven_at=None)
    with acting_as("desk"):
        assert ask("SELECT prove_desk_key(%s)", kid) == [(True,)]


@pytest.mark.django_db
def test_whole_walk_of_the_public_under_its_own_role(first: object) -> None:
    from tips import actions, dialogue

    with acting_as("public"):
        receipt = send(what_happened=f"My other code is {receipts.new_code()}.")
        code = receipt.code or ""
        assert (
            actions.receive_message(
                code=code, message="More.", photos=[b"x"], submission=receipts.new_submission()
            )
            == "received"
        )
        read = dialogue.read(code)
        assert read
        assert [entry.kind for entry in read.entries] == ["tip", "message"]
        assert actions.code_kept(code=code)
