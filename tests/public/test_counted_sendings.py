"""Which sendings count against a network's limit, from when on, and for how long."""

import io

import pytest
from django.utils import timezone

from tests.public.from_a_network import NO, PLAIN, post, set_aside, stand_still, store_tips
from tips.crypto import active_key
from tips.models import DeskKey
from tips.public import limits
from tips.public.count_min_sketch import HOUR


def test_trying_again_does_not_make_the_wait_longer(citizen, monkeypatch):
    now = stand_still(monkeypatch)
    store_tips(60)
    for _ in range(5):
        assert post(citizen, PLAIN).status == 429
    now[0] += HOUR + 60
    assert post(citizen, PLAIN).status == 200
    assert post(citizen, PLAIN).status == 429
    now[0] += HOUR / 10
    assert post(citizen, PLAIN).status == 200


def test_a_day_later_nothing_is_known_of_anybody(citizen, desk, monkeypatch):
    now = stand_still(monkeypatch)
    store_tips(60)
    now[0] = 120.0 * HOUR
    assert post(citizen, PLAIN).status == 200
    assert set_aside(desk) == [NO]


NOTHING_STORED = {
    "sent by another site": lambda citizen: post(citizen, PLAIN, sec_fetch_site="cross-site"),
    "opened with ticked signs": lambda citizen: post(citizen, {"signs": ["debt"]}),
    "empty": lambda citizen: post(citizen, {"what_happened": " "}),
    "too long for a page": lambda citizen: post(citizen, {"what_happened": "x" * 2_000_000}),
    "too long": lambda citizen: post(citizen, {"what_happened": "x" * 20_001}),
    "looked at": lambda citizen: citizen.get("/report/"),
}


@pytest.mark.parametrize("act", NOTHING_STORED.values(), ids=NOTHING_STORED)
def test_what_stores_nothing_uses_nothing_up(citizen, desk, act):
    store_tips(9)
    act(citizen)
    assert desk.tips == []
    assert post(citizen, PLAIN).code
    assert set_aside(desk) == [NO]


def test_the_same_sending_again_uses_nothing_up(citizen, desk):
    sent = PLAIN | {"submission": "cd" * 16}
    store_tips(8)
    receipts = {post(citizen, sent).code for _ in range(3)}
    assert len(receipts) == 1
    post(citizen, PLAIN)
    assert set_aside(desk) == [NO, NO]


def test_what_could_not_be_stored_uses_nothing_up(citizen, desk):
    with desk.rights():
        DeskKey.objects.update(retired_at=timezone.now())
    active_key.forget()
    store_tips(9)
    assert post(citizen, PLAIN).status == 503
    with desk.rights():
        DeskKey.objects.update(retired_at=None)
    active_key.forget()
    assert post(citizen, PLAIN).code
    assert set_aside(desk) == [NO]


def test_a_receipt_that_got_lost_on_the_way_is_shown_again_above_the_limit(citizen, desk):
    sent = PLAIN | {"submission": "ef" * 16}
    store_tips(59)
    code = post(citizen, sent).code
    again = post(citizen, sent)
    assert (again.status, again.code) == (200, code)
    # The page's key alone opens nothing: other words under it are another tip.
    assert post(citizen, sent | {"place": "Castries"}).status == 429
    citizen.post("/follow-up/", {"code": code})
    assert post(citizen, sent).heading == "We have this already"
    assert len(desk.tips) == 1


class Slow(io.BytesIO):
    """A body, and what is counted at the moment in which its first byte is asked for."""

    counted = 0.0

    def read(self, *size):
        self.counted = self.counted or limits.under_way.count("tip 127.0.0.1/32")
        return super().read(*size)


def test_it_counts_before_a_byte_of_the_body_is_read(citizen, desk):
    body = Slow(b"what_happened=They+are+watched.")
    citizen.client.generic(
        "POST",
        "/report/",
        body.getvalue(),
        "application/x-www-form-urlencoded",
        **{"wsgi.input": body},
    )
    assert body.counted == 1
    assert len(desk.tips) == 1
