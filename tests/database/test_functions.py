"""The functions of the public door: what they refuse, and an attack on them.

receive_tip and its store_tip, with clear_columns_are_valid and urgency_of; receive_message.
"""

import pytest
from django.db import connection

from tests.cast import send, tip_of
from tests.database.acting import acting_as, ask
from tests.database.calling import GOOD, LARGEST_PHOTO, LARGEST_TEXT, add, receive, short
from tips.crypto import receipts
from tips.models import Alarm, Event, Tip


@pytest.mark.django_db
def test_the_functions_answer_nothing_for_null_or_a_wrong_look_up(first: object) -> None:
    send()
    wrong = receipts.lookup_id(receipts.new_code())
    for value in (None, b"", wrong, wrong[:31]):
        with acting_as("public"):
            assert ask("SELECT * FROM follow_up(%s)", value) == []
            assert ask("SELECT receipt_kept(%s)", value) == [(False,)]
            assert ask("SELECT codes_among(ARRAY[%s::bytea])", value) == []
            assert ask("SELECT remove_reply(%s, 1)", value) == [(False,)]
            assert ask("SELECT * FROM tip_stage(%s)", value) == []
        expected = "unknown" if value == wrong else "refused"
        assert add(p_lookup_id=value) == expected


WRONG_TIPS: list[dict[str, object]] = [{name: None} for name in GOOD if name != "p_kid"] + [
    {"p_sealed": b""},
    {"p_sealed": bytes(LARGEST_TEXT + 1)},
    {"p_lookup_id": bytes(31)},
    {"p_lookup_id": bytes(33)},
    {"p_citizen_key": bytes(1215)},
    {"p_citizen_key": bytes(1217)},
    {"p_content_digest": b""},
    {"p_content_digest": bytes(33)},
    {"p_page_digest": b"x"},
    {"p_page_digest": bytes(33)},
    {"p_box": b""},
    {"p_box": bytes(129)},
    {"p_set_aside": 3},
    {"p_set_aside": -1},
    {"p_danger": "maybe"},
    {"p_under_18": "no!"},
    {"p_signs": [None]},
    {"p_signs": ["x"] * 201},
    {"p_types": ["x" * 61]},
    {"p_signs": ["x" * 61]},
    {"p_types": ["x"] * 51},
    {"p_types": [None]},
    {"p_signs": [["x"]]},
    {"p_types": [["x"], ["y"]]},
    {"p_signs": ["x"], "p_types": [["x", "y"]]},
    {"p_language": "english"},
    {"p_language": "e"},
    {"p_district": "x" * 21},
]


def test_receive_tip_refuses_what_the_form_never_sends(first: object) -> None:
    for wrong in WRONG_TIPS:
        assert receive(**wrong) == "refused", short(wrong)
    assert not Tip.objects.exists()
    assert not Event.objects.filter(verb="received").exists()


@pytest.mark.parametrize(
    "largest",
    [
        {"p_sealed": bytes(LARGEST_TEXT)},
        {"p_box": bytes(128)},
        {"p_signs": ["x" * 60] * 200, "p_types": ["y" * 60] * 50},
        {"p_district": "x" * 20, "p_language": "pt-br"},
        {"p_danger": "unknown", "p_under_18": "unknown"},
        {"p_set_aside": 2},
    ],
    ids=short,
)
def test_receive_tip_takes_the_largest_that_the_form_can_send(
    first: object, largest: dict[str, object]
) -> None:
    assert receive(**largest) == "received"


@pytest.mark.parametrize(
    ("answers", "urgency"),
    [
        ({"p_danger": "yes"}, 0),
        ({"p_danger": "no", "p_under_18": "yes"}, 1),
        ({"p_danger": "", "p_for_self": True}, 1),
        ({"p_danger": "unknown", "p_under_18": "unknown"}, 2),
    ],
    ids=["danger", "child", "self", "other"],
)
def test_urgency_is_the_same_rule_in_the_database_and_at_the_desk(
    first: object, answers: dict[str, object], urgency: int
) -> None:
    assert receive(**answers) == "received"
    tip = Tip.objects.get()
    assert tip.urgency == urgency
    assert Alarm.objects.get().urgent == (urgency == 0)
    if urgency:
        assert tip.usual_urgency == urgency


def test_an_alarm_knows_no_more_than_the_minute(first: object) -> None:
    assert receive(p_danger="yes") == "received"
    arrival = Alarm.objects.get()
    Alarm.objects.all().delete()
    assert add() == "received"
    for alarm in (arrival, Alarm.objects.get()):
        assert (alarm.due_at.second, alarm.due_at.microsecond) == (0, 0)


def test_an_id_or_look_up_already_there_is_refused_and_changes_nothing(first: object) -> None:
    assert receive() == "received"
    before = Tip.objects.values().get()
    assert receive(p_content_digest=b"a" * 32) == "refused"
    other = "6f0e0b4e-4a3b-4c3e-9d57-0a4c3a2b1c0e"
    assert receive(p_content_digest=b"a" * 32, p_id=other) == "refused"
    assert receive(p_kid=b"nokey123", p_content_digest=b"b" * 32) == "stale_key"
    assert Tip.objects.values().get() == before


ONE = "6f0e0b4e-4a3b-4c3e-9d57-0a4c3a2b1c0d"


WRONG_MESSAGES: list[dict[str, object]] = [
    {"p_sealed": None},
    {"p_sealed": b""},
    {"p_sealed": bytes(LARGEST_TEXT + 1)},
    {"p_photo_ids": [ONE]},
    {"p_photo_ids": [ONE, ONE], "p_photos": [b"a", b"b"]},
    {"p_photo_ids": [ONE], "p_photos": [None]},
    {"p_photo_ids": [None], "p_photos": [b"a"]},
    {"p_photo_ids": [[ONE]], "p_photos": [[b"a"]]},
    {"p_photo_ids": [[ONE]], "p_photos": [b"a"]},
    {"p_photo_ids": [ONE], "p_photos": [bytes(LARGEST_PHOTO + 1)]},
    {"p_photo_ids": [f"{ONE[:-1]}{n}" for n in range(6)], "p_photos": [b"a"] * 6},
    {"p_content_digest": bytes(31)},
    {"p_content_digest": bytes(33)},
    {"p_lookup_id": bytes(31)},
] + [
    {name: None}
    for name in (
        *("p_lookup_id", "p_id", "p_kid", "p_content_digest"),
        *("p_photo_ids", "p_photos", "p_danger"),
    )
]


def test_a_message_that_the_form_never_sends_is_refused(first: object) -> None:
    receipt = send()
    right = {"p_lookup_id": receipts.lookup_id(receipt.code or "")}
    for wrong in WRONG_MESSAGES:
        assert add(**right | wrong) == "refused", short(wrong)
    assert not tip_of(receipt).messages.exists()


@pytest.mark.parametrize(
    "right",
    [
        {"p_sealed": bytes(LARGEST_TEXT)},
        {"p_sealed": None, "p_photo_ids": [ONE], "p_photos": [bytes(LARGEST_PHOTO)]},
        {"p_photo_ids": [f"{ONE[:-1]}{n}" for n in range(5)], "p_photos": [b"a"] * 5},
    ],
    ids=["text", "photo", "five"],
)
def test_the_largest_message_that_the_form_can_send_is_taken(
    first: object, right: dict[str, object]
) -> None:
    receipt = send()
    assert add(p_lookup_id=receipts.lookup_id(receipt.code or ""), **right) == "received"


def test_a_message_or_photo_id_already_there_is_refused(first: object) -> None:
    receipt = send()
    right = {"p_lookup_id": receipts.lookup_id(receipt.code or "")}
    photos: dict[str, object] = {"p_photo_ids": [ONE], "p_photos": [b"a"]}
    assert add(**right, **photos) == "received"
    assert add(**right, p_content_digest=b"b" * 32) == "refused"
    other = {"p_id": f"{ONE[:-1]}f", "p_content_digest": b"b" * 32}
    assert add(**right, **photos, **other) == "refused"
    assert add(**right, p_kid=b"nokey123") == "stale_key"
    assert tip_of(receipt).messages.count() == tip_of(receipt).photos.count() == 1


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
def test_whole_walk_of_the_public_under_its_own_role(first: object) -> None:
    from tips import actions
    from tips.public import conversation

    with acting_as("public"):
        receipt = send(what_happened=f"My other code is {receipts.new_code()}.")
        code = receipt.code or ""
        assert (
            actions.receive_message(
                code=code,
                message="More.",
                photos=[b"x"],
                idempotency_key=receipts.new_idempotency_key(),
            )
            == "received"
        )
        read = conversation.read(code)
        assert read
        assert [entry.kind for entry in read.entries] == ["tip", "message"]
        assert actions.empty_box(code=code)
