"""What to say in English on the telephone, for who reads another language."""

import pytest

from campaign import offers
from campaign.models import Contact, Text
from tests.campaign.showing import fresh

pytestmark = pytest.mark.django_db

SAID = {"es": "Espánish, plis. Ai nid jelp.", "fr": "Frèntch, pliz. Aï nid hèlp."}
MARK = {
    "es": "Lo escribió una máquina. Nadie lo ha oído todavía.",
    "fr": "Écrit par une machine. Personne ne l’a encore entendu.",
}
PAGES = ("/", "/get-help/", "/contact/")


@pytest.fixture(autouse=True)
def _read_anew():
    offers.forget()
    yield
    offers.forget()


@pytest.mark.parametrize("code", SAID)
def test_it_stands_under_the_number_and_is_marked_until_somebody_heard_it(client, code) -> None:
    for path in PAGES:
        text = fresh(client, f"/{code}{path}").text
        assert text.index("847") < text.index(SAID[code]) < text.index(MARK[code]), path
    Text.objects.filter(item__slug="call-help", language=code).update(state="reviewed")
    offers.forget()
    for path in PAGES:
        text = fresh(client, f"/{code}{path}").text
        assert SAID[code] in text, path
        assert MARK[code] not in text, path


def test_the_help_page_has_the_whole_script_with_its_meaning(client) -> None:
    text = fresh(client, "/es/get-help/").text
    for words in ("Español, por favor. Necesito ayuda.", "Ai am in", "Du not col dis foun."):
        assert words in text


def test_english_needs_none(client) -> None:
    for path in PAGES:
        assert "as it sounds" not in fresh(client, path).text, path


@pytest.mark.parametrize("code", SAID)
def test_it_is_on_every_pocket_card_of_its_language_and_no_other(client, code) -> None:
    page = fresh(client, f"/{code}/materials/wallet/")
    cards = [one for one in page.all("article") if one.get("class") == "wallet"]
    with_it = [one.get("lang") for one in cards if SAID[code] in "".join(one.itertext())]
    assert with_it == [code] * 4
    assert page.text.count(MARK[code]) == 4
    assert len(cards) == 8


def test_without_a_number_there_is_nothing_to_say(client) -> None:
    Contact.objects.filter(slug="847").update(published=False)
    offers.forget()
    for path in (*PAGES, "/materials/wallet/"):
        assert SAID["es"] not in fresh(client, f"/es{path}").text


def test_a_draft_is_not_said(client) -> None:
    Text.objects.filter(item__phrase__use="call", language="es").update(state="draft")
    offers.forget()
    assert "como suena" not in fresh(client, "/es/get-help/").text
