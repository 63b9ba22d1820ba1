"""What a citizen sees of their tip, says of danger, and takes from their page."""

from collections.abc import Callable
from datetime import date

import pytest

from tests.public.citizen import Answer, Citizen, Desk, picture
from tips import actions
from tips.crypto import associated_data, sealing
from tips.models import Alarm, Event, Message, Officer, Tip

UNKNOWN = "7Q4M-X2KD-9TRB-HW5ET"


@pytest.fixture
def code(citizen: Citizen) -> str:
    return citizen.report("I saw them again").code


def damage(reply: Message) -> bytes:
    """Its bytes, one of them changed."""
    blob = bytearray(reply.for_citizen or b"")
    blob[-1] ^= 1
    return bytes(blob)


def seal_another(reply: Message) -> bytes:
    """What a document without words looks like, sealed as a reply is."""
    key = bytes(reply.tip.citizen_key)
    return sealing.seal_json({"version": 1}, [key], associated_data.of_reply(reply.pk))


def line(page: Answer) -> str:
    """Where it stands, as the page says it."""
    (found,) = [tag for tag in page.root.iter() if tag.get("class") == "stage"]
    return " ".join("".join(found.itertext()).split())


def test_the_page_says_where_the_tip_stands_and_since_which_day(
    citizen: Citizen, desk: Desk, code: str
) -> None:
    def said(path: str = "/follow-up/") -> str:
        return line(citizen.post(path, {"code": code}))

    assert said() == "Where it stands: not read yet."
    days = {"opened": date(2026, 3, 9), "taken": date(2026, 3, 10)}
    sentences = {
        "opened": "Where it stands: read on 9 March 2026.",
        "taken": "Where it stands: somebody works on it, since 10 March 2026.",
    }
    for verb, day in days.items():
        with desk.rights():
            at = f"{day} 12:34-04:00"
            Event.objects.record(verb, tip=Tip.objects.get(), by="kim", at=at, count=0)
        assert said() == sentences[verb]
    assert said("/es/follow-up/").endswith("alguien se ocupa de él desde el 10 de marzo de 2026.")
    assert said("/fr/follow-up/").endswith("quelqu’un s’en occupe depuis le 10 mars 2026.")
    closed = {"status": "closed", "outcome": "passed_on", "closed_on": date(2026, 3, 11)}
    again = " Write here, and we look at it again."
    for outcome, word in (("passed_on", "passed to another office"), ("junk", "closed")):
        with desk.rights():
            Tip.objects.update(**closed | {"outcome": outcome})
        assert said() == f"Where it stands: {word} on 11 March 2026.{again}"
    with desk.rights():
        assert Tip.objects.get().status == "closed"  # looking opens nothing again


def test_that_it_has_become_dangerous_needs_no_words_and_makes_the_tip_urgent(
    citizen: Citizen, desk: Desk, code: str
) -> None:
    page = citizen.add(code, danger_now="yes")
    assert page.status == 200
    assert "Received." in page.text
    assert "You said someone may be in danger. Call 999 or 911 now." in page.text
    assert page.value("danger_now") == []
    with desk.rights():
        assert Tip.objects.get().urgency == 0
        assert Alarm.objects.get().urgent
        assert Event.objects.get(verb="message").about == "danger"
        message = Message.objects.get()
    said = desk.keys.open_json(message.sealed, associated_data.of_message(message.pk))
    assert said == {"version": 1, "text": "", "danger": True}


@pytest.mark.parametrize("value", ["", "no", "on"])
def test_anything_but_yes_is_no_danger(citizen: Citizen, desk: Desk, code: str, value: str) -> None:
    citizen.add(code, message="They are back", danger_now=value)
    assert desk.messages == ["They are back"]
    assert desk.tip.urgency == 2


def test_the_tick_goes_with_words_and_photos_and_the_same_page_sends_it_once(
    citizen: Citizen, desk: Desk, code: str
) -> None:
    sent = {"code": code, "submission": "a" * 32, "message": "Now"}
    citizen.post("/follow-up/", sent)
    citizen.post("/follow-up/", sent | {"danger_now": "yes", "photos": [picture()]})
    page = citizen.post("/follow-up/", sent | {"danger_now": "yes", "photos": [picture()]})
    assert "We have this already." in page.text
    assert desk.messages == ["Now", "Now"]
    assert len(desk.photos) == 1
    assert desk.tip.urgency == 0


def test_a_tick_that_cannot_be_taken_stays_on_the_page(citizen: Citizen, desk: Desk) -> None:
    sent = {"code": UNKNOWN, "submission": "3" * 32, "message": "", "danger_now": "yes"}
    page = citizen.post("/follow-up/", sent)
    assert "There is no tip under this code." in page.alert
    assert page.value("danger_now") == ["yes"]
    citizen.client.defaults = {}
    page = citizen.post("/follow-up/", sent, headers={"sec-fetch-site": "cross-site"})
    assert "Press Send once more" in page.alert
    assert page.value("danger_now") == ["yes"]


@pytest.mark.parametrize("seal", [damage, seal_another], ids=["damaged", "without words"])
def test_an_answer_that_does_not_open_says_so_and_the_others_stand(
    citizen: Citizen, desk: Desk, code: str, seal: Callable[[Message], bytes]
) -> None:
    desk.reads_and_replies("Are you safe?")
    with desk.rights():
        first = Message.objects.get()
        actions.reply(tip=Tip.objects.get(), by=Officer.objects.get(), text="Call us on Friday.")
        Message.objects.filter(pk=first.pk).update(for_citizen=seal(first))
    page = citizen.post("/follow-up/", {"code": code})
    assert page.status == 200
    assert "Are you safe?" not in page.text
    assert "This answer is damaged and cannot be opened." in page.text
    assert "Call us on Friday." in page.text
    assert "Where it stands: somebody works on it" in page.text
    page = citizen.add(code, message="The first answer cannot be read")
    assert "Received." in page.text
    assert desk.messages == ["The first answer cannot be read"]


def test_a_citizen_removes_an_answer_they_have_read_after_being_asked(
    citizen: Citizen, desk: Desk, code: str
) -> None:
    desk.reads_and_replies("Are you safe?")
    page = citizen.post("/follow-up/", {"code": code})
    assert page.value("remove") == "1"
    asked = citizen.post("/follow-up/", {"code": code, "remove": "1"})
    assert asked.heading == "Remove this answer?"
    assert "Are you safe?" not in asked.text
    assert "Are you safe?" in citizen.post("/follow-up/", {"code": code}).text
    forms = [
        {tag.get("name"): tag.get("value") for tag in form.iter() if tag.get("name")}
        for form in asked.all("form")
    ]
    remove, keep = forms
    assert "Are you safe?" in citizen.post("/follow-up/", keep).text
    page = citizen.post("/follow-up/", remove)
    assert "Removed. That answer does not show on this page any more." in page.text
    assert "Are you safe?" not in page.html
    assert "You removed this answer." in page.text
    assert page.value("remove") is None
    with desk.rights():
        tip, officer = Tip.objects.get(), Officer.objects.get()
        opened = actions.open_tip(tip=tip, by=officer, keys=desk.keys)
        assert [(one.text, one.is_removed) for one in opened.messages] == [("Are you safe?", True)]
        assert Event.objects.get(verb="reply_removed").count == 1


@pytest.mark.parametrize("number", ["2", "", "one", "9" * 30, "-1"])
def test_an_answer_that_is_not_there_leads_to_the_conversation(
    citizen: Citizen, desk: Desk, code: str, number: str
) -> None:
    desk.reads_and_replies("Are you safe?")
    page = citizen.post("/follow-up/", {"code": code, "remove": number, "sure": "yes"})
    assert page.title == "Your messages"
    assert "Are you safe?" in page.text
    assert "Removed." not in page.text


@pytest.mark.parametrize("typed", [UNKNOWN, "", "KD-4821"])
def test_nothing_is_removed_under_a_wrong_code(
    citizen: Citizen, desk: Desk, code: str, typed: str
) -> None:
    desk.reads_and_replies("Are you safe?")
    page = citizen.post("/follow-up/", {"code": typed, "remove": "1", "sure": "yes"})
    assert page.title == "Error: Your code"
    assert "Are you safe?" in citizen.post("/follow-up/", {"code": code}).text


def test_another_site_removes_nothing(citizen: Citizen, desk: Desk, code: str) -> None:
    desk.reads_and_replies("Are you safe?")
    citizen.post("/follow-up/", {"code": code})
    citizen.client.defaults = {}
    sent = {"code": code, "remove": "1", "sure": "yes"}
    page = citizen.post("/follow-up/", sent, headers={"sec-fetch-site": "cross-site"})
    assert "Press Send once more" in page.alert
    with desk.rights():
        assert not Event.objects.filter(verb="reply_removed").exists()
