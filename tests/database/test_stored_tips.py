"""What the public door's receive_tip stores, store_tip under it, and its box."""

import pytest
from django.db import connection

from tests.database.acting import acting_as, ask
from tests.database.calling import CASTS, GOOD, active_kid, call, receive
from tests.database.two_tips import LONG_AGO, OTHER_ID
from tips.models import EscrowedCode, Event, Photo, Tip


def test_a_tip_is_stored_column_by_column(first: object) -> None:
    answers = {"p_danger": "no", "p_under_18": "yes", "p_for_self": True, "p_restricted": True}
    digests = {"p_content_digest": b"c" * 32, "p_page_digest": b"p" * 32, "p_lookup_id": b"l" * 32}
    assert receive(**answers, **digests, p_types=["labour"], p_set_aside=1) == "received"
    tip = Tip.objects.get()
    assert (tip.danger, tip.under_18, tip.for_self, tip.restricted) == ("no", "yes", True, True)
    assert (tip.signs, tip.types, tip.set_aside) == (["papers-held"], ["labour"], 1)
    assert (tip.channel, tip.district, tip.language) == ("web", "castries", "en")
    digests = {"content_digest": b"c", "page_digest": b"p", "lookup_id": b"l"}
    for column, letter in digests.items():
        assert bytes(getattr(tip, column)) == letter * 32
    hour = tip.received_at
    assert (hour.minute, hour.second, hour.microsecond) == (0, 0, 0)
    event = Event.objects.get(verb="received")
    assert (event.at, event.by, event.tip_id, event.reference) == (hour, "", tip.pk, tip.reference)


def test_a_box_stands_for_half_an_hour(tip: Tip) -> None:
    ((minutes,),) = ask(
        "SELECT extract(epoch FROM box_until - now())::int / 60 FROM tips_box WHERE tip_id = %s",
        tip.pk,
    )
    assert minutes == 30


def test_a_box_that_is_over_is_empty(tip: Tip) -> None:
    repeat = GOOD | {"p_kid": active_kid()}
    boxes = []
    for _ in range(2):
        with acting_as("public"):
            named = ", ".join(f"{name} => %s{CASTS.get(name, '')}" for name in repeat)
            ((outcome, box),) = ask(
                f"SELECT outcome, box FROM receive_tip({named})", *repeat.values()
            )
        boxes.append((outcome, box is not None))
        EscrowedCode.objects.update(box_until=LONG_AGO)
    assert boxes == [("repeated", True), ("repeated", False)]


def test_two_tips_of_one_page_are_two(tip: Tip) -> None:
    assert receive() == "repeated"
    third = {"p_id": f"{OTHER_ID[:-2]}aa", "p_lookup_id": b"t" * 32}
    assert receive(**third, p_content_digest=b"t" * 32) == "received"
    assert Tip.objects.count() == 3


def test_a_reference_that_is_taken_is_drawn_again(tip: Tip) -> None:
    """uuids in the place of chance: the first reference drawn is that of an earlier tip."""
    ((dice,),) = ask("SELECT '00000000-0000-4000-8000-000000000000'::uuid")
    with connection.cursor() as cursor:
        cursor.execute("CREATE SEQUENCE draws; GRANT ALL ON SEQUENCE draws TO PUBLIC")
        cursor.execute("ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO PUBLIC")
        cursor.execute(
            "CREATE FUNCTION public.drawn() RETURNS uuid LANGUAGE sql AS $$"
            " SELECT CASE WHEN nextval('public.draws') < 4 THEN %s::uuid"
            " ELSE pg_catalog.gen_random_uuid() END $$",
            [dice],
        )
        cursor.execute("SELECT pg_get_functiondef('public.store_tip'::regproc)")
        (whole,) = cursor.fetchone()
        cursor.execute(whole.replace("uuid_send(gen_random_uuid())", "uuid_send(public.drawn())"))
    for letter in (b"1", b"2"):
        ids = {"p_id": f"{OTHER_ID[:-2]}a{letter.decode()}", "p_lookup_id": letter * 32}
        assert receive(**ids, p_content_digest=letter * 32) == "received"
    assert Tip.objects.filter(reference="BB-0000").count() == 1


@pytest.mark.parametrize("state", ["not activated", "retired", "another's"])
def test_nothing_is_sealed_to_a_key_that_is_not_the_active_one(first: object, state: str) -> None:
    kid, key = active_kid(), "UPDATE tips_deskkey SET {} RETURNING 1"
    if state == "not activated":
        ask(key.format("activated_at = NULL"))
    elif state == "retired":
        ask(key.format("retired_at = now()"))
    else:
        kid = b"nokey123"
    assert call("public", "receive_tip", GOOD | {"p_kid": kid}) == "stale_key"
    assert Photo.objects.count() == Tip.objects.count() == 0
