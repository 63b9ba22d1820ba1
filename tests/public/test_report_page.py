"""What /report/ asks, of whom, and what it says before a tip is sent."""

import pytest

from campaign import offers
from campaign.models import Contact, Text
from tests.public.citizen import EVERYTHING


def test_the_form_has_every_field_of_the_contract(citizen):
    page = citizen.get("/report/")
    names = {tag.get("name") for tag in page.root.iter() if tag.get("name")}
    assert set(EVERYTHING) | {"submission", "website"} <= names
    assert page.status == 200
    assert page.title == "Tell us"
    assert [name for name in EVERYTHING if page.by_id(name) is None] == []
    assert len(str(page.value("submission"))) == 32
    assert page.value("answer_language") == "en"


def test_the_form_says_three_things_before_the_first_question(citizen):
    before = citizen.get("/report/").text.split("What did you see, hear or live through?")[0]
    assert "Somebody at the help desk reads this." in before
    assert "desk" in before
    assert "No cookie, no network address" in before
    assert "we act even if you ask us not to" in before


def first_labels(page):
    """What the form asks, question by question."""
    tags = [tag for tag in page.all("form")[0].iter() if tag.tag in ("legend", "label")]
    asked = [tag for tag in tags if tag.get("class") != "pick" and tag.get("for") != "website"]
    return [" ".join("".join(tag.itertext()).split()) for tag in asked]


@pytest.mark.parametrize("came", [{"relation": "self"}, {"relation": "self", "under_18": "yes"}])
def test_whoever_asks_for_themselves_is_asked_about_themselves(citizen, came):
    page = citizen.post("/report/", came)
    assert first_labels(page)[:4] == [
        "Who is this about?",
        "1 What is happening to you?",
        "2 Are you in danger now, or about to be moved?",
        "3 Are you under 18?",
    ]
    assert page.value("relation") == "self"
    assert page.value("under_18") == came.get("under_18", "")
    assert "open" not in page.all("details")[0].attrib
    assert [tag.get("name") for tag in page.root.iter("input")].count("relation") == 2
    assert page.alert == ""


def test_everybody_else_is_asked_what_they_saw(citizen):
    for page in (citizen.get("/report/"), citizen.post("/report/", {"relation": "noticed"})):
        assert first_labels(page)[0] == "1 What did you see, hear or live through?"
        assert [tag.get("name") for tag in page.root.iter("input")].count("relation") == 7


def test_a_reviewed_creole_line_stands_in_its_place(citizen, desk, read_anew):
    lines = {
        "word-no-name": "Ou pa bizwen bay non’w",
        "word-child": "ti manmay",
        "word-how-many": "Konmen moun?",
    }
    shown = citizen.get("/report/").text
    assert [line for line in lines.values() if line in shown] == []
    with desk.rights():
        Text.objects.filter(language="acf", item__slug__in=lines).update(state="reviewed")
    offers.forget()
    shown = citizen.get("/report/").text
    assert [line for line in lines.values() if line not in shown] == []


def test_a_number_that_stands_in_for_another_is_named_once(citizen, desk, read_anew):
    with desk.rights():
        police = Contact.objects.get(slug="police")
        Contact.objects.filter(slug="emergency").update(out_of_order=True, instead=police)
    offers.forget()
    assert "Someone in danger now? Call 999. Do not wait" in citizen.get("/report/").text


def test_it_says_when_the_desk_next_opens(citizen, monkeypatch):
    monkeypatch.setattr(offers, "next_opening_text", lambda **_: "Monday, 8:00 am")
    page = citizen.get("/report/")
    assert "The desk next opens Monday, 8:00 am." in page.text


def test_free_texts_are_kept_from_browsers_that_help(citizen):
    page = citizen.get("/report/")
    texts = [*page.all("textarea"), *(i for i in page.all("input") if i.get("class") == "in")]
    assert len(texts) == 10
    for text in texts:
        assert text.get("autocomplete") == "off"
        assert text.get("autocorrect") == "off"
        assert text.get("spellcheck") == "false"
        assert "maxlength" not in text.attrib


def test_a_post_without_the_first_field_opens_the_form_with_what_came(citizen, desk):
    page = citizen.post("/report/", {"signs": ["debt", "no-such-sign"], "district": "laborie"})
    assert page.status == 200
    assert page.title == "Tell us"
    assert page.alert == ""
    assert page.value("signs") == ["debt"]
    assert page.value("district") == "laborie"
    assert "open" in page.all("details")[0].attrib
    assert desk.tips == []


def test_the_rest_is_folded_away_until_something_in_it_came_filled(citizen):
    folded = citizen.get("/report/").all("details")[0]
    assert "open" not in folded.attrib
    page = citizen.post("/report/", {"district": "laborie"})
    assert "open" not in page.all("details")[0].attrib


def test_the_form_offers_the_form_signs_and_every_other_that_came_ticked(citizen):
    signs = offers.signs()
    other = next(sign.slug for sign in signs if not sign.on_form)
    page = citizen.post("/report/", {"signs": [other]})
    offered = {tag.get("value") for tag in page.all("input") if tag.get("name") == "signs"}
    assert offered == {sign.slug for sign in signs if sign.on_form} | {other}


def test_other_methods_are_refused(citizen):
    assert citizen.client.put("/report/").status_code == 405
