"""What opening a tip shows, and what it leaves in the row, the trail and the alarms."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection

from tests.cast import Person, send, tip_of, write
from tips import actions
from tips.crypto import active_key, associated_data, receipts, sealing
from tips.crypto.sealing import Keyring
from tips.models import Alarm, Event, Message, Note, Tip, TipLink
from tips.public import conversation

ANOTHER_DESKS = Keyring.of(sealing.new_pair())


def now(tip: Tip) -> Tip:
    return Tip.objects.select_related("alarm").get(pk=tip.pk)


def test_the_owner_s_opening_ends_the_alarm_and_no_other_s(
    tip: Tip, kim: Person, dana: Person
) -> None:
    Tip.objects.update(owner=kim.officer)
    actions.open_tip(tip=now(tip), by=dana.officer, keys=dana.keys)
    assert Alarm.objects.filter(tip=tip).exists()
    other = tip_of(send(what_happened="Another."))
    actions.open_tip(tip=now(tip), by=kim.officer, keys=kim.keys)
    assert [alarm.tip for alarm in Alarm.objects.all()] == [other]


def test_an_opening_says_up_to_which_message(sent: actions.Receipt, tip: Tip, kim: Person) -> None:
    opened = actions.open_tip(tip=now(tip), by=kim.officer, keys=kim.keys)
    assert opened.version == tip.version_token
    write(sent)
    write(sent, "And more.")
    opened = actions.open_tip(tip=now(tip), by=kim.officer, keys=kim.keys)
    assert opened.version == now(tip).version_token
    counts = Event.objects.filter(verb="opened").order_by("count").values_list("count", flat=True)
    assert list(counts) == [0, 2]


def test_words_that_do_not_open_are_none_beside_those_that_do(
    sent: actions.Receipt, tip: Tip, kim: Person
) -> None:
    write(sent)
    actions.note(tip=tip, by=kim.officer, text="A note.")
    actions.raise_urgency(tip=tip, by=kim.officer)
    actions.lower_urgency(tip=tip, by=kim.officer, reason="She is safe.")
    opened = actions.open_tip(tip=now(tip), by=kim.officer, keys=ANOTHER_DESKS)
    assert [line.text for line in (*opened.messages, *opened.notes)] == [None, None]
    assert {reason for _event, reason in opened.trail} == {None}
    opened = actions.open_tip(tip=now(tip), by=kim.officer, keys=kim.keys)
    assert [line.text for line in (*opened.messages, *opened.notes)] == ["More.", "A note."]
    reasons = [(event.verb, reason) for event, reason in opened.trail if reason]
    assert reasons == [("lowered", "She is safe.")]
    assert [(line.by, line.number, line.from_desk, line.photos) for line in opened.notes] == [
        ("kim", 0, False, ())
    ]


def test_an_erased_tip_opens_empty_and_refuses_nobody(tip: Tip, kim: Person) -> None:
    Tip.objects.update(sealed=None, page_digest=None)
    Tip.objects.filter(pk=tip_of(send()).pk).update(page_digest=None)
    opened = actions.open_tip(tip=now(tip), by=kim.officer, keys=kim.keys)
    assert (opened.fields, opened.same_page) == (None, ())
    assert not Event.objects.filter(verb="refused").exists()


def test_tips_of_the_same_page_are_twenty_and_one_oldest_first_and_visible(
    sam: Person, kim: Person
) -> None:
    page = receipts.new_idempotency_key()
    first = tip_of(send(page, what_happened="0"))
    hour = first.received_at
    for n in range(1, 24):
        twin = tip_of(send(page, what_happened=str(n)))
        restricted = n == 1
        Tip.objects.filter(pk=twin.pk).update(
            received_at=hour - timedelta(hours=n), restricted=restricted
        )
    tip_of(send(what_happened="From another page."))
    opened = actions.open_tip(tip=now(first), by=kim.officer, keys=kim.keys)
    hours = [(hour - twin.received_at) // timedelta(hours=1) for twin in opened.same_page]
    assert hours == list(range(23, 2, -1))  # one more than are listed: the page says that more came


def test_links_are_told_by_their_direction_and_to_who_may_see_them(
    tip: Tip, sam: Person, kim: Person
) -> None:
    to, fro, hidden = (tip_of(send(what_happened=text)) for text in "abc")
    for one, other in ((tip, to), (fro, tip), (tip, hidden), (hidden, tip), (to, fro)):
        TipLink.objects.create(tip=one, other=other, kind="duplicate")
    apart = [tip_of(send(what_happened=text)) for text in "de"]
    TipLink.objects.create(tip=tip, other=apart[0], kind="not_same")
    TipLink.objects.create(tip=apart[1], other=tip, kind="not_same")
    Tip.objects.filter(pk=hidden.pk).update(restricted=True)
    opened = actions.open_tip(tip=now(tip), by=kim.officer, keys=kim.keys)
    assert (opened.links, opened.linked_from) == ((to,), (fro,))
    assert sorted(map(str, opened.told_apart)) == sorted(map(str, apart))
    assert opened.linked == {one.pk for one in (to, fro, *apart)}
    opened = actions.open_tip(tip=now(tip), by=sam.officer, keys=sam.keys)
    assert (set(opened.links), set(opened.linked_from)) == ({to, hidden}, {fro, hidden})


def test_notes_are_the_tip_s_own_in_their_order(tip: Tip, kim: Person) -> None:
    other = tip_of(send(what_happened="Another."))
    for of, text in ((tip, "first"), (tip, "second"), (other, "elsewhere")):
        actions.note(tip=of, by=kim.officer, text=text)
    rows = {note.pk: note for note in Note.objects.filter(tip=tip)}
    opened = actions.open_tip(tip=now(tip), by=kim.officer, keys=kim.keys)
    assert [line.text for line in opened.notes] == ["first", "second"]
    assert [line.at for line in opened.notes] == sorted(note.at for note in rows.values())


def test_who_may_see_a_tip(tip: Tip, sam: Person, kim: Person, ada: Person) -> None:
    assert actions.visible_tip(pk=uuid4(), by=kim.officer) is None
    assert not Event.objects.filter(verb="refused").exists()
    assert actions.visible_tip(pk=tip.pk, by=kim.officer) == tip
    assert actions.visible_tip(pk=tip.pk, by=ada.officer) is None
    Tip.objects.update(restricted=True)
    assert actions.visible_tip(pk=tip.pk, by=kim.officer) is None
    assert actions.visible_tip(pk=tip.pk, by=sam.officer) == tip
    refused = Event.objects.filter(verb="refused").order_by("by").values_list("by", "tip_id")
    assert list(refused) == [("ada", tip.pk), ("kim", tip.pk)]


def test_opening_one_tip_says_nothing_of_another(tip: Tip, kim: Person) -> None:
    other = tip_of(send(what_happened="From another page."))
    opened = actions.open_tip(tip=now(tip), by=kim.officer, keys=ANOTHER_DESKS)
    assert opened.same_page == ()
    assert Event.objects.get(verb="refused").by == "kim"
    actions.open_tip(tip=now(tip), by=kim.officer, keys=kim.keys)
    assert (now(tip).hours_to_open, now(other).hours_to_open) == (0, None)


def test_our_own_words_are_told_from_the_citizen_s(
    sent: actions.Receipt, tip: Tip, kim: Person
) -> None:
    actions.reply(tip=tip, by=kim.officer, text="Are you safe?")
    write(sent, "Yes.")
    opened = actions.open_tip(tip=now(tip), by=kim.officer, keys=kim.keys)
    lines = [(line.by, line.from_desk, line.text) for line in opened.messages]
    assert lines == [("kim", True, "Are you safe?"), ("", False, "Yes.")]


@pytest.mark.parametrize(
    "document",
    [
        *({"signs": 5}, {"signs": "x"}, {"signs": [["x"]]}, {"plea": 5}, {"plea": [["x"]]}),
        *({"place": ["x"]}, {"place": "Laborie", "when": None}, {}),
    ],
    ids=str,
)
def test_a_document_with_parts_that_no_form_gives_does_not_open(
    tip: Tip, kim: Person, document: dict[str, object]
) -> None:
    place = associated_data.of_tip(tip.pk)
    Tip.objects.update(sealed=sealing.seal_json(document, [active_key.current().public], place))
    assert actions.open_tip(tip=now(tip), by=kim.officer, keys=kim.keys).fields is None


@pytest.mark.parametrize("document", [{"version": 1}, {"text": 5}, {"text": ["x"]}], ids=str)
def test_a_message_without_words_is_told_from_an_empty_one(
    tip: Tip, kim: Person, document: dict[str, object]
) -> None:
    row, key = uuid4(), active_key.current().public
    sealed = sealing.seal_json(document, [key], associated_data.of_message(row))
    Message.objects.create(id=row, tip=tip, number=1, from_desk=False, sealed=sealed)
    opened = actions.open_tip(tip=now(tip), by=kim.officer, keys=kim.keys)
    assert [line.text for line in opened.messages] == [None]


def test_opening_shows_everything_and_says_so_in_the_trail(kim: Person) -> None:
    page = receipts.new_idempotency_key()
    receipt = send(page, what_happened="The story.")
    tip, twin = tip_of(receipt), tip_of(send(page, what_happened="The story, again."))
    write(receipt, "More.", b"x")
    actions.note(tip=tip, by=kim.officer, text="A note.")
    opened = actions.open_tip(tip=tip, by=kim.officer, keys=kim.keys)
    assert opened.fields
    assert opened.fields["what_happened"] == "The story."
    assert [(line.text, line.photos) for line in opened.messages] == [("More.", (1,))]
    assert [line.text for line in opened.notes] == ["A note."]
    assert opened.photos == (1,)
    assert opened.same_page == (twin,)
    event = Event.objects.get(verb="opened")
    assert (event.by, event.reference, event.count) == ("kim", tip.reference, 1)


def test_a_tip_that_these_keys_do_not_open_is_no_error(tip: Tip, kim: Person) -> None:
    opened = actions.open_tip(tip=tip, by=kim.officer, keys=ANOTHER_DESKS)
    assert opened.fields is None


def test_nothing_is_shown_when_the_trail_cannot_be_written(
    tip: Tip, kim: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[object] = []
    monkeypatch.setattr(Keyring, "open_json", lambda *given: opened.append(given))
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE tips_event ADD CONSTRAINT no_room CHECK (verb <> 'opened') NOT VALID"
        )
    with pytest.raises(DatabaseError):
        actions.open_tip(tip=tip, by=kim.officer, keys=kim.keys)
    assert not opened


def test_what_did_not_open_is_not_called_read(kim: Person) -> None:
    receipt = send()
    tip = tip_of(receipt)
    actions.take(tip=tip, by=kim.officer)
    actions.open_tip(tip=now(tip), by=kim.officer, keys=ANOTHER_DESKS)
    read = conversation.read(receipt.code or "")
    assert read
    assert read.entries[0].read_at is None
    assert Event.objects.get(verb="refused").by == "kim"


def test_what_a_message_and_a_note_are_is_told_of_each(
    sent: actions.Receipt, tip: Tip, kim: Person
) -> None:
    actions.reply(tip=tip, by=kim.officer, text="Are you safe?")
    write(sent, "They moved us.", danger=True)
    write(sent, "", danger=True)
    conversation.read(sent.code or "")
    assert actions.remove_reply(code=sent.code or "", number=1)
    actions.note(tip=tip, by=kim.officer, text="A note.")
    actions.note(tip=tip, by=kim.officer, text="No way out.", into="en")
    opened = actions.open_tip(tip=now(tip), by=kim.officer, keys=kim.keys)
    told = [(line.text, line.is_danger, line.is_removed) for line in opened.messages]
    assert told == [
        ("Are you safe?", False, True),
        ("They moved us.", True, False),
        ("", True, False),
    ]
    assert {line.language for line in opened.messages} == {""}
    (note,) = opened.notes
    assert (note.text, note.language) == ("A note.", "")
    assert (note.is_new, note.is_danger, note.is_removed) == (False, False, False)
    assert opened.translation
    assert (opened.translation.text, opened.translation.language) == ("No way out.", "en")


def test_a_tip_s_words_are_compared_without_an_event(tip: Tip, kim: Person) -> None:
    before = Event.objects.count()
    assert actions.words_of(tip=tip, keys=kim.keys)["what_happened"] == "The story."
    assert actions.words_of(tip=tip, keys=ANOTHER_DESKS) == {}
    assert Event.objects.count() == before
