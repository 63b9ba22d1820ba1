"""What a log-in and a running session do about keys that somebody with the database planted."""

import pytest

from tests.access.false_keys import make_old_active, plant_desk_key
from tests.admin.desk import QUEUE, events, log_in
from tests.cast import Person
from tips.access import accounts
from tips.crypto import sealing
from tips.models import DeskKey, Officer, OfficerKey

pytestmark = pytest.mark.django_db


def test_a_planted_key_pair_is_a_red_line_and_an_event(kim: Person, sam: Person) -> None:
    pair, officer = sealing.new_pair(), Officer.objects.create(username="eve", role="officer")
    OfficerKey.objects.create(
        officer=officer, public=pair.public, wrapped=b"x", attestation=b"y" * 32
    )
    client = log_in(sam)
    assert [event.about for event in events("false_pair")] == ["eve"]
    for page in ("/desk/", QUEUE, "/desk/tips/officer/"):
        assert "eve has a key that nobody at the desk gave" in client.get(page).content.decode()


def test_a_log_in_retires_a_planted_desk_key_with_a_red_line(sam: Person, kim: Person) -> None:
    true, planted = DeskKey.objects.get(), plant_desk_key()
    client = log_in(kim)
    assert DeskKey.objects.active().get() == true
    assert [event.about for event in events("false_desk_key")] == [planted.row.kid.hex()]
    for page in ("/desk/", QUEUE):
        assert "A desk key stands in the database" in client.get(page).content.decode()


def test_a_running_session_retires_a_planted_desk_key(sam: Person, kim: Person) -> None:
    client, true = log_in(kim), DeskKey.objects.get()
    plant_desk_key()
    assert client.get(QUEUE).status_code == 200
    assert DeskKey.objects.active().get() == true


def test_the_next_press_ends_an_old_desk_key_and_every_log_in_shows_it(
    sam: Person, kim: Person, dana: Person
) -> None:
    stale, old = log_in(dana), DeskKey.objects.get()
    accounts.deactivate(officer=kim.officer, by=sam.officer, held=sam.held)
    client, new = log_in(sam), DeskKey.objects.active().get()
    make_old_active("rows", bytes(old.kid), bytes(new.kid))
    assert stale.get(QUEUE).status_code == 303  # what it lacks comes with a log-in
    page = client.get("/desk/").content.decode()
    assert DeskKey.objects.active().get() == new
    for shown in (page, log_in(dana, ahead=1).get(QUEUE).content.decode()):
        assert "An old desk key was made active again" in shown
        assert "a key that nobody at the desk gave" not in shown
