"""A page as it would look, before it is saved."""

import pytest
from django.contrib.admin.models import LogEntry

from campaign import offers
from campaign.models import Contact, Item, Notice, Page, PendingChange, Text
from slu_antitrafficking import urls
from tests.campaign.editing import save

pytestmark = pytest.mark.django_db
LINE = "Preview: nothing is saved."


# A page itself, a block, and a block of a page with a template of its own.
SPECIAL = ("home", "card", "help-phone", "law-offences")


def change(item):
    return f"/desk/campaign/{item._meta.model_name}/{item.pk}/change/"


@pytest.fixture
def speak():
    """A block of the contact page."""
    return Page.objects.get(slug="contact-find")


def test_a_preview_shows_the_page_with_what_was_typed_and_saves_nothing(editor, speak):
    words = {"texts-0-body": "Quite other words.", "texts-0-state": "draft", "_preview": "en"}
    answer = save(editor, change(speak), **words)
    html = answer.content.decode()
    assert answer.status_code == 200
    assert LINE in html
    assert "Quite other words." in html
    assert 'href="/report/"' in html
    assert not Text.objects.filter(body="Quite other words.").exists()
    offers.forget()
    assert "Quite other words." not in editor.get("/contact/").content.decode()
    assert not LogEntry.objects.exists()


def test_a_preview_is_in_the_language_that_was_asked_for(editor, speak):
    spanish = {"title": "Hable con nosotros", "body": "Aqui estamos.", "state": "draft"}
    Text.objects.update_or_create(item=speak, language="es", defaults=spanish)
    html = save(editor, change(speak), _preview="es").content.decode()
    assert '<html lang="es">' in html
    assert "Aqui estamos." in html
    assert 'href="/es/report/"' in html


def test_what_is_kept_can_be_looked_at_from_the_list_drafts_included(editor, speak):
    Text.objects.filter(item=speak, language="en").update(body="A draft.", state="draft")
    address = f"/desk/campaign/page/{speak.pk}/preview/en/"
    assert address in editor.get("/desk/campaign/page/?on=contact").content.decode()
    html = editor.get(address).content.decode()
    assert LINE in html
    assert "A draft." in html
    assert editor.get(f"/desk/campaign/page/{speak.pk}/preview/xx/").status_code == 404


def test_after_a_refusal_there_is_no_preview(editor, speak):
    html = save(editor, change(speak), _preview="en", **{"texts-0-body": "<b>x</b>"}).content
    assert LINE not in html.decode()
    assert "HTML is not allowed" in html.decode()


def test_a_preview_keeps_to_the_rules_of_the_site(editor, speak):
    answer = save(editor, change(speak), _preview="en")
    rules = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'; style-src 'self'" in rules
    assert "unsafe" not in rules
    assert "style=" not in answer.content.decode()
    assert answer.headers["Cache-Control"].startswith(("no-store", "max-age=0"))


def test_a_new_number_and_a_notice_to_come_show_in_their_previews(editor):
    office = Contact.objects.get(slug="office")
    html = save(editor, change(office), number="(758) 468-9999", _preview="en").content.decode()
    assert "468-9999" in html
    office.refresh_from_db()
    assert office.number == "(758) 468-3754"
    assert not PendingChange.objects.exists()
    days = {"starts": "2030-12-24", "ends": "2030-12-26", "texts-0-title": "Closed at Christmas"}
    path = "/desk/campaign/notice/add/"
    words = {"texts-0-state": "reviewed", "published": "on"}
    html = save(editor, path, **days, **words, _preview="en").content.decode()
    assert "Closed at Christmas" in html
    assert not Notice.objects.exists()


@pytest.mark.parametrize(
    "kind",
    [
        "page",
        "question",
        "sign",
        "traffickingtype",
        "provision",
        "milestone",
        "material",
        "phrase",
        "contact",
    ],
)
def test_items_of_every_kind_have_their_preview(editor, kind):
    items = Item.objects.filter(family={"traffickingtype": "type"}.get(kind, kind))
    for item in {items.first(), *items.filter(slug__in=SPECIAL)}:
        answer = editor.get(f"/desk/campaign/{kind}/{item.pk}/preview/en/")
        assert (item.slug, answer.status_code) == (item.slug, 200)


def test_a_sentence_for_answers_has_no_page(editor):
    assert "_preview" not in editor.get("/desk/campaign/replytext/add/").content.decode()


def test_the_desk_alone_can_preview_without_public_addresses(editor, speak, settings):
    only_the_desk = [one for one in urls.urlpatterns if "desk" in str(one.pattern)]
    settings.ROOT_URLCONF = type("Desk", (), {"urlpatterns": only_the_desk})
    assert LINE in editor.get(f"/desk/campaign/page/{speak.pk}/preview/en/").content.decode()
