from datetime import timedelta

import pytest
from django.test import override_settings
from django.utils import timezone

from campaign import offers
from campaign.models import Contact, Text
from tests.away import database_away
from tests.public.citizen import CODE, EVERYTHING, REFERENCE, Citizen
from tips.crypto import active_key
from tips.models import DeskKey, EscrowedCode


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


def test_an_answer_of_the_form_about_oneself_stays_when_it_comes_back(citizen, desk):
    fields = EVERYTHING | {"relation": "self", "what_happened": ""}
    page = citizen.post("/report/", {"submission": "a" * 32} | fields)
    assert page.alert.startswith("One thing to change")
    for name, value in fields.items():
        assert page.value(name) == value, name
    citizen.post("/report/", {"submission": "a" * 32} | fields | {"what_happened": "help"})
    assert desk.document == fields | {"what_happened": "help"}
    assert desk.tip.for_self


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


def test_one_word_is_a_tip(citizen, desk):
    page = citizen.report("help")
    assert page.status == 200
    assert page.title == "Received"
    assert page.heading == "Received. Thank you."
    assert REFERENCE.fullmatch(page.reference)
    assert CODE.fullmatch(page.code)
    assert desk.tip.reference == page.reference
    assert desk.document["what_happened"] == "help"
    assert not desk.tip.set_aside


def test_every_answer_arrives_as_it_was_given(citizen, desk):
    citizen.report(**EVERYTHING)
    assert desk.document == EVERYTHING
    tip = desk.tip
    assert (tip.district, tip.danger, tip.under_18) == ("vieux-fort", "unknown", "yes")
    assert tip.signs == EVERYTHING["signs"]
    assert tip.language == "es"


def test_the_receipt_spells_the_code_and_offers_photos_first(citizen):
    page = citizen.report()
    spelled = next(item for item in page.all("ol") if item.get("class") == "spell")
    assert "".join(b.text for b in spelled.iter("b")) == page.code.replace("-", "")
    photos, typed_back = page.all("form")
    fields = {tag.get("name"): tag.get("value") for tag in photos.iter("input")}
    assert fields["code"] == page.code
    assert len(fields["submission"]) == 32
    assert photos.get("action") == typed_back.get("action") == "/follow-up/"
    assert [tag.get("name") for tag in typed_back.iter("input")] == ["code"]
    assert [tag.get("translate") for tag in page.all("output")] == ["no", "no"]


def test_the_receipt_promises_no_more_than_is_kept(citizen):
    text = citizen.report().text
    assert "We show it once" not in text  # a reload shows it again, for half an hour
    assert "we ask you here first, unless a child or a life is in danger" in text


def test_danger_puts_the_numbers_first(citizen):
    page = citizen.report(danger_now="yes")
    danger, _ = page.html.split('id="reference"')
    assert "You said someone may be in danger." in danger
    assert 'href="tel:999"' in danger.split("You said someone")[1]
    assert "You said someone" not in citizen.report(danger_now="no").text


def test_an_empty_first_answer_is_an_error_beside_it_and_everything_else_stays(citizen, desk):
    fields = EVERYTHING | {"what_happened": "  \r\n "}
    page = citizen.post("/report/", {"submission": "a" * 32} | fields)
    assert page.status == 200
    assert page.title == "Error: Tell us"
    assert "One thing to change" in page.alert
    assert page.hrefs("#what_happened") == ["#what_happened"]
    assert page.by_id("what_happened").get("aria-invalid") == "true"
    assert "what_happened-err" in page.by_id("what_happened").get("aria-describedby")
    assert "A few words are enough" in page.by_id("what_happened-err").text
    for name, value in EVERYTHING.items():
        assert page.value(name) == value or name == "what_happened", name
    assert page.value("submission") == "a" * 32
    assert "open" in page.all("details")[0].attrib
    assert desk.tips == []


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


def test_signs_that_are_not_published_are_dropped_without_an_error(citizen, desk):
    assert citizen.report(signs=["debt", "no-such-sign", "debt", ""]).code
    assert desk.tip.signs == ["debt"]


def test_no_receipt_holds_anything_of_the_one_before(citizen, desk):
    """The page around the citizen's own words is kept for some seconds; those words are not."""
    shown = [citizen.post("/report/", {"what_happened": f"tip {n}"}) for n in range(3)]
    words = [{page.reference, page.code, str(page.value("submission"))} for page in shown]
    for at, page in enumerate(shown):
        assert all(word in page.html for word in words[at])
        others = set().union(*(found for other, found in enumerate(words) if other != at))
        assert not [word for word in others if word in page.html]
        assert "\ue000" not in page.html


def test_the_same_page_and_content_give_the_same_tip_and_code(citizen, desk):
    sent = {"what_happened": "help", "submission": "b" * 32}
    first, again = citizen.post("/report/", sent), citizen.post("/report/", sent)
    assert (first.reference, first.code) == (again.reference, again.code)
    assert len(desk.tips) == 1


def test_two_contents_from_one_page_are_two_tips_with_two_codes(citizen, desk):
    first = citizen.post("/report/", {"what_happened": "one", "submission": "c" * 32})
    second = citizen.post("/report/", {"what_happened": "two", "submission": "c" * 32})
    assert first.reference != second.reference
    assert first.code != second.code
    assert len({bytes(tip.page_digest) for tip in desk.tips}) == 1
    assert len(desk.tips) == 2


def test_a_repeat_after_half_an_hour_shows_no_code(citizen, desk):
    sent = {"what_happened": "help", "submission": "d" * 32, "danger_now": "yes"}
    first = citizen.post("/report/", sent)
    with desk.rights():
        EscrowedCode.objects.update(box_until=timezone.now() - timedelta(hours=1))
    again = citizen.post("/report/", sent)
    assert again.status == 200
    assert again.heading == "We have this already"
    assert again.reference == first.reference
    assert again.code == ""
    assert first.code not in again.html
    assert again.by_id("code").tag == "input"
    assert "You said someone may be in danger." in again.text
    assert len(desk.tips) == 1


def test_a_repeat_after_the_code_was_typed_back_shows_no_code(citizen):
    sent = {"what_happened": "help", "submission": "e" * 32}
    first = citizen.post("/report/", sent)
    citizen.post("/follow-up/", {"code": first.code})
    assert first.code not in citizen.post("/report/", sent).html


@pytest.mark.parametrize("submission", [None, "", "short", "G" * 32, "0" * 31 + "\0", "é" * 32])
def test_a_page_key_that_is_missing_or_misshapen_costs_no_tip(citizen, desk, submission):
    fields = {"what_happened": "every word"} | ({"submission": submission} if submission else {})
    assert CODE.fullmatch(citizen.post("/report/", fields).code)
    assert desk.document["what_happened"] == "every word"


def test_a_filled_honeypot_is_stored_and_set_aside(citizen, desk):
    assert citizen.report("cheap pills", website="https://example.org").code
    assert desk.tip.set_aside
    assert "website" not in desk.document


def test_a_code_inside_the_words_is_cut_out(citizen, desk):
    code = citizen.report("first").code
    second = citizen.report(f"my code is {code.lower()}, as before").reference
    assert desk.said(second)["what_happened"] == "my code is [code removed], as before"


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "cross-site"}, {"origin": "https://x.test"}]
)
def test_a_post_from_elsewhere_stores_nothing_and_keeps_the_words(citizen, desk, headers):
    citizen.client.defaults = {}
    page = citizen.post("/report/", {"submission": "f" * 32} | EVERYTHING, headers=headers)
    assert page.status == 200
    assert "Press Send once more" in page.alert
    assert page.value("what_happened") == EVERYTHING["what_happened"]
    assert page.value("signs") == EVERYTHING["signs"]
    assert page.value("contact_name") == ""
    assert page.value("danger_now") == ""
    assert page.value("submission") != "f" * 32
    assert desk.tips == []


def test_without_a_proven_desk_key_the_answer_is_503_with_the_numbers(citizen, desk):
    with desk.rights():
        DeskKey.objects.update(retired_at=timezone.now())
    active_key.forget()
    page = citizen.get("/report/")
    assert page.status == 503
    assert {"tel:999", "tel:911", "tel:847"} <= set(page.hrefs("tel:"))
    assert page.all("form") == []
    sent = citizen.post("/report/", EVERYTHING)
    assert sent.status == 503
    assert sent.value("people_responsible") == EVERYTHING["people_responsible"]
    assert desk.tips == []


def test_a_real_server_takes_no_tip_before_two_recovery_sheets_were_typed_back(citizen, desk):
    active_key.forget()
    assert citizen.get("/report/").status == 200
    with override_settings(ON_LOOPBACK=False):
        assert citizen.get("/report/").status == 503
        assert citizen.post("/report/", EVERYTHING).status == 503
        assert desk.tips == []
        with desk.rights():
            DeskKey.objects.update(sheets_confirmed_at=timezone.now())
        active_key.forget()
        assert citizen.get("/report/").status == 200
        assert citizen.post("/report/", EVERYTHING).status == 200
    assert len(desk.tips) == 1


def test_a_database_that_is_away_keeps_every_word_on_the_page(django_db_blocker):
    fields = EVERYTHING | {"submission": "a1" * 16}
    active_key.forget()
    with database_away(django_db_blocker):
        assert Citizen().get("/report/").status == 503
        page = Citizen().post("/report/", fields)
    assert page.status == 503
    assert "We could not take it just now" in page.alert
    assert "Send again" in page.text
    assert {"tel:999", "tel:911", "tel:847"} <= set(page.hrefs("tel:"))
    for name, value in fields.items():
        assert page.value(name) == value, name


def test_other_methods_are_refused(citizen):
    assert citizen.client.put("/report/").status_code == 405
