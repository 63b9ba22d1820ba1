"""/desk/logout/ and signing out everywhere: which sessions end, and what stays in the browser."""

import pytest

from tests.admin.desk import LOG_IN, QUEUE, log_in, new_tip, url_of
from tests.cast import Person
from tips.models import DeskSession, Event

pytestmark = pytest.mark.django_db


def test_log_out_ends_the_session_and_clears_the_browser(kim: Person) -> None:
    client = log_in(kim)
    answer = client.post("/desk/logout/")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert "You are logged out" in answer.content.decode()
    assert not DeskSession.objects.exists()
    assert client.get("/desk/").status_code == 303


def test_get_does_not_log_out(kim: Person) -> None:
    client = log_in(kim)
    client.get("/desk/logout/")
    assert client.get("/desk/").status_code == 200


def test_signing_out_everywhere_ends_the_other_machine_too(kim: Person) -> None:
    here, there = log_in(kim), log_in(kim, ahead=1)
    assert "signed out on every machine" in here.post("/desk/sign-out-everywhere/").content.decode()
    assert there.get("/desk/").status_code == 303
    assert Event.objects.get(verb="signed_out").about == "kim"


def test_every_desk_answer_is_kept_nowhere(kim: Person) -> None:
    client = log_in(kim)
    for path in (LOG_IN, "/desk/", QUEUE, "/desk/jsi18n/", "/desk/nothing/", url_of(new_tip())):
        assert client.get(path).headers["Cache-Control"] == "no-store", path
