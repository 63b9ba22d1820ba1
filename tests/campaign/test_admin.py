"""What an editor can and cannot do at the desk."""

import re
from html import unescape

import pytest

from campaign import offers
from campaign.models import Contact, OpeningHours, Sign, Text
from tests.core.conftest import first, hire, sam  # noqa: F401
from tips.models import Officer

pytestmark = pytest.mark.django_db


def signed_in(client, person):
    words = {"username": person.officer.username, "password": person.words}
    response = client.post("/desk/login/", words | {"otp_token": person.digits})
    assert response.status_code in (302, 303), response.content.decode()
    return client


@pytest.fixture
def editor(client, sam):  # noqa: F811
    return signed_in(client, hire("edna", Officer.Role.EDITOR, sam))


def fields(html):
    """The form as a browser would send it back."""
    form = re.search(r'<form[^>]*method="post"[^>]*id="[^"]*_form".*?</form>', html, re.S)[0]
    sent = {}
    for tag in re.findall(r"<input[^>]*>", form):
        attributes = {k: unescape(v) for k, v in re.findall(r'([a-z]+)="([^"]*)"', tag)}
        choice = attributes.get("type") in ("checkbox", "radio")
        ticked = not choice or " checked" in tag
        if "name" in attributes and ticked and attributes.get("type") != "submit":
            sent.setdefault(attributes["name"], []).append(
                attributes.get("value", "on" if choice else "")
            )
    for name, words in re.findall(
        r'<textarea[^>]*name="([^"]+)"[^>]*>\n?(.*?)</textarea>', form, re.S
    ):
        sent[name] = [unescape(words)]
    for name, choices in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        sent[name] = re.findall(r'value="([^"]*)"[^>]* selected', choices)
    return sent


def save(client, path, **changes):
    sent = fields(client.get(path).content.decode())
    return client.post(path, sent | changes)


def kinds():
    names = "page sign traffickingtype provision milestone question replytext contact notice"
    return [*names.split(), "openinghours", "closure"]


@pytest.mark.parametrize("kind", kinds())
def test_every_kind_has_its_list_and_its_form(editor, kind):
    assert editor.get(f"/desk/campaign/{kind}/").status_code == 200
    status = 403 if kind == "openinghours" else 200
    assert editor.get(f"/desk/campaign/{kind}/add/").status_code == status


def test_a_corrected_sentence_is_the_editor_s_and_shows(editor, client):
    text = Text.objects.get(item__slug="home-iom")
    path = f"/desk/campaign/page/{text.item_id}/change/"
    response = save(editor, path, **{"texts-0-body": "The IOM began in 1951."})
    assert response.status_code == 302
    text.refresh_from_db()
    assert (text.body, text.state_by) == ("The IOM began in 1951.", "edna")
    assert text.state_at
    assert not text.is_the_release_s()
    assert "The IOM began in 1951." in client.get("/").content.decode()


@pytest.mark.parametrize(
    ("field", "words", "sentence"),
    [
        ("body", "Call 847", "Write {847} instead of 847"),
        ("body", "<b>now</b>", "HTML is not allowed"),
        ("body", "[x](http://example.org)", "A link starts with https://"),
        ("title", "", "The English text must have a title"),
    ],
)
def test_a_text_that_may_not_stand_is_refused_with_a_sentence(editor, field, words, sentence):
    text = Text.objects.get(item__slug="home-iom")
    path = f"/desk/campaign/page/{text.item_id}/change/"
    response = save(editor, path, **{f"texts-0-{field}": words})
    assert response.status_code == 200
    assert sentence in unescape(response.content.decode())
    text.refresh_from_db()
    assert text.title == "IOM"


def test_out_of_order_takes_the_number_off_the_pages(editor, client):
    hotline, office = (Contact.objects.get(slug=slug) for slug in ("847", "office"))
    path = f"/desk/campaign/contact/{hotline.pk}/change/"
    refused = save(editor, path, out_of_order="on")
    assert "Name the contact that people should use" in refused.content.decode()
    assert save(editor, path, out_of_order="on", instead=str(office.pk)).status_code == 302
    offers.forget()
    assert "tel:847" not in client.get("/").content.decode()


def test_what_a_release_brought_cannot_be_deleted_and_keeps_its_slug(editor):
    sign = Sign.objects.get(slug="debt")
    assert editor.post(f"/desk/campaign/sign/{sign.pk}/delete/", {"post": "yes"}).status_code == 403
    path = f"/desk/campaign/sign/{sign.pk}/change/"
    assert save(editor, path, slug="other").status_code == 302
    assert Sign.objects.filter(slug="debt").exists()
    own = Sign.objects.create(slug="own", group="work")
    assert editor.post(f"/desk/campaign/sign/{own.pk}/delete/", {"post": "yes"}).status_code == 302


def test_hours_of_a_day_can_be_emptied(editor, client):
    friday = OpeningHours.objects.get(day=4)
    path = f"/desk/campaign/openinghours/{friday.pk}/change/"
    assert save(editor, path, opens="", closes="").status_code == 302
    offers.forget()
    assert "Friday to Sunday" in client.get("/contact/").content.decode()
    assert save(editor, path, opens="09:00", closes="").status_code == 200


@pytest.mark.parametrize("role", [Officer.Role.OFFICER, Officer.Role.AUDITOR])
def test_nobody_but_an_editor_changes_the_site(client, sam, role):  # noqa: F811
    signed_in(client, hire("kim", role, sam))
    assert client.get("/desk/campaign/page/").status_code == 403


def test_the_history_holds_no_words(editor):
    text = Text.objects.get(item__slug="home-iom")
    path = f"/desk/campaign/page/{text.item_id}/change/"
    save(editor, path, **{"texts-0-body": "Peculiar words."})
    history = editor.get(f"/desk/campaign/page/{text.item_id}/history/").content.decode()
    assert "edna" in history
    assert "Peculiar" not in history
