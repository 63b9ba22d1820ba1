"""What holds for each verb of the registry, those to come included."""

import pytest
from django.http import QueryDict
from django.utils import timezone

from tests.admin.desk import (
    LOG_IN,
    credentials,
    enter,
    events,
    field,
    stamp_of,
    url_of,
    with_photos,
)
from tests.admin.triage.trying import (
    ADDED,
    NO_WORDS,
    OF_EACH_KIND,
    OWN,
    PHOTO,
    SAID,
    STALE,
    TYPED,
    WHATEVER_HAPPENED,
    WORDS,
    happened,
)
from tests.cast import Person
from tests.variants import played
from tips import actions
from tips.actions import Refused, Stamp
from tips.admin.triage.verb import OwnPage
from tips.admin.triage.verbs import VERBS
from tips.crypto.sealing import Keyring
from tips.models import DeskSession, Event, Recusal, Tip

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("verb", played(VERBS, SAID, ADDED), indirect=True)
def test_a_form_with_a_page_of_its_own_stands_there_before_and_after_a_refusal(
    tip: Tip, verb: str, kim: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = OwnPage("desk/no_key.html", lambda tip, officer: {})
    monkeypatch.setitem(vars(VERBS[verb]), "own_page", page)
    client, address = enter(kim), url_of(tip, f"{verb}/")
    answers = [client.get(address)]
    if verb not in WHATEVER_HAPPENED:
        stale = stamp_of(tip, kim) | {"seen": STALE}
        answers.append(client.post(address, stale | TYPED[verb]))
    for answer in answers:
        assert "hold no key to the tips" in answer.content.decode()
    assert f'formaction="{address}" name="ask"' in client.get(url_of(tip)).content.decode()


def test_it_is_offered_not_done_from_an_old_form_and_done_once_by_a_press_that_arrives_twice(
    verb: str, tip: Tip, kim: Person, as_desk
) -> None:
    client, before = enter(kim), happened(verb)
    pile = "?pile=1" if verb in ("same_as", "junk") else ""
    page = client.get(f"{url_of(tip)}{pile}").content.decode()
    assert f'formaction="{url_of(tip, f"{verb}/")}"' in page
    form = stamp_of(tip, kim) | TYPED[verb]
    as_desk()
    if verb in WHATEVER_HAPPENED:
        form["seen"] = STALE
    else:
        typed = QueryDict(mutable=True)
        typed.update(form)
        with pytest.raises(Refused, match="This tip has changed"):
            VERBS[verb].press(
                tip=tip, by=kim.officer, stamp=Stamp(STALE), typed=typed, keys=Keyring({})
            )
    for _ in range(2):
        assert client.post(url_of(tip, f"{verb}/"), form).status_code == 303
    assert happened(verb) == before + 1
    last = events(VERBS[verb].event)[-1]
    assert (last.by, last.reference) == ("kim", tip.reference)
    # Words are in no column but sealed ones.
    assert WORDS not in str(list(Event.objects.values_list("about", "reason", "by")))


@pytest.mark.parametrize("verb", played(VERBS, *OF_EACH_KIND), indirect=True)
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


@pytest.mark.parametrize("verb", played(VERBS, SAID, OWN), indirect=True)
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
def test_neither_an_auditor_nor_an_editor_does_any(
    sam: Person, who: str, request: pytest.FixtureRequest
) -> None:
    tip, client = with_photos(), enter(request.getfixturevalue(who))
    done = Event.objects.filter(verb__in=[one.event for one in VERBS.values()])
    before = done.count()
    for verb, typed in TYPED.items():
        assert client.post(url_of(tip, f"{verb}/"), typed).status_code == 403, verb
    assert done.count() == before


@pytest.mark.parametrize("verb", played(VERBS, NO_WORDS, SAID, PHOTO), indirect=True)
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
