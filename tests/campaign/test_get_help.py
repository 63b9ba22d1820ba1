import gzip
from pathlib import Path

import pytest
from django.conf import settings

from tests.campaign.places import LANGUAGES, PAGES, QUIET, in_language
from tests.campaign.showing import answer
from tests.reading import Reading

pytestmark = pytest.mark.django_db


def test_nothing_shows_in_the_tab_and_nothing_is_kept(client):
    response = client.get("/get-help/")
    html = response.content.decode()
    page = Reading(html)
    assert page.all("title")[0].text == "Information"
    assert "favicon-plain" in html
    assert "favicon.svg" not in html
    assert response["Cache-Control"] == "no-store"
    assert response["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in html


def test_every_question_is_there_and_the_first_stands_open(client):
    page = Reading(client.get("/get-help/").content.decode())
    questions = page.all("details")
    assert len(questions) == 10
    assert "open" in questions[0].attrib
    assert all("open" not in question.attrib for question in questions[1:])


def test_every_answer_that_states_a_fact_names_its_source_and_the_day(client):
    questions = Reading(client.get("/get-help/").content.decode()).all("details")
    without = [
        question[0].text for question in questions if "Checked " not in "".join(question.itertext())
    ]
    assert without == ["Will my boss, my family or the police know?", "They have pictures of me"]


def test_it_promises_no_more_than_the_law_says(client):
    text = Reading(client.get("/get-help/").content.decode()).text
    for promise in ("work permit", "will be free", "toll free", "confidential", "we guarantee"):
        assert promise not in text.casefold()
    assert "We cannot promise" in text


def test_it_says_what_leave_does_not_erase(client):
    page = Reading(client.get("/get-help/").content.decode())
    assert "It does not erase that you were here." in page.text
    assert "phone" in page.ids


def test_write_to_us_opens_the_form_about_oneself_in_the_page_s_language(client):
    for prefix, code in (("", "en"), ("/es", "es"), ("/fr", "fr")):
        for path in ("/get-help/", "/types/debt-bondage/"):
            forms = Reading(client.get(prefix + path).content.decode()).all("form")
            writing = [form for form in forms if form.get("class") != "plea"]
            assert writing
            for form in writing:
                assert form.get("action") == f"{prefix}/report/"
                fields = {tag.get("name"): tag.get("value") for tag in form.iter("input")}
                assert fields.pop("under_18", "yes") == "yes"
                assert fields == {"relation": "self", "answer_language": code}


def test_is_this_you_stands_directly_under_the_summary_of_a_type(client):
    for slug in ("debt-bondage", "organ-removal"):
        page = Reading(client.get(f"/types/{slug}/").content.decode())
        assert page.all("h2")[0].text == "Is this you?"


def test_a_child_finds_their_answers_by_one_press_among_the_first_buttons(client):
    page = Reading(client.get("/get-help/").content.decode())
    ways = next(one for one in page.all("ul") if one.get("class") == "ways")
    links = {"".join(a.itertext()).strip(): a.get("href") for a in ways.iter("a")}
    assert links["Under 18?"] == "#under-18"
    assert "under-18" in page.ids
    _, _, answers = page.text.partition("If you are under 18")
    assert "we act to protect you, even if you ask us not to" in answers


def test_the_card_begins_with_what_its_reader_shall_do_and_no_line_dials(client):
    for prefix in ("", "/es", "/fr"):
        page = Reading(client.get(f"{prefix}/get-help/card/").content.decode())
        main = next(one for one in page.all("main"))
        text = "".join(main.itertext())
        assert text.index("If someone shows you this") < text.index("I need help")
        (card,) = [one for one in page.all("ul") if one.get("class") == "say"]
        assert list(card.iter("a")) == []
        assert "847" in "".join(card.itertext())


def test_a_machine_s_note_is_the_last_thing_on_a_quiet_page_and_the_first_on_others(client):
    for path, place in (("get-help/", -1), ("get-help/card/", -1), ("report/", -1), ("law/", 0)):
        page = Reading(client.get(f"/es/{path}").content.decode())
        parts = list(page.all("main")[0])
        assert parts[place].get("class") == "machine", path


@pytest.mark.parametrize("code", LANGUAGES)
def test_help_and_types_fit_one_round_trip_under_gzip_too(client, code):
    paths = [path for path in PAGES if path in QUIET or path.startswith("/types/")]
    for path in paths:
        response, page = answer(client, in_language(path, code))
        links = [link for link in page.all("link") if link.get("rel") == "stylesheet"]
        sheets = [Path(settings.BASE_DIR, *link.get("href").split("/")) for link in links]
        parts = [response.content, *(sheet.read_bytes() for sheet in sheets)]
        assert sum(len(gzip.compress(part, 9)) for part in parts) <= 14_000, path
