"""Taking a call at the desk, from the first save to the last."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from tests.admin.desk import enter, events, new_tip, output, url_of
from tests.admin.triage.calling import ADD, WORDS, complete_of, document, sent, typed
from tests.cast import Person
from tests.database.acting import ask
from tips import actions
from tips.models import Alarm, DeskKey, DeskSession, Event, Tip, Turn

pytestmark = pytest.mark.django_db


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


def test_what_was_written_on_paper_keeps_how_it_came_and_its_day(kim: Person) -> None:
    client = enter(kim)
    form = typed(kim, what_happened=WORDS, channel="letter", written_on="2026-11-03")
    sent(client, ADD, form, "save")
    tip = Tip.objects.get()
    assert tip.channel == "letter"
    assert "2026-11-03" in client.get(url_of(tip)).content.decode()


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
    answer = enter(kim).post(complete_of(restricted), typed(kim))
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


def test_enter_on_a_stored_call_does_not_use_up_its_one_save(kim: Person) -> None:
    client, form = enter(kim), typed(kim, danger_now="yes")
    sent(client, ADD, form, "keep")
    tip = Tip.objects.get()
    page = sent(client, complete_of(tip), form | {"what_happened": WORDS})
    assert "The rest is not stored yet" in page
    assert WORDS in page
    assert events("call_completed") == []
