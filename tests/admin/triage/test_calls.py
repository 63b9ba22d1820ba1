"""Taking a call at the desk, as an officer and a caller would notice it."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone
from PIL import Image

from campaign import offers
from tests.admin.desk import (
    LOG_IN,
    QUEUE,
    credentials,
    enter,
    events,
    field,
    new_tip,
    output,
    stamp_of,
    url_of,
)
from tests.browser import pictures
from tests.cast import Person, opens, send, tip_of
from tests.database.acting import ask
from tips import actions
from tips.admin import pages
from tips.crypto import receipts
from tips.models import (
    Alarm,
    CallWithoutTip,
    DeskKey,
    DeskSession,
    Event,
    Message,
    Photo,
    Tip,
    Turn,
)
from tips.public.forms import TipForm
from tips.public.spelling_alphabet import said

pytestmark = pytest.mark.django_db

ADD = f"{QUEUE}add/"
WORDS = "A boy locked in a store room at the jetty."


def typed(person: Person, **said: object) -> dict[str, object]:
    """What the page's form sends, with a one-use key of its own."""
    own = {"officer": pages.name_tag(person.officer), "submission": receipts.new_idempotency_key()}
    preset = {"may_share": "ask", "channel": "phone", "answer_language": "en"}
    return own | preset | said


def sent(client: Client, address: str, form: dict[str, object], act: str = "") -> str:
    answer = client.post(address, form | {"act": act})
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def document(person: Person, tip: Tip) -> dict[str, object]:
    """What is sealed in it, opened with the person's own keys, and no event."""
    opened = actions.open_tip(tip=Tip.objects.get(pk=tip.pk), by=person.officer, keys=person.keys)
    return dict(opened.fields or {})


def complete_of(tip: Tip) -> str:
    return url_of(tip, "complete/")


def test_the_first_save_stores_and_rings_and_the_second_adds_the_rest(
    kim: Person, as_desk: Callable[[], None]
) -> None:
    client = enter(kim)
    as_desk()
    form = typed(kim, danger_now="yes", place="The old jetty", district="vieux-fort")
    page = sent(client, ADD, form, "keep")
    tip = Tip.objects.with_turn().get()
    assert (tip.channel, tip.urgency, tip.turn) == ("phone", 0, Turn.TO_TAKE)
    assert Alarm.objects.get().urgent
    assert events("opened") == []
    assert tip.reference in page
    assert f'action="{complete_of(tip)}"' in page
    code = output(page, "receipt-code")
    rest = form | {"what_happened": WORDS, "signs": ["papers-held"], "code": code}
    saved = sent(client, complete_of(tip), rest, "save")
    assert output(saved, "receipt-code") == code
    assert "It is your turn" in saved
    tip = Tip.objects.with_turn().get()
    assert (tip.owner, tip.turn, tip.hours_to_take) == (kim.officer, Turn.OWNER, 0)
    assert tip.hours_to_open is None  # nobody has opened it yet
    assert not Alarm.objects.exists()
    assert document(kim, tip)["what_happened"] == WORDS
    assert document(kim, tip)["place"] == "The old jetty"
    verbs = [event.verb for event in Event.objects.filter(tip_id=tip.pk)]
    assert {"received", "call_completed", "taken", "code_shown"} <= set(verbs)


def test_the_reference_is_said_and_the_code_is_spelled_and_opens_the_callers_side(
    kim: Person,
) -> None:
    page = sent(enter(kim), ADD, typed(kim, what_happened=WORDS), "save")
    tip = Tip.objects.get()
    Tip.objects.filter(pk=tip.pk).update(reference="KD-4821")
    code = output(page, "receipt-code")
    assert actions.empty_box(code=code)
    assert len(re.findall(r"<li><b>.</b> \w", page)) == 17
    assert said("KD-4821") == "Kilo Delta, four eight two one"
    assert said("LX-0900") == "Lima X-ray, zero nine zero zero"
    assert f">{said(tip.reference or '')}<" in page


def test_every_letter_of_a_reference_can_be_said() -> None:
    for letter in "BCDFGHJKLMNPQRSTVWXZ":
        assert said(f"{letter}{letter}-0000").startswith(letter)


@pytest.mark.parametrize("act", ["keep", "save"])
def test_three_impatient_presses_store_once(kim: Person, act: str) -> None:
    client, form = enter(kim), typed(kim, what_happened=WORDS)
    shown = {output(sent(client, ADD, form, act), "receipt-code") for _ in range(3)}
    assert len(shown) == 1
    assert Tip.objects.count() == 1
    assert len(events("received")) == 1


def test_what_was_typed_between_two_presses_is_neither_a_second_tip_nor_lost(kim: Person) -> None:
    client, form = enter(kim), typed(kim, danger_now="yes")
    sent(client, ADD, form, "keep")
    page = sent(client, ADD, form | {"what_happened": WORDS}, "keep")
    assert WORDS in page
    sent(client, complete_of(Tip.objects.get()), form | {"what_happened": WORDS}, "save")
    assert document(kim, Tip.objects.get())["what_happened"] == WORDS


def test_saving_the_rest_three_times_completes_once_and_takes_once(kim: Person) -> None:
    client, form = enter(kim), typed(kim, what_happened=WORDS)
    code = output(sent(client, ADD, form, "keep"), "receipt-code")
    tip = Tip.objects.get()
    for _ in range(3):
        assert "It is your turn" in sent(client, complete_of(tip), form | {"code": code}, "save")
    assert len(events("call_completed")) == len(events("taken")) == 1
    actions.give_back(tip=Tip.objects.get(), by=kim.officer)
    # A reload of the answer takes nothing back.
    assert "Nobody has it" in sent(client, complete_of(tip), form | {"code": code}, "save")
    assert Tip.objects.get().owner is None


def test_nothing_filled_in_is_no_tip(kim: Person) -> None:
    client = enter(kim)
    for act in ("keep", "save"):
        assert "Nothing is filled in yet" in sent(client, ADD, typed(kim), act)
    assert not Tip.objects.exists()


def test_an_officer_is_asked_about_whoever_calls_also_where_it_happens_to_them(kim: Person) -> None:
    client = enter(kim)
    page = sent(client, ADD, typed(kim, relation="self"), "look")
    for label in ("What did you see, hear or live through?", "To my family or friend"):
        assert label in page
    assert "What is happening to you?" not in page
    sent(client, ADD, typed(kim, relation="self", what_happened=WORDS), "keep")
    assert Tip.objects.get().for_self
    assert "plea" not in document(kim, Tip.objects.get())


def test_the_code_is_shown_to_nobody_who_asks_again(kim: Person) -> None:
    client, form = enter(kim), typed(kim, what_happened=WORDS)
    code = output(sent(client, ADD, form, "save"), "receipt-code")
    tip = Tip.objects.get()
    for address in (ADD, url_of(tip), url_of(tip, "transcribe/"), "/desk/"):
        assert code not in client.get(address).content.decode()
    # Nor does another tip's form show it, or one that somebody made up.
    other = sent(client, ADD, typed(kim, what_happened="Another."), "keep")
    second = Tip.objects.exclude(pk=tip.pk).get()
    page = sent(client, complete_of(second), typed(kim, code=code, what_happened="x"), "save")
    assert "The code is not shown again" in page
    assert code not in page + other
    session = DeskSession.objects.get()
    assert code.encode() not in bytes(session.session_data)


def test_a_number_is_stored_only_where_they_asked_to_be_called(kim: Person) -> None:
    client = enter(kim)
    form = typed(kim, what_happened=WORDS, contact_details="758 284 1234")
    page = sent(client, ADD, form, "keep")
    assert "The number is not stored" in page
    assert 'value="758 284 1234"' in page  # and is not lost while the page is open
    tip = Tip.objects.get()
    assert document(kim, tip)["contact_details"] == ""
    page = sent(client, complete_of(tip), form | {"call_back": "yes"}, "save")
    assert "758 284 1234" in page
    assert document(kim, tip)["contact_details"] == "758 284 1234"


def test_ask_first_is_what_a_caller_who_said_nothing_of_sharing_gets(kim: Person) -> None:
    page = enter(kim).get(ADD).content.decode()
    assert re.search(r'name="may_share" value="ask" checked', page)
    sent(enter(kim, ahead=1), ADD, typed(kim, what_happened=WORDS, may_share=""), "save")
    assert document(kim, Tip.objects.get())["may_share"] == "ask"


def test_what_was_written_on_paper_keeps_how_it_came_and_its_day(kim: Person) -> None:
    client = enter(kim)
    form = typed(kim, what_happened=WORDS, channel="letter", written_on="2026-11-03")
    sent(client, ADD, form, "save")
    tip = Tip.objects.get()
    assert tip.channel == "letter"
    assert "2026-11-03" in client.get(url_of(tip)).content.decode()


@pytest.mark.parametrize("complete", [False, True])
def test_a_lock_in_the_middle_keeps_every_word(
    kim: Person, complete: bool, as_desk: Callable[[], None]
) -> None:
    client = enter(kim)
    as_desk()
    signs = [sign.slug for sign in offers.signs()[:2]]
    form = typed(kim, danger_now="yes", what_happened=WORDS, place="Jetty", signs=signs)
    address = ADD
    if complete:
        form["code"] = output(sent(client, ADD, form, "keep"), "receipt-code")
        address = complete_of(Tip.objects.get())
    DeskSession.objects.all().delete()
    page = sent(client, address, form, "save")
    assert WORDS not in page
    assert str(form.get("code", WORDS)) not in page
    again = credentials(kim, ahead=1, carried=field(page, "carried"), next=field(page, "next"))
    offered = client.post(LOG_IN, again).content.decode()
    assert "is not stored" in offered
    assert WORDS in offered
    assert field(offered, "place") == "Jetty"
    assert all(re.search(f'value="{sign}" checked', offered) for sign in signs)
    assert field(offered, "submission") == form["submission"]
    assert f'action="{address}"' in offered
    assert "It is your turn" in sent(client, address, form, "save")
    assert Tip.objects.count() == 1


def test_another_officer_gets_nothing_of_a_call_that_a_lock_broke_off(
    kim: Person, dana: Person
) -> None:
    client = enter(kim)
    DeskSession.objects.all().delete()
    page = sent(client, ADD, typed(kim, what_happened=WORDS), "save")
    again = credentials(dana, carried=field(page, "carried"), next=field(page, "next"))
    answer = client.post(LOG_IN, again)
    assert WORDS not in answer.content.decode()
    assert answer.status_code == 303


def test_who_opened_it_meanwhile_is_named_and_the_words_become_a_message(
    kim: Person, dana: Person
) -> None:
    client, form = enter(kim), typed(kim, danger_now="yes")
    code = output(sent(client, ADD, form, "keep"), "receipt-code")
    tip = Tip.objects.get()
    enter(dana).get(url_of(tip))
    form["code"] = code
    page = sent(client, complete_of(tip), form | {"what_happened": WORDS}, "save")
    assert "dana has opened this tip meanwhile" in page
    assert output(page, "receipt-code") == code  # the caller is still on the line
    assert WORDS in page
    assert f'action="{url_of(tip, "transcribe/")}"' in page
    hidden = {name: field(page, name) for name in ("officer", "seen", "once")}
    assert client.post(url_of(tip, "transcribe/"), hidden | {"said": WORDS}).status_code == 303
    assert WORDS in enter(dana, ahead=1).get(url_of(tip)).content.decode()
    assert Message.objects.get().channel == "phone"


def test_after_two_hours_and_after_the_rest_was_saved_it_is_said_so(kim: Person) -> None:
    client, form = enter(kim), typed(kim, danger_now="yes")
    sent(client, ADD, form, "keep")
    tip = Tip.objects.get()
    ask("ALTER TABLE tips_event DISABLE TRIGGER append_only; SELECT 1")
    long_ago = timezone.now() - timedelta(hours=2, minutes=1)
    Event.objects.filter(verb="received").update(at=long_ago)
    more = form | {"what_happened": WORDS}
    page = sent(client, complete_of(tip), more, "save")
    assert "more than two hours ago" in page
    assert WORDS in page
    Event.objects.filter(verb="received").update(at=timezone.now())
    sent(client, complete_of(tip), form, "save")
    page = sent(client, complete_of(tip), more, "save")
    assert "This call was completed before" in page
    assert WORDS in page


def test_a_tip_of_a_citizen_is_no_call_of_anybodys(kim: Person) -> None:
    tip = new_tip()
    page = sent(enter(kim), complete_of(tip), typed(kim, what_happened=WORDS), "save")
    assert "You did not take this call" in page
    restricted = new_tip(official_involved="yes")
    answer = enter(kim, ahead=1).post(complete_of(restricted), typed(kim))
    assert answer.status_code == 404
    assert len(events("refused")) == 1


def test_an_official_makes_it_the_supervisors_and_who_took_it_may_still_finish(
    kim: Person, sam: Person
) -> None:
    client = enter(kim)
    form = typed(kim, danger_now="yes", official_involved="yes")
    sent(client, ADD, form, "keep")
    tip = Tip.objects.get()
    page = sent(client, complete_of(tip), form | {"what_happened": WORDS}, "save")
    assert "only supervisors open it from now on" in page
    tip = Tip.objects.get()
    assert (tip.restricted, tip.owner) == (True, None)
    assert Alarm.objects.get().urgent  # until a supervisor is on it
    assert client.get(url_of(tip)).status_code == 404
    assert document(sam, tip)["what_happened"] == WORDS
    page = sent(client, complete_of(tip), form | {"what_happened": "And a van."}, "save")
    assert "And a van." in page  # offered as a tip of its own, for supervisors
    assert 'name="official_involved" value="yes"' in page
    assert tip.reference in page


def test_a_colleague_who_took_it_keeps_it(kim: Person, dana: Person) -> None:
    client, form = enter(kim), typed(kim, danger_now="yes")
    sent(client, ADD, form, "keep")
    tip = Tip.objects.get()
    actions.take(tip=tip, by=dana.officer)
    page = sent(client, complete_of(tip), form | {"what_happened": WORDS}, "save")
    assert "dana has it" in page
    assert Tip.objects.get().owner == dana.officer
    assert document(dana, tip)["what_happened"] == WORDS


def test_no_desk_key_is_said_and_the_words_stay(kim: Person) -> None:
    client = enter(kim)
    DeskKey.objects.update(retired_at=timezone.now())
    page = sent(client, ADD, typed(kim, what_happened=WORDS), "save")
    assert "There is no desk key" in page
    assert WORDS in page


def test_opening_ones_own_call_is_an_event_like_any_other(kim: Person) -> None:
    client = enter(kim)
    sent(client, ADD, typed(kim, what_happened=WORDS), "save")
    tip = Tip.objects.get()
    assert events("opened") == []
    client.get(url_of(tip))
    assert [event.by for event in events("opened")] == ["kim"]
    tip = Tip.objects.get()
    assert (tip.hours_to_open, tip.hours_to_take) == (0, 0)


def test_a_second_call_about_an_earlier_tip_becomes_a_message_said_on_the_phone(
    kim: Person, dana: Person, as_desk: Callable[[], None]
) -> None:
    receipt = send(danger_now="yes")
    tip = tip_of(receipt)
    actions.take(tip=tip, by=dana.officer)
    client = enter(kim)
    as_desk()
    answer = client.post(ADD, typed(kim, earlier_tip=(receipt.reference or "").lower()))
    where = url_of(tip, "transcribe/")
    assert answer.headers["Location"] == where
    page = client.get(where).content.decode()
    assert events("opened") == []  # the page shows nothing of the tip
    hidden = {name: field(page, name) for name in ("officer", "seen", "once")}
    words = f"They moved him. My code is {receipt.code}."
    for _ in range(3):
        client.post(where, hidden | {"said": words})
    message = Message.objects.get()
    assert (message.channel, message.by, message.from_desk) == ("phone", "kim", False)
    assert message.at.minute == 0
    assert Alarm.objects.get(tip=tip).urgent  # for dana, who does not know yet
    tip = Tip.objects.with_turn().get()
    assert (tip.turn, tip.turn_cause) == (Turn.OWNER, "wrote")
    page = client.get(url_of(tip)).content.decode()
    assert "They moved him" in page
    assert "written down by kim" in page
    assert receipt.code not in page


def test_what_was_typed_before_the_reference_goes_along(kim: Person) -> None:
    tip = new_tip()
    form = typed(kim, earlier_tip=tip.reference, what_happened=WORDS)
    page = sent(enter(kim), ADD, form, "look")
    assert f'action="{url_of(tip, "transcribe/")}"' in page
    assert WORDS in page
    assert Tip.objects.count() == 1


def test_a_reference_that_one_may_not_open_looks_like_none_and_goes_along(
    kim: Person, sam: Person
) -> None:
    restricted = new_tip(official_involved="yes")
    client = enter(kim)
    form = typed(kim, earlier_tip=restricted.reference, what_happened=WORDS)
    shown = sent(client, ADD, form, "look")
    assert f"There is no tip {restricted.reference} that you may open" in shown
    assert WORDS in shown
    missing = sent(client, ADD, form | {"earlier_tip": "ZZ-0000"}, "look")
    assert "There is no tip ZZ-0000 that you may open" in missing
    assert "A reference looks like" in sent(client, ADD, form | {"earlier_tip": "boat"}, "look")
    sent(client, ADD, form, "save")
    tip = Tip.objects.exclude(pk=restricted.pk).get()
    assert document(sam, tip)["earlier_tip"] == restricted.reference


def test_a_closed_tip_is_open_again_after_what_was_said(kim: Person) -> None:
    tip = new_tip()
    actions.open_tip(tip=tip, by=kim.officer, keys=kim.keys)
    actions.close(tip=tip, by=kim.officer, outcome="helped")
    client = enter(kim)
    page = client.get(url_of(tip, "transcribe/")).content.decode()
    hidden = {name: field(page, name) for name in ("officer", "seen", "once")}
    assert client.post(url_of(tip, "transcribe/"), hidden | {"said": WORDS}).status_code == 303
    tip = Tip.objects.with_turn().get()
    assert (tip.status, tip.outcome, tip.closed_on, tip.turn) == ("active", "", None, Turn.TO_TAKE)
    assert tip.turn_cause == "wrote"


@pytest.mark.parametrize("danger", ["", "1"])
def test_what_is_said_can_make_a_colleagues_tip_urgent(
    kim: Person, dana: Person, danger: str, as_desk: Callable[[], None]
) -> None:
    tip = new_tip()
    actions.take(tip=tip, by=dana.officer)
    client = enter(kim)
    as_desk()
    said = stamp_of(tip, kim) | {"said": WORDS, "danger": danger}
    assert client.post(url_of(tip, "transcribe/"), said).status_code == 303
    assert (Tip.objects.get().urgency == 0) == bool(danger)
    assert Alarm.objects.filter(urgent=True).exists() == bool(danger)
    assert len(events("raised")) == len(danger)


def test_who_writes_down_what_is_said_about_their_own_tip_is_on_it(kim: Person) -> None:
    tip = new_tip(danger_now="yes")
    actions.take(tip=tip, by=kim.officer)
    actions.transcribe(tip=tip, by=kim.officer, text=WORDS, is_danger=True)
    assert not Alarm.objects.exists()


def test_danger_typed_before_the_reference_is_ticked_on_the_earlier_tip(kim: Person) -> None:
    tip = new_tip()
    form = typed(kim, earlier_tip=tip.reference, danger_now="yes")
    page = sent(enter(kim), ADD, form, "look")
    assert re.search(r'name="danger" value="1" checked', page)


def test_pictures_brought_along_are_new_pixels_and_a_broken_one_costs_no_word(
    kim: Person, as_desk: Callable[[], None]
) -> None:
    tip, client = new_tip(), enter(kim)
    as_desk()
    address, large = url_of(tip, "transcribe/"), pictures.jpeg_12_megapixels()["buffer"]

    def files(*contents: bytes) -> list[SimpleUploadedFile]:
        return [SimpleUploadedFile("IMG_0001.jpg", content) for content in contents]

    broken = stamp_of(tip, kim) | {"said": "", "photos": files(b"no picture")}
    assert "could not be read" in client.post(address, broken).content.decode()
    assert not Message.objects.exists()
    both = stamp_of(tip, kim) | {"said": WORDS, "photos": files(large, b"no picture")}
    for _ in range(2):
        both["photos"] = files(large, b"no picture")
        assert client.post(address, both).status_code == 303
    page = client.get(url_of(tip)).content.decode()
    assert "1 of 2 photos arrived" in page
    assert WORDS in page
    assert [photo.message for photo in Photo.objects.all()] == [Message.objects.get()]
    shown = client.get(url_of(tip, "photo/1/"))
    with Image.open(BytesIO(shown.content)) as picture:
        assert not picture.getexif()
        assert max(picture.size) == 2560


def test_a_silent_call_is_counted_once_a_press_and_nothing_else_is_kept(
    kim: Person, as_desk: Callable[[], None]
) -> None:
    client = enter(kim)
    as_desk()
    page = client.get(ADD).content.decode()
    counted = {"once": field(page, "once"), "kind": "silent"}
    trail = Event.objects.count()
    for _ in range(3):
        answer = sent(client, f"{ADD}no-tip/", counted)
    assert "Counted for today: silent." in answer
    assert list(CallWithoutTip.objects.values_list("day", "kind", "count")) == [
        (timezone.localdate(), "silent", 1)
    ]
    assert not Tip.objects.exists()
    assert Event.objects.count() == trail
    columns = "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
    found = {name for (name,) in ask(columns, "tips_callwithouttip")}
    assert found == {"day", "kind", "count"}
    assert "1 silent" in client.get(ADD).content.decode()
    undo = {"undo": field(answer, "undo")}
    for _ in range(2):
        assert "Not counted: silent." in sent(client, f"{ADD}no-tip/", undo)
    assert CallWithoutTip.objects.get().count == 0


@pytest.mark.parametrize("junk", [{"kind": "boat"}, {}, {"kind": "silent"}])
def test_a_kind_that_there_is_not_counts_nothing(kim: Person, junk: dict[str, str]) -> None:
    client = enter(kim)
    assert client.post(f"{ADD}no-tip/", junk).status_code == 303
    assert "too late" in sent(client, f"{ADD}no-tip/", {"undo": "forged"})
    assert not CallWithoutTip.objects.exists()


ADDRESSES = {"": "get", "no-tip/": "post", "sheet/": "get"}


@pytest.mark.parametrize("where", ADDRESSES)
def test_who_opens_tips_takes_calls_and_nobody_else(
    kim: Person, sam: Person, ada: Person, ed: Person, where: str
) -> None:
    tip = new_tip()
    for person, may in ((kim, True), (sam, True), (ada, False), (ed, False)):
        client = enter(person)
        sends = client.get if ADDRESSES[where] == "get" else client.post
        assert (sends(ADD + where).status_code in (200, 303)) == may, person.officer
        link = f'href="{ADD}"' in client.get("/desk/").content.decode()
        assert link == may
        assert (
            client.post(ADD, typed(person, what_happened="x", act="keep")).status_code == 200
        ) == may
        assert may or client.post(complete_of(tip), typed(person)).status_code == 403
    assert Client().get(ADD + where).status_code in (303, 405)
    assert opens(kim, tip)


def test_queue_and_start_lead_to_it_by_the_key_c(kim: Person) -> None:
    client = enter(kim)
    for address in ("/desk/", QUEUE):
        page = client.get(address).content.decode()
        assert re.search(f'href="{ADD}" accesskey="c"', page)
    assert 'accesskey="v"' in client.get(ADD).content.decode()


def test_page_and_paper_ask_every_question_of_the_public_form_with_its_answers(kim: Person) -> None:
    client = enter(kim)
    page, paper = (client.get(ADD + rest).content.decode() for rest in ("", "sheet/"))
    form = TipForm()
    for name in form.fields.keys() - {"website", "plea"}:
        label = str(form[name].label)
        assert re.search(rf'name="{name}"', page), name
        assert label in page or name == "answer_language", name
        assert label in paper, name
        for value, title in getattr(form.fields[name], "choices", ()):
            plain = re.sub(r"\s*<small>.*", "", str(title))
            assert plain in paper or not value, title
            assert f'value="{value}"' in page, value
    assert 'value="web"' not in page


def test_the_paper_has_no_data_in_it(kim: Person) -> None:
    tip = new_tip()
    paper = enter(kim).get(f"{ADD}sheet/").content.decode()
    assert tip.reference not in paper
    assert "<form" not in paper.partition("<main")[2]


@pytest.mark.parametrize("address", ["", "sheet/"])
def test_a_call_costs_few_queries(
    kim: Person, address: str, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    client = enter(kim)
    with django_assert_max_num_queries(12):  # type: ignore[attr-defined]
        client.get(ADD + address)
    form = typed(kim, what_happened=WORDS)
    with django_assert_max_num_queries(12):  # type: ignore[attr-defined]
        sent(client, ADD, form, "keep")


@pytest.mark.django_db(transaction=True)
def test_three_presses_at_the_same_moment_store_and_take_once(kim: Person) -> None:
    client, form = enter(kim), typed(kim, what_happened=WORDS)

    def press(_: int) -> str:
        try:
            own = Client()
            own.cookies = client.cookies
            return sent(own, ADD, form, "save")
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as presses:
        answers = list(presses.map(press, range(3)))
    assert len({output(answer, "receipt-code") for answer in answers}) == 1
    assert Tip.objects.count() == 1
    assert len(events("received")) == len(events("call_completed")) == len(events("taken")) == 1


def test_the_page_speaks_english_whatever_the_browser_prefers(kim: Person) -> None:
    page = enter(kim).get(ADD, HTTP_ACCEPT_LANGUAGE="es").content.decode()
    assert "Is anyone in danger now" in page
    assert '<option value="en" selected>' in page


def test_who_opens_no_tips_any_more_is_offered_nothing_of_a_call(kim: Person) -> None:
    client, form = enter(kim), typed(kim, what_happened=WORDS)
    DeskSession.objects.all().delete()
    page = sent(client, ADD, form, "save")
    kim.officer.role = "auditor"
    kim.officer.save()
    again = credentials(kim, ahead=1, carried=field(page, "carried"), next=field(page, "next"))
    answer = client.post(LOG_IN, again)
    assert answer.status_code == 403
    assert WORDS not in answer.content.decode()


def test_enter_on_a_stored_call_does_not_use_up_its_one_save(kim: Person) -> None:
    client, form = enter(kim), typed(kim, danger_now="yes")
    sent(client, ADD, form, "keep")
    tip = Tip.objects.get()
    page = sent(client, complete_of(tip), form | {"what_happened": WORDS})
    assert "The rest is not stored yet" in page
    assert WORDS in page
    assert events("call_completed") == []
