"""What holds for each verb of the registry, those to come included."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.html import escape

from campaign import offers
from tests.admin.desk import (
    LOG_IN,
    credentials,
    enter,
    events,
    field,
    new_tip,
    stamp_of,
    url_of,
    with_photos,
)
from tests.cast import Person
from tests.variants import played
from tips import actions
from tips.admin.triage.unsent import SENTENCES
from tips.admin.triage.verb import Field, OwnPage
from tips.admin.triage.verbs import KEPT, VERBS
from tips.models import DeskSession, Event, Officer, Recusal, Tip, TipLink

pytestmark = pytest.mark.django_db
WORDS = "The words of a long afternoon."
# What somebody types for it, and what was done to the tip before.
TYPED: dict[str, dict[str, str]] = {
    "take": {},
    "take_over": {"over_reason": WORDS},
    "give": {"to": "dana"},
    "give_back": {},
    "raise": {},
    "wait": {},
    "reply": {"answer": WORDS},
    "note": {"note": WORDS},
    "translate": {"translation": WORDS, "into": "en"},
    "not_same": {"other": "KD-3310"},
    "maybe_same": {"apart": "KD-3310"},
    "transcribe": {"said": WORDS},
    "lower": {"lower_reason": WORDS},
    "park": {"until": str(timezone.localdate() + timedelta(days=3))},
    "close": {"outcome": "passed_on", "reason": WORDS},
    "unpark": {},
    "reopen": {"reopen_reason": WORDS},
    "unlink": {"linked": "the other one's reference"},
    "undo": {},
    "same_as": {"same_as": "KD-3310"},
    "junk": {},
    "recuse": {},
    "readmit": {"who": "dana", "reason": WORDS},
    "restrict": {},
    "unrestrict": {"reason": WORDS},
    "hold": {"reason": WORDS},
    "release": {"reason": WORDS},
    "lock_photo": {"to_lock": "1"},
    "unlock_photo": {"to_unlock": "1", "reason": WORDS},
}
# What a colleague's change does not stop: words for the file contradict nothing, who knows the
# people knows them, and a photo is what it is.
WHATEVER_HAPPENED = {
    *("note", "translate", "not_same", "maybe_same", "transcribe", "recuse", "lock_photo")
}
# What a supervisor alone may do; for these Kim is one.
SUPERVISORS_ALONE = {"readmit", "unrestrict", "release", "unlock_photo"}
BEFORE: dict[str, Callable[[Tip, Person], object]] = {
    "reopen": lambda tip, dana: actions.close(tip=tip, by=dana.officer, outcome="passed_on"),
    "take_over": lambda tip, dana: actions.take(tip=tip, by=dana.officer),
    "maybe_same": lambda tip, dana: actions.not_same(tip=tip, by=dana.officer, other="KD-3310"),
    "readmit": lambda tip, dana: actions.recuse(tip=tip, by=dana.officer),
    "unrestrict": lambda tip, dana: actions.restrict(tip=tip, by=dana.officer),
    "release": lambda tip, dana: actions.hold(tip=tip, by=dana.officer, reason=WORDS),
    "unlock_photo": lambda tip, dana: actions.lock_photo(tip=tip, by=dana.officer, number=1),
}


# One of each kind, where what is done does not ask which verb it is: with and without words, with a
# page of its own, whatever happened, of supervisors alone, and of a photo.
OF_EACH_KIND = played(VERBS, "take", "reply", "note", "close", "readmit", "lock_photo")


@pytest.fixture(params=VERBS)
def verb(request: pytest.FixtureRequest) -> str:
    assert set(TYPED) == set(VERBS), "a verb has no example here"
    return str(request.param)


@pytest.fixture
def tip(verb: str, kim: Person, dana: Person) -> Tip:
    """One on which the verb is offered."""
    if verb in SUPERVISORS_ALONE:
        kim.officer.role = Officer.Role.SUPERVISOR
        kim.officer.save(update_fields=["role"])
    told = {"danger_now": "yes" if verb == "lower" else "", "place": "Plate PA 1234"}
    tip = with_photos() if "photo" in verb else new_tip(**told)
    if verb in ("not_same", "maybe_same", "same_as"):
        alike = new_tip(place="PA1234")
        Tip.objects.filter(pk=alike.pk).update(reference="KD-3310")
    if verb in BEFORE:
        BEFORE[verb](tip, dana)
    if verb in ("give_back", "wait", "park", "unpark"):
        actions.take(tip=tip, by=kim.officer)
    if verb == "wait":
        actions.reply(tip=tip, by=kim.officer, text="Where?")
    if verb == "unpark":
        actions.park(tip=tip, by=kim.officer, until=timezone.localdate())
    if verb == "unlink":
        other = new_tip()
        TipLink.objects.create(tip=tip, other=other, kind="duplicate")
        TYPED[verb]["linked"] = str(other)
    if verb == "undo":
        actions.raise_urgency(tip=tip, by=kim.officer)
    assert VERBS[verb].is_offered(Tip.objects.get(pk=tip.pk), kim.officer)
    return tip


def happened(verb: str) -> int:
    return len(events(VERBS[verb].event))


def test_what_is_offered_stands_on_the_tips_page(verb: str, tip: Tip, kim: Person) -> None:
    pile = "?pile=1" if verb in ("same_as", "junk") else ""
    page = enter(kim).get(f"{url_of(tip)}{pile}").content.decode()
    assert f'formaction="{url_of(tip, f"{verb}/")}"' in page


@pytest.mark.parametrize("verb", OF_EACH_KIND, indirect=True)
def test_a_form_with_a_page_of_its_own_stands_there_before_and_after_a_refusal(
    tip: Tip, verb: str, kim: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = OwnPage("desk/no_key.html", lambda tip, officer: {})
    monkeypatch.setitem(vars(VERBS[verb]), "own_page", page)
    client, address = enter(kim), url_of(tip, f"{verb}/")
    answers = [client.get(address)]
    if verb not in WHATEVER_HAPPENED:
        stale = stamp_of(tip, kim) | {"seen": "new.9.x"}
        answers.append(client.post(address, stale | TYPED[verb]))
    for answer in answers:
        assert "hold no key to the tips" in answer.content.decode()
    assert f'formaction="{address}" name="ask"' in client.get(url_of(tip)).content.decode()


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
    verb: str, tip: Tip, sam: Person, kim: Person, dana: Person
) -> None:
    form = stamp_of(tip, kim) | TYPED[verb]
    client = enter(kim)
    actions.note(tip=tip, by=dana.officer, text="I call the control room.")
    other = dana if verb != "take_over" else sam
    Tip.objects.filter(pk=tip.pk).update(turn_since=timezone.now(), owner=other.officer)
    before = happened(verb)
    answer = client.post(url_of(tip, f"{verb}/"), form)
    if verb in WHATEVER_HAPPENED:
        assert (answer.status_code, happened(verb)) == (303, before + 1)
        return
    assert happened(verb) == before
    page = answer.content.decode()
    assert f"{other.officer} has it" in page
    assert WORDS not in TYPED[verb].values() or WORDS in page


@pytest.mark.parametrize("verb", OF_EACH_KIND, indirect=True)
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


def others(verb: str) -> list[Field]:
    """The boxes that this verb does not take."""
    mine = {field.name for field in VERBS[verb].fields} | (
        {"note"} if VERBS[verb].takes_note else set()
    )
    return [box for box in KEPT if box.name not in mine]


def survives(verb: str, tip: Tip, kim: Person, boxes: list[Field]) -> None:
    """Done, what is typed there is on the page that comes up, unsent; sent a second time by a
    reload, still."""
    special = {"to": "dana", "until": "2099-01-01", "sentence": "safe-call"}
    texts = {box.name: special.get(box.name, f"Words of the box {box.name}.") for box in boxes}
    form = stamp_of(tip, kim) | TYPED[verb] | texts
    client = enter(kim)
    before = happened(verb)
    for _ in range(2):
        answer = client.post(url_of(tip, f"{verb}/"), form)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        page = answer.content.decode()
        for text in texts.values():
            line = escape(offers.english_lines(["safe-call"])["safe-call"])
            chosen = ('value="safe-call" checked', f">{line}</textarea>")
            assert any(one in page for one in (chosen if text == "safe-call" else (text,))), text
        assert "not sent" in page
    assert happened(verb) == before + 1


@pytest.mark.parametrize("verb", OF_EACH_KIND, indirect=True)
def test_what_is_typed_in_all_other_boxes_survives_every_verb(
    verb: str, tip: Tip, kim: Person
) -> None:
    survives(verb, tip, kim, [box for box in others(verb) if box.name != SENTENCES])


# Each box with one verb that does not take it; the audit has each with every one.
EACH_WITH_EVERY = [(verb, box) for verb in VERBS for box in others(verb)]
ONE_EACH = [
    next(pair for pair in (*EACH_WITH_EVERY[number * 20 :], *EACH_WITH_EVERY) if pair[1] == box)
    for number, box in enumerate(KEPT)
]


def name_of(value: str | Field) -> str:
    return value if isinstance(value, str) else value.name


@pytest.mark.parametrize(("verb", "box"), ONE_EACH, ids=name_of, indirect=["verb"])
def test_what_is_typed_in_one_other_box_alone_survives(
    verb: str, tip: Tip, kim: Person, box: Field
) -> None:
    survives(verb, tip, kim, [box])


@pytest.mark.audit
@pytest.mark.parametrize(("verb", "box"), EACH_WITH_EVERY, ids=name_of, indirect=["verb"])
def test_what_is_typed_in_any_other_box_alone_survives_every_verb(
    verb: str, tip: Tip, kim: Person, box: Field
) -> None:
    survives(verb, tip, kim, [box])


@pytest.mark.parametrize("verb", OF_EACH_KIND, indirect=True)
def test_a_tip_that_is_gone_gives_the_words_back(verb: str, tip: Tip, kim: Person) -> None:
    form = stamp_of(tip, kim) | TYPED[verb]
    client = enter(kim)
    Recusal.objects.create(tip=tip, officer=kim.officer)
    before = happened(verb)
    answer = client.post(url_of(tip, f"{verb}/"), form)
    assert (answer.status_code, happened(verb)) == (404, before)
    page = answer.content.decode()
    assert "no tip here that you may open" in page
    assert str(tip) not in page
    assert WORDS not in TYPED[verb].values() or WORDS in page
