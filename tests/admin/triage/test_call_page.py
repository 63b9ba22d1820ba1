"""The page for a call: who gets it, what it asks, what it reads aloud, calls without a tip."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from tests.admin.desk import QUEUE, desk_queries, enter, field, new_tip, output
from tests.admin.triage.calling import ADD, WORDS, complete_of, document, sent, typed
from tests.cast import Person, opens
from tests.database.acting import ask
from tips import actions
from tips.models import CallWithoutTip, Event, Tip
from tips.public.forms import TipForm
from tips.public.spelling_alphabet import said

pytestmark = pytest.mark.django_db


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


def test_ask_first_is_what_a_caller_who_said_nothing_of_sharing_gets(kim: Person) -> None:
    page = enter(kim).get(ADD).content.decode()
    assert re.search(r'name="may_share" value="ask" checked', page)
    sent(enter(kim), ADD, typed(kim, what_happened=WORDS, may_share=""), "save")
    assert document(kim, Tip.objects.get())["may_share"] == "ask"


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


def test_who_opens_tips_takes_calls_and_nobody_else(
    kim: Person, sam: Person, ada: Person, ed: Person
) -> None:
    tip = new_tip()
    for person, may in ((kim, True), (sam, True), (ada, False), (ed, False)):
        client = enter(person)
        answers = [client.get(ADD), client.post(f"{ADD}no-tip/"), client.get(f"{ADD}sheet/")]
        answers.append(client.post(ADD, typed(person, what_happened="x", act="keep")))
        done = [answer.status_code in (200, 303) for answer in answers]
        assert done == 4 * [may], person.officer
        link = f'href="{ADD}"' in client.get("/desk/").content.decode()
        assert link == may
        assert may or client.post(complete_of(tip), typed(person)).status_code == 403
    for where in ("", "no-tip/", "sheet/"):
        assert Client().get(ADD + where).status_code in (303, 405), where
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
def test_a_call_costs_few_queries(kim: Person, address: str) -> None:
    client = enter(kim)
    with desk_queries() as opening:
        client.get(ADD + address)
    form = typed(kim, what_happened=WORDS)
    with desk_queries() as saving:
        sent(client, ADD, form, "keep")
    assert max(len(opening), len(saving)) <= 12


def test_the_page_speaks_english_whatever_the_browser_prefers(kim: Person) -> None:
    page = enter(kim).get(ADD, HTTP_ACCEPT_LANGUAGE="es").content.decode()
    assert "Is anyone in danger now" in page
    assert '<option value="en" selected>' in page
