"""What an officer can do with a tip, and the second officer who is told."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.admin.desk import enter, events, new_tip, url_of
from tests.cast import Person, send, tip_of
from tips import actions
from tips.crypto import active_key
from tips.models import DeskKey, Message, Note, Tip
from tips.public import conversation

pytestmark = pytest.mark.django_db


@pytest.fixture
def tip(first) -> Tip:
    return new_tip()


def do(client: Client, tip: Tip, verb: str, **typed: str):
    return client.post(url_of(tip, f"{verb}/"), typed)


def done(client: Client, tip: Tip, verb: str, section: str = "", **typed: str) -> Tip:
    answer = do(client, tip, verb, **typed)
    assert answer.status_code == 303, answer.content.decode()
    assert answer.headers["Location"] == f"{url_of(tip)}{section}"
    return Tip.objects.get(pk=tip.pk)


def test_the_whole_life_of_a_tip_with_the_desks_own_rights(
    kim: Person, dana: Person, as_desk
) -> None:
    tip = new_tip()
    as_desk()
    client = enter(kim)
    taken = done(client, tip, "take")
    assert (taken.owner, taken.status, taken.turn_cause) == (kim.officer, "active", "taken")
    assert done(client, tip, "raise").urgency == 0
    assert done(client, tip, "lower", lower_reason="She is safe.").urgency == 2
    done(client, tip, "note", "#h-notes", note="Called the control room.")
    day = str(timezone.localdate() + timedelta(days=3))
    assert str(done(client, tip, "park", "#h-next", until=day).turn_until) == day
    assert done(client, tip, "unpark").turn_until is None
    asked = done(client, tip, "reply", "#h-conversation", answer="Where is it?")
    assert (asked.status, asked.turn_cause) == ("active", "answered")
    assert done(client, tip, "wait").status == "asked"
    given = done(client, tip, "give", to="dana")
    assert given.owner == dana.officer
    closed = done(client, tip, "close", outcome="passed_on", reason="To the unit.")
    assert (closed.status, closed.outcome) == ("closed", "passed_on")
    assert done(client, tip, "reopen", reopen_reason="She wrote again.").status == "active"
    page = client.get(url_of(tip)).content.decode()
    for words in ("She is safe.", "Called the control room.", "To the unit.", "She wrote again."):
        assert words in page


def test_a_reply_reaches_the_citizen_and_waits_when_ticked(kim: Person) -> None:
    receipt = send()
    tip, client = tip_of(receipt), enter(kim)
    assert (
        done(client, tip, "reply", "#h-conversation", answer="Are you safe?", wait="1").status
        == "asked"
    )
    assert done(client, tip, "reply", "#h-conversation", answer="Call 999.").status == "active"
    said = conversation.read(receipt.code or "")
    assert said is not None
    assert [entry.text for entry in said.entries if entry.kind == "reply"] == [
        "Are you safe?",
        "Call 999.",
    ]


def test_giving_it_to_nobody_gives_it_back(kim: Person, tip: Tip) -> None:
    client = enter(kim)
    done(client, tip, "take")
    back = done(client, tip, "give_back")
    assert (back.owner, back.status, back.turn_cause) == (None, "active", "returned")


REFUSED = [
    ("give", {"to": "nobody-of-that-name"}, "no such officer"),
    ("give", {"to": "x\0y"}, "no such officer"),
    ("give", {"to": ""}, "Choose to whom"),
    ("reply", {"answer": "  "}, "Write an answer first"),
    ("reply", {"answer": "ä" * 20_001}, "20,001 characters"),
    ("note", {"note": ""}, "Write a note first"),
    ("lower", {"lower_reason": ""}, "Say why it is not urgent"),
    ("park", {"until": ""}, "Choose a day"),
    ("park", {"until": "10 March"}, "Write the day as"),
    ("park", {"until": "2020-01-01"}, "That day is past"),
    ("reopen", {"reopen_reason": "because"}, "has changed"),
    ("take", {"seen": "closed.9.x"}, "has changed"),
]


def test_a_refusal_is_a_sentence_on_the_tip_with_the_words_kept(kim: Person, tip: Tip) -> None:
    client = enter(kim)
    for verb, typed, sentence in REFUSED:
        answer = do(client, tip, verb, **typed)
        page = answer.content.decode()
        assert answer.status_code == 200, (verb, typed)
        assert sentence in page, (verb, typed)
        for name in ("answer", "note", "reopen_reason"):
            assert typed.get(name, "").strip() in page, (verb, typed)
    assert Tip.objects.get(pk=tip.pk).version_token == tip.version_token
    assert not Note.objects.exists()
    assert not Message.objects.exists()


def test_a_nul_in_what_was_seen_is_left_out(kim: Person, tip: Tip) -> None:
    assert done(enter(kim), tip, "take", seen=f"{tip.version_token}\0").owner == kim.officer


@pytest.mark.parametrize("to", ["kim", "ada"])
def test_a_tip_is_not_given_to_somebody_who_may_not_open_it(
    sam: Person, kim: Person, ada: Person, to: str
) -> None:
    tip = new_tip(official_involved="yes")
    page = do(enter(sam), tip, "give", to=to).content.decode()
    assert "cannot open this tip" in page
    assert f"<option>{to}</option>" not in page


def test_the_second_of_two_officers_is_told_and_nothing_is_overwritten(
    kim: Person, dana: Person, tip: Tip
) -> None:
    hers, his = enter(kim), enter(dana)
    seen = tip.version_token
    done(hers, tip, "take", seen=seen)
    for verb, typed in (
        ("take", {}),
        ("give", {"to": "dana"}),
        ("raise", {}),
        ("reply", {"answer": "Are you safe?"}),
        ("park", {"until": "2099-01-01"}),
        ("close", {"outcome": "helped", "reason": "Nothing here."}),
    ):
        page = do(his, tip, verb, seen=seen, **typed).content.decode()
        assert "it is active and kim has it" in page, verb
        for words in typed.values():
            assert words in page, verb
    now = Tip.objects.get(pk=tip.pk)
    assert (now.owner, now.status, now.urgency) == (kim.officer, "active", 2)
    assert not Message.objects.exists()
    done(his, tip, "raise", seen=now.version_token)


def test_closing_has_a_form_of_its_own_that_opens_nothing(kim: Person, sam: Person) -> None:
    tip, client = new_tip(what_happened="They keep her passport."), enter(kim)
    page = client.get(url_of(tip, "close/")).content.decode()
    assert "passport" not in page
    assert events("opened") == []
    assert 'value="false" disabled' in page
    assert 'value="false" disabled' not in enter(sam).get(url_of(tip, "close/")).content.decode()


def test_a_refused_closing_keeps_what_was_typed(kim: Person, tip: Tip) -> None:
    client = enter(kim)
    for typed, sentence in (
        ({}, "Choose an outcome"),
        ({"outcome": "nonsense"}, "Choose an outcome"),
        ({"outcome": "false"}, "Only a supervisor"),
        ({"outcome": "duplicate", "duplicate_of": "KD"}, "Say which tip it repeats"),
        ({"outcome": "duplicate", "duplicate_of": "\0"}, "Say which tip it repeats"),
    ):
        page = do(client, tip, "close", reason="It was nothing.", **typed).content.decode()
        assert sentence in page, typed
        assert "It was nothing." in page, typed
    assert Tip.objects.get(pk=tip.pk).status == "new"


def test_a_supervisor_closes_as_knowingly_false_and_a_duplicate_names_its_tip(sam: Person) -> None:
    one, two, client = new_tip(), new_tip(), enter(sam)
    assert done(client, one, "close", outcome="false", reason="He said so.").outcome == "false"
    assert (
        done(client, two, "close", outcome="duplicate", duplicate_of=str(one).lower()).status
        == "closed"
    )


def test_without_a_desk_key_nothing_is_sealed_and_the_words_stay(kim: Person, tip: Tip) -> None:
    client = enter(kim)
    DeskKey.objects.update(activated_at=None)
    active_key.forget()
    page = do(client, tip, "note", note="Keep these words.").content.decode()
    assert "no desk key to seal with" in page
    assert "Keep these words." in page


def test_a_get_on_a_verb_does_nothing_and_shows_the_tip(kim: Person, tip: Tip) -> None:
    client = enter(kim)
    for verb in ("take", "raise", "wait", "note", "reply"):
        assert client.get(url_of(tip, f"{verb}/")).headers["Location"] == url_of(tip)
    assert Tip.objects.get(pk=tip.pk).status == "new"


def test_a_restricted_tip_takes_no_verb_from_an_officer(kim: Person) -> None:
    tip, client = new_tip(official_involved="yes"), enter(kim)
    for verb in ("take", "note", "reply", "close", "raise"):
        assert do(client, tip, verb, note="x", outcome="junk").status_code == 404
    assert len(events("refused")) == 5
    assert Tip.objects.get(pk=tip.pk).status == "new"


def test_a_citizens_answer_shows_as_new_until_it_is_dealt_with(kim: Person) -> None:
    receipt = send()
    tip, client = tip_of(receipt), enter(kim)
    done(client, tip, "take")
    done(client, tip, "reply", "#h-conversation", answer="Are you safe?", wait="1")
    actions.receive_message(
        code=receipt.code or "", message="Yes.", photos=[], idempotency_key="0" * 32
    )
    answered = "<strong>Citizen wrote</strong>"
    assert answered in client.get("/desk/").content.decode()
    assert "Yes." in client.get(url_of(tip)).content.decode()
    assert answered in client.get("/desk/").content.decode()
    done(client, tip, "reply", "#h-conversation", answer="Call 999.")
    assert answered not in client.get("/desk/").content.decode()
