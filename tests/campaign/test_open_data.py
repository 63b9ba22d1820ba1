"""The JSON document says what the pages say."""

import json

import pytest

from campaign.models import Contact
from tests.campaign.places import LANGUAGES, in_language
from tests.campaign.showing import fresh, read

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_row_of_the_document_stands_on_its_page(client, code):
    answer = client.get(in_language("/data/", code))
    assert answer["Content-Type"] == "application/json"
    document = json.loads(answer.content)
    assert (document["language"], document["licence"]) == (code, "MIT")
    for part, path in {
        "signs": "/signs/",
        "types": "/types/",
        "law": "/law/",
        "timeline": "/what-we-have-done/",
    }.items():
        text = _plain(read(client, in_language(path, code)).text)
        titles = [_plain(row["title"]) for row in document[part] if "{" not in row["title"]]
        assert len(titles) > 8
        assert [title for title in titles if title not in text] == []
        assert all(row["source"] for row in document[part])


def test_a_number_that_is_out_of_order_is_not_handed_out(client):
    office = Contact.objects.get(slug="office")
    Contact.objects.filter(slug="847").update(out_of_order=True, instead=office)
    fresh(client, "/contact/")
    numbers = json.loads(client.get("/data/").content)["numbers"]
    assert "847" not in [one["number"] for one in numbers]
    assert office.number in [one["number"] for one in numbers]


def test_the_document_is_kept_for_a_minute_like_a_page(client):
    answer = client.get("/data/")
    assert answer["Cache-Control"] == "public, max-age=60"
    assert client.get("/data/", headers={"if-none-match": answer["ETag"]}).status_code == 304


def _plain(text: str) -> str:
    """With every kind of space the same."""
    return " ".join(text.split())
