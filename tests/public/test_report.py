"""What is stored of a tip that is sent, and what of one that cannot be stored stays on the page."""

import pytest
from django.test import override_settings
from django.utils import timezone

from tests.away import database_away
from tests.public.citizen import CODE, EVERYTHING, REFERENCE, Citizen
from tips.crypto import active_key
from tips.models import DeskKey


def test_an_answer_of_the_form_about_oneself_stays_when_it_comes_back(citizen, desk):
    fields = EVERYTHING | {"relation": "self", "what_happened": ""}
    page = citizen.post("/report/", {"submission": "a" * 32} | fields)
    assert page.alert.startswith("One thing to change")
    for name, value in fields.items():
        assert page.value(name) == value, name
    citizen.post("/report/", {"submission": "a" * 32} | fields | {"what_happened": "help"})
    assert desk.document == fields | {"what_happened": "help"}
    assert desk.tip.for_self


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


def test_signs_that_are_not_published_are_dropped_without_an_error(citizen, desk):
    assert citizen.report(signs=["debt", "no-such-sign", "debt", ""]).code
    assert desk.tip.signs == ["debt"]


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
