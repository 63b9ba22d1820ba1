"""Asking for help without writing: the ticks and the one button on /get-help/."""

import pytest

from campaign import offers
from campaign.models import Text
from tests.away import database_away
from tests.public.citizen import CODE, Answer, Citizen, Desk
from tips.crypto import active_key
from tips.public import limits

HELP = {"en": "/get-help/", "es": "/es/get-help/", "fr": "/fr/get-help/"}
BUTTONS = {"en": "I need help", "es": "Necesito ayuda", "fr": "J’ai besoin d’aide"}
PASSPORT = {
    "en": "They have my passport",
    "es": "Tienen mi pasaporte",
    "fr": "Ils ont mon passeport",
}


def form_of(page: Answer, language: str = ""):
    """The plea in the page's language, or in one that the page has besides."""
    forms = [form for form in page.all("form") if form.get("class") == "plea"]
    return next(form for form in forms if form.get("lang", "") == language)


def plea(page: Answer, *ticks: str, language: str = "") -> dict[str, list[str]]:
    """What a browser sends when these lines are ticked and the button is pressed."""
    sent: dict[str, list[str]] = {}
    form = form_of(page, language)
    lines = {"".join(label.itertext()).strip(): label for label in form.iter("label")}
    assert set(ticks) <= set(lines)
    for tag in form.iter("input"):
        if tag.get("type") == "hidden":
            sent.setdefault(str(tag.get("name")), []).append(str(tag.get("value")))
    for line in ticks:
        (box,) = lines[line].iter("input")
        sent.setdefault(str(box.get("name")), []).append(str(box.get("value")))
    (button,) = form.iter("button")
    return sent | {str(button.get("name")): [str(button.get("value"))]}


def address(page: Answer, language: str = "") -> str:
    return str(form_of(page, language).get("action"))


@pytest.mark.parametrize("code", HELP)
def test_who_cannot_write_sends_a_tip_by_a_tick_and_a_button(
    citizen: Citizen, desk: Desk, code: str
) -> None:
    page = citizen.get(HELP[code])
    assert page.title in ("Information", "Información", "Informations")
    receipt = citizen.post(address(page), plea(page, PASSPORT[code]))
    assert CODE.fullmatch(receipt.code)
    assert receipt.root.get("lang") == code
    tip = desk.tip
    assert (tip.for_self, tip.urgency, tip.language, tip.set_aside) == (True, 1, code, 0)
    said = {name: value for name, value in desk.document.items() if value}
    assert said == {
        "what_happened": BUTTONS[code],
        "relation": "self",
        "answer_language": code,
        "plea": ["need-help", "passport"],
    }


@pytest.mark.parametrize("code", HELP)
def test_a_place_may_be_named_and_needs_no_press_of_its_own(
    citizen: Citizen, desk: Desk, code: str
) -> None:
    page = citizen.get(HELP[code])
    (box,) = (one for one in form_of(page, "").iter("input") if one.get("name") == "place")
    assert (box.get("autocomplete"), box.get("spellcheck")) == ("off", "false")
    assert not box.get("required")
    assert citizen.post(address(page), plea(page) | {"place": ["the blue house"]}).code
    assert desk.document["place"] == "the blue house"


def test_the_button_alone_is_a_plea(citizen: Citizen, desk: Desk) -> None:
    page = citizen.get("/get-help/")
    assert citizen.post(address(page), plea(page)).code
    assert desk.document["plea"] == ["need-help"]
    assert desk.tip.for_self


def test_two_of_the_ticks_answer_questions_of_the_form(citizen: Citizen, desk: Desk) -> None:
    page = citizen.get("/get-help/")
    receipt = citizen.post(address(page), plea(page, "I am in danger", "I am under 18"))
    assert "You said someone may be in danger. Call 999 or 911 now." in receipt.text
    assert (desk.tip.danger, desk.tip.under_18, desk.tip.urgency) == ("yes", "yes", 0)


def test_a_second_press_is_the_same_tip_and_other_ticks_are_another(
    citizen: Citizen, desk: Desk
) -> None:
    page = citizen.get("/es/get-help/")
    first = citizen.post(address(page), plea(page, "No puedo salir"))
    again = citizen.post(address(page), plea(page, "No puedo salir"))
    assert (first.reference, first.code) == (again.reference, again.code)
    assert len(desk.tips) == 1
    other = citizen.post(address(page), plea(page, "Me amenazan"))
    assert other.reference != first.reference
    assert len(desk.tips) == 2


def test_each_page_has_a_key_of_its_own(citizen: Citizen) -> None:
    keys = {plea(citizen.get("/get-help/"))["submission"][0] for _ in range(3)}
    assert len(keys) == 3
    assert {len(key) for key in keys} == {32}


def test_what_no_plea_offers_is_dropped(citizen: Citizen, desk: Desk) -> None:
    page = citizen.get("/get-help/")
    came = ["need-help", "nonsense", "passport", "passport"]
    citizen.post(address(page), plea(page) | {"plea": came})
    assert desk.document["plea"] == ["need-help", "passport"]


def test_a_tip_from_the_form_is_no_plea(citizen: Citizen, desk: Desk) -> None:
    citizen.report("I need help", relation="self")
    assert "plea" not in desk.document


def test_a_plea_that_cannot_be_taken_comes_back_whole(django_db_blocker) -> None:
    active_key.forget()
    with database_away(django_db_blocker):
        page = Answer(Citizen().client.get("/es/get-help/"))
        sent = plea(page, "Tienen mi pasaporte", "Estoy en peligro")
        back = Citizen().post(address(page), sent)
    assert back.status == 503
    assert_kept(back, sent)


def test_a_plea_that_seems_to_come_from_elsewhere_goes_at_the_next_press(
    citizen: Citizen, desk: Desk
) -> None:
    page = citizen.get("/es/get-help/")
    sent = plea(page, "Tienen mi pasaporte")
    back = citizen.post(address(page), sent, headers={"sec-fetch-site": "cross-site"})
    assert "Presione Enviar una vez más" in back.alert
    assert back.value("plea") == sent["plea"]
    assert back.value("relation") == "self"
    assert desk.tips == []


def test_a_flood_from_one_network_holds_up_no_plea_before_the_three_hundredth(
    citizen: Citizen, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "STORED", 1)
    monkeypatch.setattr(limits, "STORED_URGENT", 2)
    monkeypatch.setattr(limits, "URGENT_EVERY", 3600)
    for _ in range(3):
        citizen.report("junk")
    page = citizen.get("/es/get-help/")
    assert citizen.post(address(page), plea(page, "No puedo salir")).code
    for _ in range(3):
        again = citizen.get("/es/get-help/")
        back = citizen.post(address(again), plea(again, "Me amenazan"))
    assert back.status == 429
    assert_kept(back, plea(again, "Me amenazan"))


def assert_kept(back: Answer, sent: dict[str, list[str]]) -> None:
    """The form has all that came, ticks included, so that Send sends the same."""
    assert back.value("what_happened") == sent["what_happened"][0]
    assert back.value("plea") == sent["plea"]
    for name in ("relation", "answer_language", "submission"):
        assert [back.value(name)] == sent[name]
    assert back.value("danger_now") == sent.get("danger_now", [""])[0]


def test_a_creole_has_a_plea_of_its_own_from_the_day_its_words_were_reviewed(
    citizen: Citizen, desk: Desk, read_anew: None
) -> None:
    assert not [form for form in citizen.get("/get-help/").all("form") if form.get("lang")]
    with desk.rights():
        slugs = ("need-help", "passport")
        Text.objects.filter(language="ht", item__slug__in=slugs).update(state="reviewed")
    offers.forget()
    page = citizen.get("/get-help/")
    assert citizen.post(address(page, "ht"), plea(page, "Yo gen paspò mwen", language="ht")).code
    assert desk.tip.language == "ht"
    assert desk.document["what_happened"] == "Mwen bezwen èd"
    assert desk.document["plea"] == ["need-help", "passport"]


def test_without_its_phrases_the_button_stays(
    citizen: Citizen, desk: Desk, read_anew: None
) -> None:
    with desk.rights():
        Text.objects.filter(item__phrase__use="card").update(state="draft")
    offers.forget()
    page = citizen.get("/es/get-help/")
    boxes = [one.get("name") for one in form_of(page).iter("input") if one.get("type") != "hidden"]
    assert boxes == ["place"]
    assert citizen.post(address(page), plea(page)).code
    assert desk.document["what_happened"] == "Necesito ayuda"
