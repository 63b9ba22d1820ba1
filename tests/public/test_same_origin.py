import pytest
from django.test import Client, RequestFactory, override_settings

from tips.public import same_origin
from tips.public.same_origin import is_same_origin


def asked(**headers):
    return is_same_origin(RequestFactory().post("/report/", headers=headers))


@pytest.mark.parametrize(
    ("site", "ours"),
    [
        ("same-origin", True),
        ("none", True),
        ("same-site", False),
        ("cross-site", False),
        ("", False),
    ],
)
def test_the_browsers_own_word_decides(site, ours):
    assert asked(**{"sec-fetch-site": site}) is ours
    assert asked(**{"sec-fetch-site": site, "origin": "http://testserver"}) is ours
    assert asked(**{"sec-fetch-site": site, "origin": "https://else.where"}) is ours


@pytest.mark.parametrize(
    ("origin", "ours"),
    [
        ("http://testserver", True),
        ("https://signs.example", True),
        ("https://testserver", False),
        ("http://testserver.example", False),
        ("null", False),
        ("", False),
    ],
)
def test_without_it_the_origin_decides(origin, ours):
    with override_settings(SITE_URL="https://signs.example"):
        assert asked(origin=origin) is ours


def test_with_neither_it_is_accepted():
    assert asked()


# Origin: null, of our own pages or of others


@pytest.fixture
def opaque(citizen):
    """A citizen whose browser or filter hides where a form comes from."""
    citizen.client = Client(headers={"origin": "null"})
    return citizen


def again(page):
    """The hidden field that a form which came back sends along."""
    field = next(tag for tag in page.root.iter() if tag.get("name") == "resubmission")
    assert field.get("form") in page.ids
    return {"resubmission": field.get("value")}


def test_the_second_press_of_send_stores_the_tip(opaque, desk):
    page = opaque.report("I saw them again", place="the jetty")
    assert "Press Send once more" in page.alert
    assert (page.value("what_happened"), desk.tips) == ("I saw them again", [])
    assert opaque.report("I saw them again", **again(page)).code
    assert len(desk.tips) == 1


def test_and_so_do_a_code_and_a_message(opaque, citizen, desk):
    page = opaque.report("I saw them again")
    code = opaque.report("I saw them again", **again(page)).code
    page = opaque.post("/follow-up/", {"code": code})
    assert "Press Send once more" in page.alert
    opened = opaque.post("/follow-up/", {"code": code} | again(page))
    assert opened.heading == "Your messages"
    sent = {"code": code, "submission": "1" * 32, "message": "More."}
    page = opaque.post("/follow-up/", sent)
    assert (page.value("message"), desk.messages) == ("More.", [])
    opaque.post("/follow-up/", sent | again(page))
    assert desk.messages == ["More."]


@pytest.mark.parametrize("site", ["cross-site", "same-site", ""])
def test_what_the_browser_says_of_another_site_stays_true(opaque, desk, site):
    page = opaque.report("buy this")
    field = again(page)
    opaque.client = Client(headers={"origin": "null", "sec-fetch-site": site})
    assert "Press Send once more" in opaque.report("buy this", **field).alert
    opaque.client = Client(headers={"origin": "https://else.where"})
    assert "Press Send once more" in opaque.report("buy this", **field).alert
    assert desk.tips == []


def test_a_field_of_another_s_making_or_from_yesterday_counts_for_nothing(opaque, desk):
    field = again(opaque.report("buy this"))["resubmission"]
    for wrong in ("", "form", field[:-1] + ("A" if field[-1] != "A" else "B")):
        assert "Press Send once more" in opaque.report("buy this", resubmission=wrong).alert
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(same_origin, "SECONDS", -1)
        assert "Press Send once more" in opaque.report("buy this", resubmission=field).alert
    assert desk.tips == []
