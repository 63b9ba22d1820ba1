"""Tips that a citizen sends from one network, and the clock by which they are counted."""

from django.test import RequestFactory

from tips.models.vocabulary import SetAside
from tips.public import limits
from tips.public.count_min_sketch import HOUR

PLAIN = {"what_happened": "They are watched."}
DANGER, SELF = PLAIN | {"danger_now": "yes"}, PLAIN | {"relation": "self"}
NO, FLOOD, SPAM = SetAside.NO, SetAside.FLOOD, SetAside.SPAM


def store_tips(count: int, address: str = "127.0.0.1", danger: str = "") -> None:
    """So many tips were stored from there."""
    request = RequestFactory().post("/report/", REMOTE_ADDR=address)
    fields = {"danger_now": danger, "relation": ""}
    for number in range(count):
        with limits.sending(request) as sending:
            digest = number.to_bytes(32)
            assert sending.admit(fields, digest)
            sending.count_as_stored(digest)


def stand_still(monkeypatch, now: float = 100.0 * HOUR) -> list[float]:
    """The clock of every count, which goes on only where its one item is set."""
    clock = [now]
    monkeypatch.setattr(limits, "monotonic", lambda: clock[0])
    for sketch in limits.SKETCHES:
        monkeypatch.setattr(sketch, "_clock", lambda: clock[0])
    return clock


def post(citizen, fields, address="127.0.0.1", path="/report/", **headers):
    return citizen.post(path, fields, REMOTE_ADDR=address, headers=headers)


def set_aside(desk) -> list[int]:
    return [tip.set_aside for tip in desk.tips]
