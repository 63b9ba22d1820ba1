"""An officer who reads no Spanish answers in it, by sentences that somebody reviewed."""

from collections.abc import Iterator

import pytest
from django.test import Client

from campaign import offers
from campaign.models import Text
from tests.admin.desk import LOG_IN, credentials, enter, field, new_tip, stamp_of, url_of
from tests.cast import Person, send, tip_of
from tips import actions
from tips.models import DeskSession, Tip
from tips.public import conversation

pytestmark = pytest.mark.django_db
ENGLISH = "It is not your fault. Thank you for telling us."
SPANISH = "No es su culpa. Gracias por contárnoslo."
KWEYOL = "Sé pa fòt ou. Mèsi paskè ou di nou sa."
MACHINE = "(Traducido por una máquina y todavía no revisado palabra por palabra.)"


def state(slug: str, language: str, **columns: object) -> None:
    Text.objects.filter(item__slug=slug, language=language).update(**columns)
    offers.forget()


@pytest.fixture
def desk(kim: Person) -> Iterator[Client]:
    """Kim's browser."""
    offers.forget()
    yield enter(kim)
    offers.forget()


def press(desk: Client, tip: Tip, person: Person, **typed: object) -> str:
    form = stamp_of(tip, person) | {"answer": ""} | typed
    return desk.post(url_of(tip, "reply/"), form).content.decode()


def read(receipt: actions.Receipt) -> list[str]:
    """What the citizen reads of the desk."""
    opened = conversation.read(receipt.code or "")
    return [entry.text for entry in opened.entries if entry.kind == "reply"] if opened else []


def test_the_form_has_each_sentence_in_english_and_as_its_reader_gets_it(desk: Client) -> None:
    page = desk.get(url_of(new_tip(answer_language="es"))).content.decode()
    groups = [page.index(name) for name in ("Safe now?", "Tell us", "What happens next")]
    assert groups == sorted(groups)
    assert page.count('name="sentence"') == 26
    assert ENGLISH in page
    assert SPANISH in page
    assert "Translated by a machine; the citizen reads a line that says so." in page
    assert "llame al 999 o al 911" in page


@pytest.mark.parametrize(
    ("reading", "said"), [("machine", [SPANISH, MACHINE]), ("reviewed", [SPANISH])]
)
def test_the_citizen_reads_what_was_ticked_and_then_the_officers_own_words(
    desk: Client, kim: Person, reading: str, said: list[str]
) -> None:
    state("next-not-fault", "es", state=reading)
    receipt = send(answer_language="es")
    press(desk, tip_of(receipt), kim, sentence=["next-not-fault"], answer="Gracias.")
    assert read(receipt) == ["\n".join(said) + "\n\nGracias."]


@pytest.mark.parametrize("columns", [{"state": "draft"}, {"outdated": True}])
def test_a_draft_and_what_is_older_than_its_english_is_sent_in_english_as_the_form_says(
    desk: Client, kim: Person, columns: dict[str, object]
) -> None:
    state("next-not-fault", "acf", state="machine")
    state("next-not-fault", "acf", **columns)
    receipt = send(answer_language="acf")
    page = desk.get(url_of(tip_of(receipt))).content.decode()
    assert "Sent in English: there is no reviewed text in" in page
    assert KWEYOL not in page
    press(desk, tip_of(receipt), kim, sentence=["next-not-fault"])
    assert read(receipt) == [ENGLISH]


def test_two_are_said_in_the_order_of_their_groups_without_a_word_of_the_officers(
    desk: Client,
    kim: Person,
) -> None:
    receipt = send()
    press(desk, tip_of(receipt), kim, sentence=["next-not-fault", "safe-call"])
    call = "If you are in danger now, call 999 or 911. Do not wait for us."
    assert read(receipt) == [f"{call}\n{ENGLISH}"]


def test_a_sentence_that_is_gone_sends_nothing_and_keeps_the_rest(
    desk: Client, kim: Person
) -> None:
    receipt = send()
    page = press(desk, tip_of(receipt), kim, sentence=["safe-call", "gone"], answer="My own words.")
    assert "A sentence that you ticked is not there any more." in page
    assert "A sentence that was deleted: gone</textarea>" in page
    assert "My own words.</textarea>" in page
    assert 'value="safe-call" checked' in page
    assert read(receipt) == []


def test_an_answer_that_repeats_the_tip_asks_first_and_is_sent_all_the_same(
    desk: Client, kim: Person
) -> None:
    receipt = send(vehicles_phones_online="PA 1234", people_harmed="a girl, Josette")
    words = {"answer": "Does pa-1234 still come for Josette?", "sentence": ["safe-call"]}
    page = press(desk, tip_of(receipt), kim, **words)
    assert "Your answer says pa-1234 and Josette, which stand in the tip." in page
    assert words["answer"] in page
    assert 'value="safe-call" checked' in page
    assert 'name="anyway" value="1">Send all the same' in page
    assert read(receipt) == []
    press(desk, tip_of(receipt), kim, **words, anyway="1")
    assert read(receipt)[0].endswith(str(words["answer"]))


def test_the_button_stands_only_where_something_repeats(desk: Client) -> None:
    page = desk.get(url_of(new_tip())).content.decode()
    assert "Send all the same" not in page


TWO = ["safe-call", "next-not-fault"]


def assert_ticked(page: str, slugs: list[str]) -> None:
    assert [slug for slug in slugs if f'value="{slug}" checked' not in page] == []


def test_what_was_ticked_is_still_ticked_after_another_verb(desk: Client, kim: Person) -> None:
    tip = new_tip()
    form = stamp_of(tip, kim) | {"note": "Called.", "sentence": TWO}
    page = desk.post(url_of(tip, "note/"), form).content.decode()
    assert_ticked(page, TWO)
    assert 'name="wait" value="1" checked' not in page  # as it was left
    assert "not sent yet" in page


def test_what_was_ticked_when_the_session_ended_is_ticked_after_the_log_in(
    desk: Client, kim: Person
) -> None:
    tip = new_tip()
    form = stamp_of(tip, kim) | {"answer": "Soon.", "sentence": TWO}
    DeskSession.objects.all().delete()
    page = desk.post(url_of(tip, "reply/"), form).content.decode()
    typed = credentials(kim, ahead=1, carried=field(page, "carried"), next=field(page, "next"))
    assert_ticked(desk.post(LOG_IN, typed).content.decode(), TWO)


def test_what_was_ticked_on_a_tip_that_a_colleague_took_is_kept_until_it_can_be_answered(
    desk: Client, kim: Person, dana: Person
) -> None:
    receipt = send()
    tip = tip_of(receipt)
    form = stamp_of(tip, kim) | {"sentence": TWO}
    actions.take(tip=tip, by=dana.officer)
    page = desk.post(url_of(tip, "reply/"), form).content.decode()
    assert "If you are in danger now, call 999 or 911. Do not wait for us." in page
    assert f"{ENGLISH}</textarea>" in page
    assert "safe-call</textarea>" not in page
    assert [f'name="sentence" value="{slug}"' in page for slug in TWO] == [True, True]
    again = stamp_of(tip_of(receipt), kim) | {"over_reason": "Ill.", "sentence": " ".join(TWO)}
    assert_ticked(desk.post(url_of(tip, "take_over/"), again).content.decode(), TWO)
    assert read(receipt) == []


@pytest.mark.parametrize("then", ["reply/", "close/", "log-in"])
def test_a_sentence_that_nobody_may_send_any_more_comes_back_as_its_english_words(
    desk: Client, kim: Person, then: str
) -> None:
    tip = new_tip(answer_language="es")
    form = stamp_of(tip, kim) | {"answer": "Soon.", "sentence": TWO, "ask": "1"}
    item = Text.objects.filter(item__slug=TWO[1]).first()
    assert item
    type(item.item).objects.filter(slug=TWO[1]).update(published=False)
    offers.forget()
    if then == "log-in":
        DeskSession.objects.all().delete()
        page = desk.post(url_of(tip, "reply/"), form).content.decode()
        typed = credentials(kim, ahead=1, carried=field(page, "carried"), next=field(page, "next"))
        page = desk.post(LOG_IN, typed).content.decode()
    else:
        page = desk.post(url_of(tip, then), form).content.decode()
    assert f"{ENGLISH}</textarea>" in page
    assert f">{TWO[1]}<" not in page
    assert f'value="{TWO[1]}"' not in page
    assert f'name="sentence" value="{TWO[0]}"' in page


def test_what_was_chosen_beside_the_answer_goes_along_through_a_page_of_its_own(
    desk: Client, kim: Person
) -> None:
    tip = new_tip()
    form = stamp_of(tip, kim) | {"answer": "Where?", "wait": "1", "ask": "1"}
    page = desk.post(url_of(tip, "close/"), form).content.decode()
    assert field(page, "wait") == "1"
