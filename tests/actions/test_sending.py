"""What a citizen's sending is stored as: digests that stay for ever, documents, and replies."""

import pytest
from django.db import connection

from tests.cast import FIELDS, Person, send, tip_of
from tips import actions
from tips.actions.citizen import _CASTS
from tips.crypto import active_key, associated_data, receipts
from tips.crypto.sealing import Keyring
from tips.models import Message, Tip

pytestmark = pytest.mark.usefixtures("first")


def add(code: str, message: str = "", photos: tuple[bytes, ...] = (), **more: object) -> str:
    key = str(more.pop("key", receipts.new_idempotency_key()))
    return actions.receive_message(
        code=code,
        message=message,
        photos=photos,
        idempotency_key=key,
        **more,  # type: ignore[arg-type]
    )


def test_a_sending_is_known_again_by_its_page_and_content_for_ever() -> None:
    """The digests are unique columns: another way to make them would store an old repeat twice."""
    page, key, code = "a" * 32, "b" * 32, ""
    receipt = send(page)
    code = receipt.code or ""
    tip = Tip.objects.get()
    assert bytes(tip.content_digest or b"") == receipts.content_digest(page, "tip", "", FIELDS)
    assert bytes(tip.page_digest or b"") == receipts.page_digest(page)
    assert add(code, "More.", (b"clean",), raw_photos=(b"raw",), key=key) == "received"
    assert add(code, "More.", (b"clean",), key="c" * 32) == "received"
    digests = [bytes(message.content_digest or b"") for message in Message.objects.all()]
    words = {"message": "More."}
    assert digests == [
        receipts.content_digest(key, "message", code, words, [b"raw"]),
        receipts.content_digest("c" * 32, "message", code, words, [b"clean"]),
    ]
    # Decoded anew, the same files give other pixels: still the same sending.
    assert add(code, "More.", (b"other pixels",), raw_photos=(b"raw",), key=key) == "repeated"
    assert add(code, "Else.", (b"clean",), raw_photos=(b"raw",), key=key) == "received"


def test_documents_say_their_version(sam: Person) -> None:
    receipt = send(what_happened="The story.")
    add(receipt.code or "", "More.")
    tip, message = tip_of(receipt), Message.objects.get()
    opened = sam.keys.open_json(tip.sealed or b"", associated_data.of_tip(tip.pk))
    assert opened == {"version": 1} | FIELDS | {"what_happened": "The story."}
    opened = sam.keys.open_json(message.sealed or b"", associated_data.of_message(message.pk))
    assert opened == {"version": 1, "text": "More."}


def test_photos_without_words_have_no_document() -> None:
    add(send().code or "", "", (b"one", b"two"))
    message = Message.objects.get()
    assert message.sealed is None
    assert message.photos.count() == 2


def test_a_citizen_removes_a_reply_by_code_and_number(sam: Person) -> None:
    receipt = send()
    tip, code = tip_of(receipt), receipt.code or ""
    for text in ("One.", "Two."):
        actions.reply(tip=tip, by=sam.officer, text=text)
    Message.objects.update(shown_at=tip.received_at)
    assert actions.remove_reply(code=receipts.new_code(), number=1) is False
    assert actions.remove_reply(code=code, number=3) is False
    assert actions.remove_reply(code=code, number=2) is True
    assert [message.for_citizen is None for message in tip.messages.all()] == [False, True]


def test_a_code_typed_back_says_whether_there_is_such_a_tip() -> None:
    code = send().code or ""
    assert actions.empty_box(code=code) is True
    assert actions.empty_box(code=receipts.new_code()) is False


def test_a_key_that_is_replaced_again_and_again_gives_up_after_two(
    sam: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A remembered key of yesterday, however often it is asked for."""
    stale = active_key.current()._replace(kid=b"nokey123")
    asked: list[int] = []
    monkeypatch.setattr(active_key, "current", lambda: (asked.append(1), stale)[1])
    with pytest.raises(active_key.NoDeskKey):
        send()
    assert len(asked) == 2


def test_what_the_database_refuses_is_an_error_and_no_silence() -> None:
    with pytest.raises(ValueError, match="receive_tip refused its arguments"):
        send(district="x" * 21)
    with pytest.raises(ValueError, match="receive_message refused its arguments"):
        add(send().code or "", "", ())
    assert Tip.objects.count() == 1


def test_each_code_of_each_text_is_cut_out_and_nothing_else(sam: Person) -> None:
    codes = [send(what_happened=str(n)).code or "" for n in range(2)]
    stranger = receipts.new_code()
    tip = tip_of(
        send(
            what_happened=f"Mine is {codes[0]}, hers {codes[1].lower()}, his {stranger}.",
            place=f"{codes[1]} road",
            signs=["debt"],
        )
    )
    opened = sam.keys.open_json(tip.sealed or b"", associated_data.of_tip(tip.pk))
    cut = receipts.REMOVED
    assert opened["what_happened"] == f"Mine is {cut}, hers {cut}, his {stranger}."
    assert (opened["place"], opened["signs"]) == (f"{cut} road", ["debt"])
    assert tip.signs == ["debt"]


def test_clear_columns_are_the_answers_and_nothing_more(sam: Person) -> None:
    receipt = send(
        district="micoud",
        signs=["debt", "papers-held", "no-such-sign"],
        danger_now="no",
        under_18="unknown",
        relation="self",
        official_involved="yes",
        answer_language="fr",
        set_aside=2,
    )
    tip = tip_of(receipt)
    assert (tip.district, tip.danger, tip.under_18, tip.language) == (
        "micoud",
        "no",
        "unknown",
        "fr",
    )
    assert (tip.for_self, tip.restricted, tip.set_aside) == (True, True, 2)
    assert tip.signs == ["debt", "papers-held", "no-such-sign"]
    assert len(tip.types) == len(set(tip.types)) > 0
    plain = tip_of(send(relation="other", official_involved="no", signs=[]))
    assert (plain.for_self, plain.restricted, plain.types) == (False, False, [])
    pair = receipts.citizen_pair(receipt.code or "")
    assert bytes(tip.citizen_key or b"") == pair.public
    assert bytes(tip.lookup_id or b"") == receipts.lookup_id(receipt.code or "")
    assert not Keyring.of(pair).fits(tip.sealed or b"")


def test_each_argument_that_could_be_taken_for_another_type_says_its_own() -> None:
    """A release and the one before it may each have a function of the name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT a.name, format_type(a.type, NULL)"
            " FROM pg_proc p, unnest(p.proargnames, p.proargtypes::oid[]) AS a (name, type)"
            " WHERE p.proname IN ('receive_tip', 'receive_message') AND a.type <> 0"
        )
        types = {name: f"::{kind}" for name, kind in cursor.fetchall()}
    unclear = {name: kind for name, kind in types.items() if kind[-2:] == "[]" or "uuid" in kind}
    assert unclear == _CASTS
