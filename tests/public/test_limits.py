"""How much one network may send in an hour, as its senders meet it."""

import io

import pytest
from django.test import RequestFactory
from django.utils import timezone

from tests.public.citizen import CODE, EVERYTHING, Citizen
from tips.crypto import active_key
from tips.models import DeskKey, Tip
from tips.models.vocabulary import SetAside
from tips.public import count_min_sketch, limits
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


def test_the_eleventh_of_an_hour_is_set_aside_and_its_receipt_is_like_any(citizen, desk):
    store_tips(8)
    for _ in range(2):
        assert post(citizen, PLAIN).code
    assert set_aside(desk) == [NO] * 2
    page = post(citizen, PLAIN)
    assert page.heading == "Received. Thank you."
    assert CODE.fullmatch(page.code)
    assert sorted(set_aside(desk)) == [NO] * 2 + [FLOOD]


def test_one_that_says_danger_is_set_aside_as_well_and_stays_urgent(citizen, desk):
    store_tips(10, danger="yes")
    post(citizen, DANGER)
    assert (desk.tip.set_aside, desk.tip.urgency) == (FLOOD, Tip.Urgency.DANGER)


@pytest.mark.parametrize("before", [0, 10])
def test_what_a_program_filled_in_stays_spam(citizen, desk, before):
    store_tips(before)
    post(citizen, PLAIN | {"website": "https://spam.example"})
    assert set_aside(desk) == [SPAM]


def test_the_sixty_first_of_an_hour_is_the_form_again_with_every_word(citizen, desk):
    store_tips(59)
    assert post(citizen, EVERYTHING).status == 200
    assert len(desk.tips) == 1
    fields = EVERYTHING | {"submission": "ab" * 16, "what_happened": "Another tip."}
    page = post(citizen, fields)
    assert page.status == 429
    assert len(desk.tips) == 1
    for name, value in fields.items():
        assert page.value(name) == value, name
    assert page.title == "Tell us"
    assert {"tel:999", "tel:911", "tel:847"} <= set(page.hrefs("tel:"))
    before, after = page.alert.split("Very many tips came from your network in the last hour.")
    assert all(number in before for number in ("999", "911", "847"))
    assert "Everything you typed is still here: press Send again in an hour." in after
    assert "Send again" in page.text


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("es", "espere una hora y presione Enviar de nuevo"), ("fr", "Renvoyer dans une heure")],
)
def test_the_page_says_so_in_its_own_language(citizen, language, sentence):
    store_tips(60)
    page = post(citizen, PLAIN, path=f"/{language}/report/")
    assert page.status == 429
    assert sentence in page.alert


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("es", "espere un minuto y presione Enviar de nuevo"), ("fr", "Renvoyer dans une minute")],
)
def test_the_page_says_in_its_own_language_that_the_wait_is_short(
    citizen, monkeypatch, language, sentence
):
    stand_still(monkeypatch)
    store_tips(300, danger="yes")
    post(citizen, DANGER)
    assert sentence in post(citizen, DANGER, path=f"/{language}/report/").alert


@pytest.mark.parametrize("fields", [DANGER, SELF])
def test_who_is_in_danger_is_refused_above_three_hundred_alone(citizen, desk, monkeypatch, fields):
    stand_still(monkeypatch)
    store_tips(60)
    assert post(citizen, PLAIN).status == 429
    store_tips(299, danger="yes")
    assert post(citizen, fields).code
    assert post(citizen, fields | {"place": "Castries"}).code  # the first over it
    assert len(desk.tips) == 2
    page = post(citizen, fields | {"what_happened": "Another over it."})
    assert page.status == 429
    assert page.value("what_happened") == "Another over it."
    assert len(desk.tips) == 2


def test_over_three_hundred_one_who_is_in_danger_gets_through_every_two_seconds(
    citizen, desk, monkeypatch
):
    clock = stand_still(monkeypatch)
    store_tips(300, danger="yes")
    for number in range(3):
        clock[0] += 2
        assert post(citizen, DANGER | {"place": f"Castries {number}"}).code
        page = post(citizen, DANGER | {"place": f"Soufriere {number}"})
        assert page.status == 429
        assert "Everything you typed is still here: press Send again in a minute." in page.alert
    assert set_aside(desk) == [FLOOD] * 3


def test_a_flood_of_urgent_ones_uses_up_no_place_of_the_others(citizen, desk):
    store_tips(300, danger="yes")
    assert post(citizen, PLAIN).code
    assert set_aside(desk) == [NO]


def test_a_flood_of_others_uses_up_no_place_of_the_urgent_ones(citizen, desk):
    store_tips(60)
    assert post(citizen, DANGER).code
    assert set_aside(desk) == [NO]


def test_wrong_codes_from_very_many_networks_change_no_count_of_tips(citizen, desk, monkeypatch):
    monkeypatch.setattr(count_min_sketch, "COLUMNS", 256)  # as 256 times as many codes would do
    for number in range(20_000):
        address = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
        limits.slow_wrong_code(RequestFactory().post("/follow-up/", REMOTE_ADDR=address))
    store_tips(60)
    assert post(citizen, PLAIN | {"place": "Castries"}).status == 429
    assert post(citizen, PLAIN, "192.0.2.1").code
    assert set_aside(desk) == [NO]


@pytest.mark.parametrize(
    "answers",
    [
        {"danger_now": "no"},
        {"danger_now": "unknown"},
        {"relation": "noticed"},
        {"first_hand": "self"},
        {"under_18": "yes"},
    ],
)
def test_no_other_answer_makes_room(citizen, desk, answers):
    store_tips(60)
    assert post(citizen, PLAIN | answers).status == 429
    assert desk.tips == []


def test_another_network_is_not_asked_to_wait(citizen, desk):
    store_tips(60, "192.0.2.1")
    assert post(citizen, PLAIN, "192.0.2.1").status == 429
    assert post(citizen, PLAIN, "192.0.2.2").code
    assert set_aside(desk) == [NO]


def test_an_ipv6_network_is_one_by_its_first_56_bits(citizen, desk):
    store_tips(30, "2001:db8:0:100::1")
    store_tips(30, "2001:db8:0:1ff:ffff::2")
    assert post(citizen, PLAIN, "2001:db8:0:17f::3").status == 429
    assert post(citizen, PLAIN, "2001:db8:0:200::1").code


def test_the_header_of_a_proxy_counts_behind_a_unix_socket_alone(citizen, desk):
    store_tips(60)
    assert post(citizen, PLAIN, x_real_ip="203.0.113.1").status == 429
    store_tips(60, "203.0.113.1")
    assert post(citizen, PLAIN, address="", x_real_ip="203.0.113.1").status == 429
    assert post(citizen, PLAIN, address="", x_real_ip="203.0.113.2").code


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


def lifting(code: str) -> dict[str, dict[str, object]]:
    """What a citizen does next."""
    page = {"code": code, "submission": "98" * 16}
    return {"types the code back": {"code": code}, "writes": page | {"message": "More."}}


@pytest.mark.parametrize("act", ["types the code back", "writes"])
@pytest.mark.parametrize(("aside", "then"), [(FLOOD, NO), (SPAM, SPAM), (NO, NO)])
def test_a_sender_who_comes_back_is_no_flood(citizen, desk, act, aside, then):
    store_tips(10 if aside == FLOOD else 0)
    code = post(citizen, PLAIN | ({"website": "x"} if aside == SPAM else {})).code
    assert set_aside(desk) == [aside]
    assert citizen.post("/follow-up/", lifting(code)[act]).status == 200
    assert set_aside(desk) == [then]


def test_nothing_about_a_network_is_written_into_an_answer_or_a_log(
    citizen, caplog, capfd, monkeypatch
):
    stand_still(monkeypatch)
    store_tips(60, "192.0.2.77")
    store_tips(300, "192.0.2.77", danger="yes")
    assert post(Citizen(), DANGER, "192.0.2.77").code
    answers = [post(Citizen(), fields, "192.0.2.77") for fields in (PLAIN, DANGER, SELF)]
    assert {answer.status for answer in answers} == {429}
    said = [caplog.text, *capfd.readouterr()]
    said += [answer.html + str(answer.headers) for answer in answers]
    assert "192.0.2" not in "".join(said)
