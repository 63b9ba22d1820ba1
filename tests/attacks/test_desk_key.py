"""A desk key that nobody at the desk made: how long whoever planted it gets tips."""

import pytest
from django.utils import timezone

from tests.access.false_keys import plant_desk_key
from tests.cast import send, tip_of
from tips.access import desk_keys
from tips.crypto import active_key, sealing
from tips.crypto.sealing import Keyring
from tips.models import DeskKey, Message, Tip

pytestmark = pytest.mark.django_db
TIP = {"what_happened": "They keep her passport."}


def plant_unused():
    """A key whose check value nobody opened."""
    active = DeskKey.objects.order_by("created_at").last()
    made = desk_keys.new_key(active, sealing.new_secret(), bytes(active.recovery_public), b"")
    made.row.save(force_insert=True)
    active_key.forget()
    return Keyring({bytes(made.row.kid): made.secret})


def test_a_planted_key_that_was_never_activated_gets_no_tip(sam, client):
    thief = plant_unused()
    assert "receipt-code" in client.post("/report/", TIP).content.decode()
    (tip,) = Tip.objects.all()
    assert not thief.fits(tip.sealed)
    assert sam.keys.fits(tip.sealed)


def test_the_next_request_of_anybody_at_the_desk_ends_what_a_planted_key_gets(sam, kim, log_in):
    browser, true = log_in(kim), DeskKey.objects.get()
    made = plant_desk_key()
    thief = Keyring({bytes(made.row.kid): made.secret})
    assert thief.fits(tip_of(send()).sealed)
    browser.get("/desk/tips/tip/")
    active_key.forget()
    assert DeskKey.objects.active().get() == true
    tip = tip_of(send())
    assert not thief.fits(tip.sealed)
    assert kim.keys.fits(tip.sealed)
    assert "A desk key stands in the database" in browser.get("/desk/").content.decode()


@pytest.mark.parametrize("planted", [True, False])
def test_without_a_desk_key_the_tip_pages_give_the_numbers_and_keep_the_words(sam, client, planted):
    DeskKey.objects.update(retired_at=timezone.now())
    active_key.forget()
    if planted:
        plant_unused()
    for path in ("/report/", "/follow-up/"):
        answer = client.get(path)
        assert answer.status_code == 503
        assert "tel:999" in answer.content.decode()
    answer = client.post("/report/", TIP)
    assert answer.status_code == 503
    page = answer.content.decode()
    assert TIP["what_happened"] in page
    assert "Received" not in page
    assert "tel:999" in page
    assert not Tip.objects.exists()
    answer = client.post("/follow-up/", {"code": "7Q4M-X2KD-9TRB-HW5ET", "message": "words"})
    assert answer.status_code in (200, 503)
    assert not Message.objects.exists()


def test_without_a_desk_key_a_known_code_keeps_the_words(sam, client):
    page = client.post("/report/", TIP).content.decode()
    code = page.split('id="receipt-code" translate="no">')[1].split("<")[0]
    DeskKey.objects.update(retired_at=timezone.now())
    plant_unused()
    answer = client.post("/follow-up/", {"code": code, "message": "They moved her tonight."})
    assert answer.status_code == 503
    assert "They moved her tonight." in answer.content.decode()
    assert not Message.objects.exists()
