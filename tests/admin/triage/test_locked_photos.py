"""Photos that one press locks, on the desk's pages."""

import re

import pytest
from django.test import Client

from campaign import offers
from campaign.models import Text
from tests.admin.desk import QUEUE, enter, events, stamp_of, url_of, with_photos
from tests.cast import Person
from tips.models import Tip

pytestmark = pytest.mark.django_db
POLICE = "A supervisor telephones the police"


def text_of(client: Client, address: str) -> str:
    page = client.get(address).content.decode()
    return " ".join(re.sub("<[^>]+>", " ", page).split())


def test_one_press_beside_the_photo_locks_it_and_names_the_next_step(
    sam: Person, kim: Person, as_desk
) -> None:
    tip, client, supervisor = with_photos(2), enter(kim), enter(sam)
    as_desk()
    page = text_of(client, url_of(tip))
    assert "You lose the tip with that press" in page
    assert POLICE not in page
    typed = stamp_of(tip, kim) | {"to_lock": "2"}
    for _ in range(2):
        answer = client.post(url_of(tip, "lock_photo/"), typed)
        assert answer.headers["Location"] == f"{QUEUE}left/lock_photo/"
    assert len(events("photo_locked")) == 1
    said = text_of(client, f"{QUEUE}left/lock_photo/")
    assert f"Photo 2 of {tip.reference} is locked. The tip is restricted and held." in said
    assert "Do not copy, print or forward it." in said
    assert POLICE in said
    for number in (1, 2):
        assert client.get(url_of(tip, f"photo/{number}/")).status_code == 404
    page = text_of(supervisor, url_of(tip))
    assert "Do not copy, print or forward it." in page
    assert POLICE in page
    assert "Photo 2 is locked" in page
    assert "Held by kim since" in page
    assert "You lose the tip" not in page
    assert supervisor.get(url_of(tip, "photo/2/")).status_code == 200
    # Lifted, officers have the tip again and not the photo.
    supervisor.post(url_of(tip, "unrestrict/"), stamp_of(tip, sam) | {"reason": "Checked."})
    page = client.get(url_of(tip)).content.decode()
    assert "Supervisors alone are shown it." in page
    assert "Show photo 2" not in page
    assert "Show photo 1" in page
    assert client.get(url_of(tip, "photo/2/")).status_code == 404
    typed = stamp_of(tip, sam) | {"to_unlock": "2", "reason": "It shows adults."}
    supervisor.post(url_of(tip, "unlock_photo/"), typed)
    assert client.get(url_of(tip, "photo/2/")).status_code == 200


def test_a_photo_that_there_is_not_is_not_locked(kim: Person) -> None:
    tip, client = with_photos(), enter(kim)
    for typed in ("", "9", "-1", "x", "²", "123456789012"):
        form = stamp_of(tip, kim) | {"to_lock": typed}
        answer = client.post(url_of(tip, "lock_photo/"), form)
        assert "nothing was changed" in answer.content.decode(), typed
    assert not Tip.objects.get(pk=tip.pk).restricted


def test_start_is_red_until_the_unit_of_the_police_is_named(
    sam: Person, kim: Person, ed: Person
) -> None:
    red = "No unit of the police is named yet"
    client = enter(sam)
    assert red in client.get("/desk/").content.decode()
    assert red in enter(ed).get("/desk/").content.decode()
    assert red not in enter(kim).get("/desk/").content.decode()
    text = Text.objects.get(item__family="phrase", item__slug="locked-photo", language="en")
    text.title = "Do not copy, print or forward it. A supervisor telephones the unit named so."
    text.save()
    offers.forget()
    assert red not in client.get("/desk/").content.decode()
