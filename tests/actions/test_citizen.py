"""What a citizen sends is stored once, sealed, and found again by its code alone."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from tests.cast import FIELDS, Person, send, tip_of
from tips import actions
from tips.access import desk_keys
from tips.actions import Delivery
from tips.crypto import active_key, associated_data, receipts
from tips.crypto.sealing import Keyring
from tips.models import DeskKey, EscrowedCode, Event, Message, Tip
from tips.public import conversation

pytestmark = pytest.mark.usefixtures("first")


def opened(tip: Tip, person: Person) -> dict[str, object]:
    document = person.keys.open_json(tip.sealed, associated_data.of_tip(tip.pk))
    assert isinstance(document, dict)
    return document


def test_a_tip_is_stored_sealed_and_the_desk_opens_it(sam: Person) -> None:
    receipt = send(what_happened="Édé mwen 🙏", signs=["papers-held"], under_18="yes")
    tip = tip_of(receipt)
    assert opened(tip, sam)["what_happened"] == "Édé mwen 🙏"
    assert b"mwen" not in bytes(tip.sealed)
    assert (tip.status, tip.urgency, tip.channel, tip.district) == ("new", 1, "web", "castries")
    assert tip.signs == ["papers-held"]
    assert tip.received_at.minute == tip.received_at.second == tip.received_at.microsecond == 0
    assert list(Event.objects.filter(tip_id=tip.pk).values_list("verb", "by", "at")) == [
        ("received", "", tip.received_at)
    ]


@pytest.mark.parametrize(
    ("fields", "urgency"),
    [
        ({}, 2),
        ({"danger_now": "no", "under_18": "unknown"}, 2),
        ({"under_18": "yes"}, 1),
        ({"relation": "self"}, 1),
        ({"danger_now": "yes", "under_18": "yes"}, 0),
    ],
)
def test_urgency_comes_from_the_answers(fields: dict[str, str], urgency: int) -> None:
    assert tip_of(send(**fields)).urgency == urgency


def test_an_official_restricts_the_tip() -> None:
    assert tip_of(send(official_involved="yes")).restricted
    assert not tip_of(send(official_involved="unknown")).restricted


def test_the_language_of_the_answer_wins_over_the_page() -> None:
    assert tip_of(send(answer_language="es")).language == "es"
    assert tip_of(send()).language == "en"


def test_the_same_content_from_the_same_page_is_one_tip_with_one_code() -> None:
    page = receipts.new_idempotency_key()
    first, again = send(page), send(page)
    assert (first.reference, first.code) == (again.reference, again.code)
    assert (first.is_new, again.is_new) == (True, False)
    assert first.code
    assert Tip.objects.count() == Event.objects.filter(verb="received").count() == 1


def test_two_texts_from_one_page_are_two_tips_with_two_codes() -> None:
    page = receipts.new_idempotency_key()
    first, second = send(page), send(page, what_happened="Another person writes.")
    assert first.reference != second.reference
    assert first.code != second.code
    assert tip_of(first).page_digest == tip_of(second).page_digest


def test_after_half_an_hour_a_repeat_shows_no_code() -> None:
    page = receipts.new_idempotency_key()
    first = send(page)
    EscrowedCode.objects.update(box_until=timezone.now() - timedelta(hours=1))
    assert send(page) == actions.Receipt(first.reference, None, is_new=False)
    assert Tip.objects.count() == 1


def test_after_the_code_was_typed_back_a_repeat_shows_no_code() -> None:
    page = receipts.new_idempotency_key()
    first = send(page)
    assert first.code
    assert actions.empty_box(code=first.code)
    assert not EscrowedCode.objects.exists()
    assert send(page) == actions.Receipt(first.reference, None, is_new=False)


def test_nothing_stored_and_no_secret_of_the_server_rebuilds_the_code() -> None:
    page = receipts.new_idempotency_key()
    code = send(page).code
    assert code
    actions.empty_box(code=code)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t::text || (SELECT coalesce(string_agg(b::text, ''), '') FROM tips_box b)"
            " FROM tips_tip t"
        )
        row = cursor.fetchone()[0]
    for derived in (code, code.replace("-", ""), receipts.citizen_pair(code).secret.hex()):
        assert derived not in row
    assert send(page).code is None


def test_a_code_in_a_text_is_cut_out_and_other_numbers_stay(sam: Person) -> None:
    code = send().code
    assert code
    words = f"My first code was {code.lower()}. Plate PA12 34XY 5678 9ABC."
    tip = tip_of(send(what_happened=words))
    story = opened(tip, sam)["what_happened"]
    assert story == "My first code was [code removed]. Plate PA12 34XY 5678 9ABC."


def test_signs_bring_their_types() -> None:
    from campaign import offers

    sign = next(sign for sign in offers.signs() if sign.types)
    assert tip_of(send(signs=[sign.slug])).types == list(sign.types)


def test_without_an_active_desk_key_nothing_is_stored() -> None:
    DeskKey.objects.update(activated_at=None)
    active_key.forget()
    with pytest.raises(active_key.NoDeskKey):
        send()
    assert not Tip.objects.exists()


def test_a_key_that_was_retired_meanwhile_is_asked_for_again(sam: Person) -> None:
    remembered = active_key.current()
    held = desk_keys.rotate(sam.held, by="supervisor")
    # Another process did it: this one still remembers the old key.
    active_key._active.set(None, remembered)
    tip = tip_of(send())
    kid = next(reversed(held))
    ring = Keyring({kid: held[kid]})
    assert ring.open_json(tip.sealed, associated_data.of_tip(tip.pk))["version"] == 1
    assert active_key.current().kid == kid


def test_words_and_photos_are_added_by_code(sam: Person) -> None:
    receipt = send()
    code = receipt.code or ""
    page = receipts.new_idempotency_key()
    delivered = actions.receive_message(
        code=code, message="The plate was PA 1234.", photos=[b"one", b"two"], idempotency_key=page
    )
    assert delivered == Delivery.RECEIVED
    message = Message.objects.get()
    document = sam.keys.open_json(message.sealed, associated_data.of_message(message.pk))
    assert document["text"] == "The plate was PA 1234."
    pictures = [
        sam.keys.open(photo.sealed, associated_data.of_photo(photo.pk))
        for photo in message.photos.all()
    ]
    assert pictures == [b"one", b"two"]
    again = actions.receive_message(
        code=code, message="The plate was PA 1234.", photos=[b"one", b"two"], idempotency_key=page
    )
    assert again == Delivery.REPEATED
    assert Message.objects.count() == 1


def test_the_same_words_with_the_tick_are_another_message(sam: Person) -> None:
    code, page = send().code or "", receipts.new_idempotency_key()
    for danger in (False, True, True):
        actions.receive_message(
            code=code, message="Again.", photos=[], idempotency_key=page, danger=danger
        )
    messages = Message.objects.order_by("number")
    told = [sam.keys.open_json(m.sealed, associated_data.of_message(m.pk)) for m in messages]
    assert told == [
        {"version": 1, "text": "Again."},
        {"version": 1, "text": "Again.", "danger": True},
    ]


def test_photos_go_on_counting_where_the_last_ones_ended() -> None:
    code = send().code or ""
    for _ in range(2):
        actions.receive_message(
            code=code,
            message="",
            photos=[b"a", b"b"],
            idempotency_key=receipts.new_idempotency_key(),
        )
    assert [p.number for p in Tip.objects.get().photos.all()] == [1, 2, 3, 4]


@pytest.mark.parametrize("verb", ["wait", "park", "close"])
def test_an_answer_makes_the_tip_active_again_and_keeps_its_owner(sam: Person, verb: str) -> None:
    receipt = send()
    code, tip = receipt.code or "", tip_of(receipt)
    actions.take(tip=tip, by=sam.officer)
    {
        "wait": lambda: actions.reply(tip=tip, by=sam.officer, text="Where?", wait=True),
        "park": lambda: actions.park(tip=tip, by=sam.officer, until=date(2099, 1, 1)),
        "close": lambda: actions.close(tip=tip, by=sam.officer, outcome="helped"),
    }[verb]()
    actions.receive_message(
        code=code, message="I am back.", photos=[], idempotency_key=receipts.new_idempotency_key()
    )
    tip = Tip.objects.get()
    assert (tip.status, tip.outcome, tip.owner) == ("active", "", sam.officer)
    assert (tip.turn_cause, tip.turn_until, tip.closed_on) == ("wrote", None, None)
    assert tip.turn_since == tip.turn_since.replace(minute=0, second=0, microsecond=0)


def test_a_wrong_code_is_unknown_and_stores_nothing() -> None:
    send()
    delivered = actions.receive_message(
        code=receipts.new_code(),
        message="x",
        photos=[],
        idempotency_key=receipts.new_idempotency_key(),
    )
    assert delivered == Delivery.UNKNOWN
    assert not Message.objects.exists()
    assert conversation.read(receipts.new_code()) is None
    assert not actions.empty_box(code=receipts.new_code())


def test_fifty_messages_an_hour_are_enough() -> None:
    code = send().code or ""
    delivered = [
        actions.receive_message(
            code=code, message=str(n), photos=[], idempotency_key=receipts.new_idempotency_key()
        )
        for n in range(51)
    ]
    assert delivered == [Delivery.RECEIVED] * 50 + [Delivery.TOO_MANY]


def test_the_conversation_shows_answers_and_dates_but_never_the_citizens_words(sam: Person) -> None:
    receipt = send(what_happened="my own secret words")
    code, tip = receipt.code or "", tip_of(receipt)
    actions.open_tip(tip=tip, by=sam.officer, keys=sam.keys)
    actions.reply(tip=tip, by=sam.officer, text="Are you safe now?", wait=True)
    actions.receive_message(
        code=code,
        message="Yes, I am.",
        photos=[b"x"],
        idempotency_key=receipts.new_idempotency_key(),
    )
    read = conversation.read(code)
    assert read
    assert read.reference == receipt.reference
    assert [(e.kind, e.text, e.photos, bool(e.read_at)) for e in read.entries] == [
        ("tip", "", 0, True),
        ("reply", "Are you safe now?", 0, False),
        ("message", "", 1, False),
    ]
    actions.open_tip(tip=tip, by=sam.officer, keys=sam.keys)
    read = conversation.read(code)
    assert read
    assert read.entries[2].read_at


def test_all_fields_are_in_the_sealed_document(sam: Person) -> None:
    filled = {name: f"words of {name}" for name, value in FIELDS.items() if value == ""}
    filled |= {"danger_now": "no", "under_18": "no", "answer_language": "fr", "relation": "other"}
    filled |= {"official_involved": "no"}
    document = opened(tip_of(send(**filled)), sam)
    assert document == {"version": 1} | FIELDS | filled
