"""/desk/tips/tip/<uuid>/: what is shown, to whom, and what the trail says of it."""

import re
from uuid import UUID, uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection, transaction
from django.test import Client

from slu_antitrafficking.refusal import Refused
from tests.admin.desk import PHOTO, QUEUE, desk_queries, enter, events, new_tip, url_of, with_photos
from tests.cast import FIELDS, Person, hire
from tests.database.calling import GOOD, add, receive
from tests.reading import Reading
from tips import actions
from tips.access import accounts
from tips.crypto import active_key, associated_data, receipts, sealing
from tips.models import Event, Note, Photo, Tip

pytestmark = pytest.mark.django_db

SAID = {
    name: f"said under {name}"
    for name in FIELDS
    if FIELDS[name] == "" and name not in ("relation", "first_hand", "may_share", "answer_language")
} | {"danger_now": "yes", "under_18": "no", "official_involved": "unknown", "district": "dennery"}


def test_everything_that_was_said_is_on_the_screen(kim: Person, as_desk) -> None:
    tip = new_tip(**SAID, what_happened="The story itself.", relation="noticed", may_share="ask")
    as_desk()
    page = enter(kim).get(url_of(tip)).content.decode()
    for words in (*SAID.values(), "The story itself."):
        if words.startswith("said"):
            assert words in page
    for words in ("Dennery", "Not known", "Somebody who noticed", "ask first", "The story itself."):
        assert words in page


def test_a_plea_says_in_english_what_was_pressed_and_in_which_language(kim: Person) -> None:
    pressed = ["need-help", "passport", "unknown-slug"]
    tip = new_tip(
        plea=pressed, what_happened="Necesito ayuda", relation="self", answer_language="es"
    )
    page = Reading(enter(kim).get(url_of(tip)).content.decode()).text
    assert "Pressed, not written" in page
    assert "I need help · They have my passport · unknown-slug" in page
    assert "It happens to them" in page
    assert "Spanish" in page
    other = Reading(enter(kim).get(url_of(new_tip(relation="self"))).content.decode())
    assert "Pressed, not written" not in other.text


def test_words_are_words_and_never_markup_or_links(kim: Person) -> None:
    tip = new_tip(what_happened="<b>bold</b> https://evil.example/\n\u202eback", place="<script>")
    page = enter(kim).get(url_of(tip)).content.decode()
    assert "<b>bold</b>" not in page
    assert 'href="https://evil' not in page
    assert "<script>" not in page


def test_opening_is_an_event_before_anything_is_shown(kim: Person) -> None:
    tip = new_tip()
    enter(kim).get(url_of(tip))
    assert [(event.by, event.reference) for event in events("opened")] == [("kim", str(tip))]


@pytest.mark.django_db(transaction=True)
def test_when_the_event_cannot_be_written_nothing_is_shown(kim: Person) -> None:
    tip = with_photos()
    client = enter(kim)
    client.raise_request_exception = False
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION no_event() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'no'; END $$;"
            "CREATE TRIGGER no_event BEFORE INSERT ON tips_event EXECUTE FUNCTION no_event()"
        )
    try:
        for path in ("", "photo/1/"):
            answer = client.get(url_of(tip, path))
            assert answer.status_code == 500
            assert b"passport" not in answer.content
            assert PHOTO not in answer.content
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION no_event CASCADE")


def test_a_tip_that_is_not_there_or_not_for_them_is_404(kim: Person, sam: Person) -> None:
    tip = new_tip(official_involved="yes", what_happened="They keep her passport.")
    client = enter(kim)
    for path in (f"{QUEUE}{uuid4()}/", url_of(tip), f"{QUEUE}nonsense/", url_of(tip, "photo/1/")):
        answer = client.get(path)
        assert answer.status_code == 404
        assert b"passport" not in answer.content
    assert len(events("refused")) == 2
    assert client.post(url_of(tip, "take/")).status_code == 404
    assert b"passport" in enter(sam).get(url_of(tip)).content


def test_a_shown_photo_is_blurred_named_by_reference_and_an_event(kim: Person, as_desk) -> None:
    tip = with_photos(2)
    as_desk()
    client = enter(kim)
    page = client.get(url_of(tip)).content.decode()
    assert "<img" not in page
    answer = client.post(url_of(tip, "photo/"), {"photo": "2"})
    assert answer.headers["Location"] == f"{url_of(tip)}?photo=2#h-photos"
    both = client.post(url_of(tip, "photo/"), {"photo": ["2", "1", "2"]})
    every = client.post(url_of(tip, "photo/?all"), {"photo": "2"})
    assert both.headers["Location"] == f"{url_of(tip)}?photo=2&photo=1#h-photos"
    assert every.headers["Location"] == f"{url_of(tip)}?photo=1&photo=2#h-photos"
    page = client.get(f"{url_of(tip)}?photo=2").content.decode()
    assert f'<img src="{url_of(tip, "photo/2/")}"' in page
    assert '<input type="checkbox" id="clear-2">' in page
    assert events("photo") == []
    picture = client.get(url_of(tip, "photo/2/"))
    assert picture.content == PHOTO
    headers = picture.headers
    assert headers["Content-Type"] == "image/jpeg"
    assert headers["Content-Disposition"] == f'inline; filename="{tip}-2.jpg"'
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert [(event.by, event.count) for event in events("photo")] == [("kim", 2)]


def test_a_photo_number_that_is_none_shows_the_tip(kim: Person) -> None:
    tip, client = with_photos(), enter(kim)
    for number in ("", "-1", "x", "²", "9" * 30):
        assert client.post(url_of(tip, "photo/"), {"photo": number}).status_code == 303, number
        assert client.get(url_of(tip), {"photo": number}).status_code == 200, number
    for number in ("7", "9" * 30):
        assert client.get(url_of(tip, f"photo/{number}/")).status_code == 404, number
    assert events("photo") == []


def test_tips_of_one_page_point_at_each_other_and_restricted_ones_stay_hidden(
    kim: Person, sam: Person
) -> None:
    page = receipts.new_idempotency_key()
    first, second = new_tip(page=page), new_tip(page=page, what_happened="Another thing.")
    hidden = new_tip(page=page, what_happened="An officer.", official_involved="yes")
    shown = enter(kim).get(url_of(first)).content.decode()
    assert f'Sent from the same page: <a class="ref" href="{url_of(second)}">' in shown
    assert str(hidden) not in shown
    assert str(hidden) in enter(sam).get(url_of(first)).content.decode()


def test_duplicates_point_both_ways(kim: Person) -> None:
    one, two = new_tip(), new_tip()
    actions.close(tip=two, by=kim.officer, outcome="duplicate", duplicate_of=str(one))
    client = enter(kim)
    assert "Duplicate of" in client.get(url_of(two)).content.decode()
    with desk_queries() as queries:
        assert "Repeated by" in client.get(url_of(one)).content.decode()
    of_links = [query for query in queries if 'FROM "tips_tiplink"' in query]
    assert of_links
    assert not any("sealed" in query for query in of_links)  # of either tip


def test_a_tip_is_offered_and_given_to_all_who_can_open_it_but_its_owner(
    sam: Person, kim: Person, dana: Person, ed: Person, ada: Person
) -> None:
    lee, gone = hire("lee", "supervisor", sam), hire("gone", "supervisor", sam)
    accounts.deactivate(officer=gone.officer, by=sam.officer, held=sam.held)
    plain, restricted = new_tip(), new_tip(official_involved="yes")
    actions.take(tip=restricted, by=lee.officer)
    client = enter(sam)

    def offered(tip: Tip) -> set[str]:
        page = client.get(url_of(tip)).content.decode()
        _, _, form = page.partition('<select id="to"')
        return set(re.findall(r"<option>([^<]+)<", form.partition("</select>")[0]))

    name = sam.officer.username
    assert offered(plain) == {name, "lee", "kim", "dana"}
    assert offered(restricted) == set()  # a colleague's is taken over, with a reason
    actions.take(tip=plain, by=kim.officer)
    assert offered(plain) == {"lee", "dana"}
    accounts.give_access(officer=dana.officer, by=sam.officer, held=sam.held)
    enter(sam, client)  # the session from before lacks the new desk key
    assert offered(plain) == {"lee"}
    with pytest.raises(Refused, match="dana cannot open this tip"):
        actions.give(tip=plain, by=kim.officer, to=dana.officer)


def test_a_busy_tip_takes_twelve_queries(kim: Person) -> None:
    tip, client = with_photos(5), enter(kim)
    client.get(url_of(tip))
    actions.take(tip=tip, by=kim.officer)
    for n in range(10):
        actions.note(tip=tip, by=kim.officer, text=f"note {n}")
        actions.reply(tip=tip, by=kim.officer, text=f"reply {n}")
    client.get(url_of(tip))
    with desk_queries() as sent:
        client.get(url_of(tip))
    assert len(sent) <= 12, [sql[:80] for sql in sent]


def test_nothing_said_is_in_the_trail_the_log_or_an_address(kim: Person) -> None:
    tip, client = new_tip(what_happened="xyzzy"), enter(kim)
    client.post(url_of(tip, "note/"), {"note": "plugh"})
    client.post(url_of(tip, "take/"), {})
    client.post(url_of(tip, "raise/"), {})
    client.post(url_of(tip, "lower/"), {"lower_reason": "plugh"})
    assert not LogEntry.objects.exists()
    for event in Event.objects.all():
        clear = f"{event.about} {event.by} {event.reference} {event}"
        assert "plugh" not in clear
        assert b"plugh" not in bytes(event.reason or b"")
    assert "xyzzy" not in str(Tip.objects.get())


def test_the_tip_page_needs_no_script(kim: Person) -> None:
    tip, client = new_tip(), enter(kim)
    page = client.get(url_of(tip)).content.decode()
    for verb in ("take", "raise", "reply", "note", "give", "close"):
        assert f'formaction="{url_of(tip, f"{verb}/")}"' in page, verb
    actions.take(tip=tip, by=kim.officer)
    page = client.get(url_of(tip)).content.decode()
    for verb in ("give_back", "park", "undo"):
        assert f'formaction="{url_of(tip, f"{verb}/")}"' in page, verb
    assert page.count('<form id="tip"') == 1
    assert page.partition('<form id="tip"')[2].partition("</form>")[0].count("<form") == 0


def test_a_photo_that_does_not_open_says_so_in_its_place_and_hides_no_other(kim: Person) -> None:
    tip, client = with_photos(2), enter(kim)
    Photo.objects.filter(tip=tip, number=1).update(sealed=b"damaged")
    page = client.get(url_of(tip), {"photo": ["1", "2"]})
    assert page.status_code == 200
    broken, whole = (client.get(url_of(tip, f"photo/{n}/")) for n in (1, 2))
    assert (broken.status_code, broken["Content-Type"]) == (404, "image/svg+xml")
    assert "This photo does not open with your keys" in broken.content.decode()
    assert whole.content == PHOTO
    assert [event.count for event in events("photo")] == [1, 2]


def test_one_note_or_reason_that_does_not_open_hides_no_other(kim: Person) -> None:
    tip, client = new_tip(), enter(kim)
    Note.objects.create(tip=tip, by="kim", sealed=b"damaged")
    actions.raise_urgency(tip=tip, by=kim.officer)
    Event.objects.record(Event.Verb.LOWERED, tip=tip, by=kim.officer, reason=b"damaged")
    actions.note(tip=tip, by=kim.officer, text="the other note")
    actions.lower_urgency(tip=tip, by=kim.officer, reason="the other reason")
    page = client.get(url_of(tip)).content.decode()
    assert "the other note" in page
    assert "the other reason" in page
    assert page.casefold().count("does not open with your keys") == 2


def test_a_photos_address_opens_no_tip(kim: Person) -> None:
    tip = new_tip()
    assert Client().get(url_of(tip, "photo/1/")).status_code == 303
    assert events("opened") == []


# What a broken public door can seal: the desk's public half is all that it takes.
NO_DOCUMENTS = (
    *(b"[1]", b"x", b"null", b"\xff", b"[" * 100_000),
    b'{"number": ' + b"9" * 5000 + b"}",
    b'{"text": "\\ud800"}',  # half a character
)
NO_MESSAGES = (b'{"text": 5}', b'{"other": "x"}', b'{"text": ["x"]}')
NO_TIPS = (
    *(b'{"signs": [["x"]]}', b'{"signs": 5}', b'{"plea": [["x"]]}', b'{"plea": "x"}'),
    b'{"danger_now": ["x"]}',
    b'{"may_share": {}}',
)


def test_messages_that_no_form_of_ours_made_hide_nothing_else_of_their_tip(kim: Person) -> None:
    tip = new_tip(what_happened="The true story.")
    for plain in NO_DOCUMENTS + NO_MESSAGES:
        row = uuid4()
        sealed = sealing.seal(plain, [active_key.current().public], associated_data.of_message(row))
        of_it = {"p_id": row, "p_content_digest": 2 * row.bytes, "p_sealed": sealed}
        assert add(p_lookup_id=tip.lookup_id, **of_it) == "received"
    page = enter(kim).get(url_of(tip)).content.decode()
    assert "The true story." in page
    assert page.count("Does not open with your keys") == len(NO_DOCUMENTS + NO_MESSAGES)


def test_a_tip_that_no_form_of_ours_made_is_no_error(kim: Person) -> None:
    place, client = associated_data.of_tip(UUID(str(GOOD["p_id"]))), enter(kim)
    for plain in NO_DOCUMENTS + NO_TIPS:
        before = transaction.savepoint()
        sealed = sealing.seal(plain, [active_key.current().public], place)
        assert receive(p_sealed=sealed) == "received"
        page = client.get(url_of(Tip.objects.get())).content.decode()
        assert "This tip does not open with your keys." in page, plain
        transaction.savepoint_rollback(before)
