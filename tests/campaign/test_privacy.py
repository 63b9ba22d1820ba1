import pytest

from tests.reading import Reading

pytestmark = pytest.mark.django_db


def test_it_says_what_cannot_be_hidden(client):
    page = Reading(client.get("/privacy/").content.decode())
    assert "cannot-hide" in page.ids
    for words in ("watches", "Wi-Fi", "disk", "30 minutes", "taken over", "change our program"):
        assert words in page.text


def test_it_promises_no_erasure_before_there_is_one(client):
    text = Reading(client.get("/privacy/").content.decode()).text
    assert "erases no tip by itself" in text
    assert "months" not in text


def test_nobody_is_said_to_be_told(client):
    text = Reading(client.get("/privacy/").content.decode()).text
    assert "in danger call 999 or 911" in text


def test_it_says_that_a_name_may_be_given_and_all_that_is_not_sealed(client):
    text = Reading(client.get("/privacy/").content.decode()).text
    assert "No name is asked for" not in text  # the form has a place for one
    for words in ("need not give a name", "how many messages and photos", "what the desk did"):
        assert words in text
