import pytest

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
