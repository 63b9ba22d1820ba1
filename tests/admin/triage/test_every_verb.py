"""What holds for each verb of the registry, those to come included."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.admin.desk import LOG_IN, credentials, enter, events, field, new_tip, stamp_of, url_of
from tests.cast import Person
from tips import actions
from tips.admin.triage.verbs import VERBS, OwnPage
from tips.models import DeskSession, Event, Tip

pytestmark = pytest.mark.django_db
WORDS = "The words of a long afternoon."
# What somebody types for it, and what was done to the tip before.
TYPED: dict[str, dict[str, str]] = {
    "take": {},
    "give": {"to": "dana"},
    "raise": {},
    "wait": {},
    "reply": {"text": WORDS},
    "note": {"text": WORDS},
    "translate": {"text": WORDS, "language": "en"},
    "lower": {"reason": WORDS},
    "park": {"until": str(timezone.localdate() + timedelta(days=3))},
    "close": {"outcome": "passed_on", "reason": WORDS},
    "reopen": {"reason": WORDS},
}
# What a colleague's change does not stop: words for the file contradict nothing.
WHATEVER_HAPPENED = {"note", "translate"}


@pytest.fixture(params=VERBS)
def verb(request: pytest.FixtureRequest) -> str:
    assert set(TYPED) == set(VERBS), "a verb has no example here"
    return str(request.param)


@pytest.fixture
def tip(verb: str, kim: Person, dana: Person) -> Tip:
    """One on which the verb is offered."""
    tip = new_tip(danger_now="yes") if verb == "lower" else new_tip()
    if verb == "reopen":
        actions.close(tip=tip, by=kim.officer, outcome="passed_on", reason="Done.")
    assert VERBS[verb].is_offered(Tip.objects.get(pk=tip.pk), kim.officer)
    return tip


def happened(verb: str) -> int:
    return len(events(VERBS[verb].event))


def test_what_is_offered_stands_on_the_tips_page(verb: str, tip: Tip, kim: Person) -> None:
    where = "href" if VERBS[verb].own_page else "action"
    assert f'{where}="{url_of(tip, f"{verb}/")}"' in enter(kim).get(url_of(tip)).content.decode()


def test_a_form_with_a_page_of_its_own_stands_there_before_and_after_a_refusal(
    tip: Tip, verb: str, kim: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = OwnPage("desk/no_key.html", lambda tip, officer: {})
    monkeypatch.setitem(vars(VERBS[verb]), "own_page", page)
    client, address = enter(kim), url_of(tip, f"{verb}/")
    refused = client.post(address, stamp_of(tip, kim) | {"seen": "new.9.x"} | TYPED[verb])
    for answer in (client.get(address), *([refused] if verb not in WHATEVER_HAPPENED else [])):
        assert "hold no key to the tips" in answer.content.decode()
    assert f'href="{address}"' in client.get(url_of(tip)).content.decode()


def test_a_press_that_arrives_twice_counts_once(verb: str, tip: Tip, kim: Person, as_desk) -> None:
    form = stamp_of(tip, kim) | TYPED[verb]
    client = enter(kim)
    as_desk()
    before = happened(verb)
    for _ in range(2):
        assert client.post(url_of(tip, f"{verb}/"), form).status_code == 303
    assert happened(verb) == before + 1
    last = events(VERBS[verb].event)[-1]
    assert (last.by, last.reference) == ("kim", tip.reference)
    # Words are in no column but sealed ones.
    assert WORDS not in str(list(Event.objects.values_list("about", "reason", "by")))


def test_a_form_from_before_a_colleagues_change_does_nothing_and_keeps_the_words(
    verb: str, tip: Tip, kim: Person, dana: Person
) -> None:
    form = stamp_of(tip, kim) | TYPED[verb]
    client = enter(kim)
    actions.note(tip=tip, by=dana.officer, text="I call the control room.")
    Tip.objects.filter(pk=tip.pk).update(turn_since=timezone.now(), owner=dana.officer)
    before = happened(verb)
    answer = client.post(url_of(tip, f"{verb}/"), form)
    if verb in WHATEVER_HAPPENED:
        assert (answer.status_code, happened(verb)) == (303, before + 1)
        return
    assert happened(verb) == before
    page = answer.content.decode()
    assert "dana has it" in page
    assert WORDS not in TYPED[verb].values() or WORDS in page


def test_what_was_typed_when_the_session_ended_is_done_by_one_press_after_the_log_in(
    verb: str, tip: Tip, kim: Person
) -> None:
    form = stamp_of(tip, kim) | TYPED[verb]
    client = enter(kim)
    DeskSession.objects.all().delete()
    before = happened(verb)
    page = client.post(url_of(tip, f"{verb}/"), form).content.decode()
    assert WORDS not in page
    typed = credentials(kim, ahead=1, carried=field(page, "carried"), next=field(page, "next"))
    answer = client.post(LOG_IN, typed)
    assert happened(verb) == before
    offered = answer.content.decode()
    again = {name: field(offered, name) for name in ("officer", "seen", "once")} | TYPED[verb]
    assert all(value in offered for value in TYPED[verb].values())
    assert client.post(url_of(tip, f"{verb}/"), again).status_code == 303
    assert happened(verb) == before + 1


@pytest.mark.parametrize("who", ["ada", "ed"])
def test_neither_an_auditor_nor_an_editor_does_it(
    verb: str, tip: Tip, kim: Person, who: str, request: pytest.FixtureRequest
) -> None:
    person: Person = request.getfixturevalue(who)
    before = happened(verb)
    answer = enter(person).post(url_of(tip, f"{verb}/"), TYPED[verb])
    assert answer.status_code in (403, 404)
    assert happened(verb) == before
