import pytest

from campaign.models import OpeningHours
from slu_antitrafficking import context

pytestmark = pytest.mark.django_db


def test_an_office_without_hours_is_never_said_to_be_open(rf, client):
    OpeningHours.objects.update(opens=None, closes=None)
    said = context.site(rf.get("/report/"))
    assert (said["desk_is_open"], said["next_opening"]) == (False, "")
    assert "The desk is open now" not in client.get("/report/").content.decode()


def test_a_page_in_every_published_language(settings):
    settings.LANGUAGES = [("en", "English"), ("es", "Español")]
    assert [(s.code, s.name, s.href) for s in context.switches("/es/contact/")] == [
        ("en", "English", "/contact/"),
        ("es", "Español", "/es/contact/"),
    ]
    assert [s.href for s in context.switches("/")] == ["/", "/es/"]


def test_a_public_page_knows_no_officer(rf):
    assert context.desk(rf.get("/")) == {}
