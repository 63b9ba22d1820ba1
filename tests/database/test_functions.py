"""The functions of the public door: what they refuse, and an attack on them."""

import pytest
from django.db import connection

from tests.cast import send, tip_of
from tests.database.acting import acting_as, ask
from tips.crypto import receipts
from tips.models import DeskKey, Event, Tip


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
    from tips import actions
    from tips.public import conversation

    with acting_as("public"):
        receipt = send(what_happened=f"My other code is {receipts.new_code()}.")
        code = receipt.code or ""
        assert (
            actions.receive_message(
                code=code, message="More.", photos=[b"x"], submission=receipts.new_submission()
            )
            == "received"
        )
        read = conversation.read(code)
        assert read
        assert [entry.kind for entry in read.entries] == ["tip", "message"]
        assert actions.code_kept(code=code)
