"""What an editor can and cannot do at the desk."""

from html import unescape

import pytest

from campaign import offers
from campaign.models import Contact, Page, Sign, Text
from tests.campaign.editing import fields, save, signed_in

pytestmark = pytest.mark.django_db


def kinds():
    names = (
        "page sign traffickingtype provision milestone question replytext contact notice material"
    )
    return [*names.split(), "phrase", "openinghours", "closure"]


@pytest.mark.parametrize("kind", kinds())
def test_every_kind_has_its_list_and_its_form(editor, kind):
    assert editor.get(f"/desk/campaign/{kind}/").status_code == 200
    status = 403 if kind == "openinghours" else 200
    assert editor.get(f"/desk/campaign/{kind}/add/").status_code == status


def test_a_corrected_sentence_is_the_editor_s_and_shows(editor, client):
    text = Text.objects.get(item__slug="home-iom", language="en")
    path = f"/desk/campaign/page/{text.item_id}/change/"
    response = save(editor, path, **{"texts-0-body": "Look for the blue door."})
    assert response.status_code == 302
    text.refresh_from_db()
    assert (text.body, text.state_by) == ("Look for the blue door.", "edna")
    assert text.state_at
    assert not text.is_unedited()
    offers.forget()
    assert "Look for the blue door." in client.get("/").content.decode()


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
    text = Text.objects.get(item__slug="home-iom", language="en")
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


def test_nobody_but_an_editor_changes_the_site(client, kim, ada):
    for other in (kim, ada):
        signed_in(client, other)
        assert client.get("/desk/campaign/page/").status_code == 403


def test_the_history_holds_no_words(editor):
    text = Text.objects.get(item__slug="home-iom", language="en")
    path = f"/desk/campaign/page/{text.item_id}/change/"
    save(editor, path, **{"texts-0-body": "Peculiar words."})
    history = editor.get(f"/desk/campaign/page/{text.item_id}/history/").content.decode()
    assert "edna" in history
    assert "Peculiar" not in history


def test_a_supervisor_edits_too(client, sam):
    signed_in(client, sam)
    assert client.get("/desk/campaign/page/").status_code == 200


REFUSALS = [
    ({"published": []}, "A whole page cannot be unpublished"),
    ({"texts-0-state": "draft"}, "A whole page always shows"),
    ({"on": "home"}, "A whole page cannot stand on another."),
]
# Of the first three each is refused in one way; the audit tries them all on all.
WHOLE_PAGES = [
    pytest.param(slug, *one, marks=[] if at == way else pytest.mark.audit)
    for at, slug in enumerate(["home", "get-help", "card", "contact", "law"])
    for way, one in enumerate(REFUSALS)
]


@pytest.mark.parametrize(("slug", "values", "refusal"), WHOLE_PAGES)
def test_a_whole_page_always_shows(editor, client, slug, values, refusal):
    page = Page.objects.get(slug=slug)
    if "on" in values:
        values = {"on": str(Page.objects.get(slug=values["on"]).pk)}
    response = save(editor, f"/desk/campaign/page/{page.pk}/change/", **values)
    assert refusal in response.content.decode()
    offers.forget()
    path = "/" if slug == "home" else "/get-help/card/" if slug == "card" else f"/{slug}/"
    assert client.get(path).status_code == 200


def test_words_that_were_overtaken_are_not_saved_over_a_colleague_s(editor, second_editor):
    sign = Sign.objects.get(slug="long-days")
    path = f"/desk/campaign/sign/{sign.pk}/change/"
    opened = fields(editor.get(path).content.decode())
    assert (
        save(second_editor, path, **{"texts-0-title": "A debt without an end"}).status_code == 302
    )
    refused = editor.post(path, opened | {"texts-0-title": "A debt that grows"}).content.decode()
    assert "eric saved this at" in refused
    assert "A debt that grows" in refused
    assert Text.objects.get(item=sign, language="en").title == "A debt without an end"
    assert editor.post(path, fields(refused)).status_code == 302
    assert Text.objects.get(item=sign, language="en").title == "A debt that grows"


@pytest.mark.parametrize("slug", ["police", "emergency", "847"])
def test_a_lifeline_cannot_be_unpublished(editor, slug):
    contact = Contact.objects.get(slug=slug)
    response = save(editor, f"/desk/campaign/contact/{contact.pk}/change/", published=[])
    assert "This number cannot be unpublished." in response.content.decode()
    contact.refresh_from_db()
    assert contact.published


@pytest.mark.parametrize(
    ("slug", "refusal"),
    [
        ("email", "Nobody can call an e-mail address."),
        ("crime", "That one is out of order too"),
        ("office", "That one is unpublished"),
    ],
)
def test_a_stand_in_can_be_called(editor, slug, refusal):
    hotline = Contact.objects.get(slug="847")
    Contact.objects.filter(slug="crime").update(out_of_order=True, instead=hotline)
    Contact.objects.filter(slug="office").update(published=False)
    stand_in = Contact.objects.get(slug=slug)
    path = f"/desk/campaign/contact/{hotline.pk}/change/"
    response = save(editor, path, out_of_order="on", instead=str(stand_in.pk))
    assert refusal in response.content.decode()
    hotline.refresh_from_db()
    assert not hotline.out_of_order


def test_a_number_that_nobody_sees_stands_in_for_none(editor):
    """Not on the way to another either: the public door knows published numbers alone."""
    hotline, crime, police = (Contact.objects.get(slug=slug) for slug in ("847", "crime", "police"))
    Contact.objects.filter(pk=crime.pk).update(published=False, out_of_order=True, instead=police)
    path = f"/desk/campaign/contact/{hotline.pk}/change/"
    response = save(editor, path, out_of_order="on", instead=str(crime.pk))
    assert "That one is unpublished" in response.content.decode()


def test_a_new_block_says_where_it_stands(editor):
    response = save(editor, "/desk/campaign/page/add/", **{"texts-0-title": "Nowhere"})
    assert "Choose the page that it stands on." in response.content.decode()


def test_a_block_can_be_unpublished(editor):
    page = Page.objects.get(slug="home-iom")
    assert save(editor, f"/desk/campaign/page/{page.pk}/change/", published=[]).status_code == 302
    page.refresh_from_db()
    assert not page.published


def test_english_stands_first_and_every_language_has_its_panel(editor):
    text = Text.objects.get(item__slug="home-iom", language="en")
    Text.objects.filter(item=text.item).exclude(language="en").delete()
    Text.objects.create(item=text.item, language="es", title="OIM", state="reviewed", outdated=True)
    html = editor.get(f"/desk/campaign/page/{text.item_id}/change/").content.decode()
    panels = [html.index(f'lang="{code}">{name}<') for code, name in PANELS]
    assert panels == sorted(panels)
    assert "The English changed after this was written." in html
    assert "Nobody has written it yet." in html


PANELS = (("en", "English"), ("es", "Español"), ("fr", "Français"))


def test_a_language_that_was_missing_is_written_into_its_panel(editor):
    item = Text.objects.get(item__slug="home-iom", language="en").item
    item.texts.exclude(language="en").delete()
    path = f"/desk/campaign/page/{item.pk}/change/"
    assert save(editor, path).status_code == 302
    assert [text.language for text in item.texts.all()] == ["en"]
    words = {"texts-1-title": "OIM", "texts-1-body": "Desde 1951.", "texts-1-state": "reviewed"}
    assert save(editor, path, **words).status_code == 302
    spanish = item.texts.get(language="es")
    assert (spanish.title, spanish.state, spanish.state_by) == ("OIM", "reviewed", "edna")


def test_an_item_without_english_words_is_refused_beside_its_title(editor):
    path = "/desk/campaign/sign/add/"
    response = save(editor, path, group="work", **{"texts-1-title": "Solo"})
    assert "The English text must have a title" in response.content.decode()
    assert not Sign.objects.filter(texts__title="Solo").exists()
    assert save(editor, path, group="work", **{"texts-0-title": "Only"}).status_code == 302
    assert Sign.objects.get(texts__title="Only").slug == "sign-1"


def test_the_help_names_every_placeholder_with_its_number(editor):
    Contact.objects.filter(slug="office").update(number="(758) 468-0000")
    page = Page.objects.get(slug="home")
    html = editor.get(f"/desk/campaign/page/{page.pk}/change/").content.decode()
    assert "<code>{office}</code></td><td>(758) 468-0000" in html
