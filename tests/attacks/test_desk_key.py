"""A desk key that nobody proved: whoever planted it must not get the next tip."""

import pytest
from django.utils import timezone

from tips.crypto import associated_data, desk_key, sealing
from tips.models import DeskKey, Message, Tip

pytestmark = pytest.mark.django_db
TIP = {"what_happened": "They keep her passport."}


def plant(**columns):
    """A newer desk key whose private half the attacker holds."""
    pair = sealing.new_pair()
    row = DeskKey(
        kid=sealing.key_id(pair.public),
        public=pair.public,
        recovery_public=pair.public,
        recovery_grant=sealing.grant(pair.secret, pair.public),
        **columns,
    )
    row.canary = sealing.seal(b"canary", [pair.public], associated_data.of_canary(row.canary_id))
    row.save(force_insert=True)
    desk_key.forget()
    return pair


def test_a_planted_key_gets_no_tip(sam, client):
    pair = plant()
    assert "receipt-code" in client.post("/report/", TIP).content.decode()
    (tip,) = Tip.objects.all()
    place = associated_data.of_tip(tip.pk)
    with pytest.raises(sealing.CannotOpen):
        sealing.open_sealed(tip.sealed, [pair.secret], place)
    assert b"passport" in sealing.open_sealed(tip.sealed, sam.keys, place)


def test_a_planted_key_is_proven_by_nobody_who_logs_in(sam, log_in):
    plant()
    log_in(sam)
    assert DeskKey.objects.filter(proven_at=None).count() == 1


@pytest.mark.parametrize("planted", [True, False])
def test_without_a_proven_key_the_tip_pages_give_the_numbers_and_keep_the_words(
    sam, client, planted
):
    DeskKey.objects.update(retired_at=timezone.now())
    desk_key.forget()
    if planted:
        plant()
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
    answer = client.post("/follow-up/", {"code": "ABCD-EFGH-JKMN-PQRS", "message": "words"})
    assert answer.status_code in (200, 503)
    assert not Message.objects.exists()


def test_without_a_proven_key_a_known_code_keeps_the_words(sam, client):
    page = client.post("/report/", TIP).content.decode()
    code = page.split('id="receipt-code" translate="no">')[1].split("<")[0]
    DeskKey.objects.update(retired_at=timezone.now())
    plant()
    answer = client.post("/follow-up/", {"code": code, "message": "They moved her tonight."})
    assert answer.status_code == 503
    assert "They moved her tonight." in answer.content.decode()
    assert not Message.objects.exists()
