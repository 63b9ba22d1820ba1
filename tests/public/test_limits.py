"""How much one network may send in an hour, as its senders meet it."""

import pytest
from django.test import RequestFactory

from tests.public.citizen import CODE, EVERYTHING, Citizen
from tests.public.from_a_network import (
    DANGER,
    FLOOD,
    NO,
    PLAIN,
    SELF,
    SPAM,
    post,
    set_aside,
    stand_still,
    store_tips,
)
from tips.models import Tip
from tips.public import count_min_sketch, limits


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
def test_the_page_says_in_its_own_language_that_the_wait_is_short(citizen, language, sentence):
    store_tips(300, danger="yes")
    post(citizen, DANGER)
    assert sentence in post(citizen, DANGER, path=f"/{language}/report/").alert


@pytest.mark.parametrize("fields", [DANGER, SELF])
def test_who_is_in_danger_is_refused_above_three_hundred_alone(citizen, desk, fields):
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


def test_nothing_about_a_network_is_written_into_an_answer_or_a_log(citizen, caplog, capfd):
    store_tips(60, "192.0.2.77")
    store_tips(300, "192.0.2.77", danger="yes")
    assert post(Citizen(), DANGER, "192.0.2.77").code
    answers = [post(Citizen(), fields, "192.0.2.77") for fields in (PLAIN, DANGER, SELF)]
    assert {answer.status for answer in answers} == {429}
    said = [caplog.text, *capfd.readouterr()]
    said += [answer.html + str(answer.headers) for answer in answers]
    assert "192.0.2" not in "".join(said)
