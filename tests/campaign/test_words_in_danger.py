"""Words that people in danger read, and whole pages, are not changed by one editor alone."""

from dataclasses import replace

import pytest

from campaign import changes, offers, second_person
from campaign.models import (
    Contact,
    Item,
    Notice,
    Page,
    PendingChange,
    Phrase,
    Question,
    Sign,
    Text,
    TraffickingType,
)
from tests.campaign.editing import (
    A_TITLE,
    decide,
    fields,
    page,
    save,
    screen,
)

pytestmark = pytest.mark.django_db


IN_DANGER = [
    (Page, "contact-find", "body", "/contact/"),
    (Page, "contact", "summary", "/contact/"),
    (Page, "help-phone", "body", "/get-help/"),
    (Page, "card", "summary", "/get-help/card/"),
    (Page, "home", "summary", "/"),
    (Question, "arrested", "body", "/get-help/"),
    (Phrase, "need-help", "title", "/get-help/card/"),
    (Phrase, "word-report-it", "title", "/"),
    (Sign, "debt", "title", "/report/"),
    (Contact, "office", "summary", "/contact/"),
    (Phrase, "call-help", "title", "/get-help/"),
]


@pytest.mark.parametrize(("kind", "slug", "part", "path"), IN_DANGER)
def test_words_on_which_somebody_in_danger_relies_wait_whatever_they_are(
    client, kind, slug, part, path
):
    before = changes.stored(kind.objects.get(slug=slug))
    assert before.texts["en"][part]
    words = before.texts["en"] | {part: "Go to the blue house behind the market."}
    after = replace(before, texts={**before.texts, "en": words})
    assert second_person.reasons(before, after, second_person.known_targets())


@pytest.mark.parametrize(("kind", "slug", "part", "path"), IN_DANGER[::8])
def test_a_second_person_lets_them_show(editor, second_editor, client, kind, slug, part, path):
    item = kind.objects.get(slug=slug)
    words = "Go to the blue house behind the market."
    assert save(editor, screen(item), **{f"texts-0-{part}": words}).status_code == 302
    assert words not in page(client, path)
    assert getattr(item.texts.get(language="en"), part) != words
    decide(second_editor, item, "confirm")
    assert getattr(item.texts.get(language="en"), part) == words


@pytest.mark.parametrize(
    ("kind", "slug", "change"),
    [
        (Contact, "office", {"always": True}),
        (Page, "help-phone", {"source": "The blue house behind the market"}),
        (Question, "arrested", {"source_url": "https://govt.lc/another"}),
    ],
)
def test_nor_does_what_stands_beside_them_change_by_one(kind, slug, change):
    item = kind.objects.get(slug=slug)
    ((name, old),) = [(name, getattr(item, name)) for name in change]
    before = changes.stored(item)
    changes.save(item, replace(before, values=before.values | change), by="edna")
    item.refresh_from_db()
    assert getattr(item, name) == old
    assert list(PendingChange.objects.get(item=item).values) == [name]


def test_words_of_the_release_need_no_second_person(editor, client):
    block = Page.objects.get(slug="contact-find")
    released = block.texts.get(language="en").body
    Text.objects.filter(item=block, language="en").update(body="Two people agreed on this.")
    assert save(editor, screen(block), **{"texts-0-body": released}).status_code == 302
    assert not PendingChange.objects.exists()
    Text.objects.filter(item__slug="need-help", language="acf").update(state="draft")
    phrase = Phrase.objects.get(slug="need-help")
    (number,) = [
        name.split("-")[1]
        for name, value in fields(editor.get(screen(phrase)).content.decode()).items()
        if value == ["acf"]
    ]
    save(editor, screen(phrase), **{f"texts-{number}-state": "reviewed"})
    assert "Mwen bizwen èd" in page(client, "/get-help/card/")


def test_a_block_is_not_moved_onto_such_a_page(editor, iom, client):
    where = Page.objects.get(slug="get-help")
    assert save(editor, screen(iom), on=str(where.pk)).status_code == 302
    assert "International Organization" not in page(client, "/get-help/")
    iom.refresh_from_db()
    assert iom.on.slug == "home"
    assert f'<option value="{where.pk}" selected' in editor.get(screen(iom)).content.decode()


def test_a_sign_is_not_put_on_the_form_by_one(editor, client):
    sign = Sign.objects.get(slug="long-days")
    assert save(editor, screen(sign), on_form="on").status_code == 302
    sign.refresh_from_db()
    assert not sign.on_form


@pytest.mark.parametrize(("kind", "slug", "part", "path"), IN_DANGER[2:9:3])
def test_nor_are_they_taken_away_by_one(kind, slug, part, path):
    item = kind.objects.get(slug=slug)
    before = changes.stored(item)
    hidden = before.texts | {"en": before.texts["en"] | {"state": "draft"}}
    for change in ({"values": before.values | {"published": False}}, {"texts": hidden}):
        changes.save(item, replace(before, **change), by="edna")
        item.refresh_from_db()
        assert item.published
        assert item.texts.get(language="en").state != "draft"


def test_anybody_takes_a_notice_down(editor, second_editor, client):
    days = {"starts": "2020-01-01", "ends": "2099-01-01"}
    save(editor, "/desk/campaign/notice/add/", **days, **A_TITLE)
    notice = Notice.objects.get()
    decide(second_editor, notice, "confirm")
    assert "A title" in page(client, "/get-help/")
    assert save(editor, screen(notice), published=[]).status_code == 302
    assert "A title" not in page(client, "/get-help/")


# Pages.


@pytest.mark.parametrize("change", [{"published": []}, {"texts-0-state": "draft"}])
def test_nobody_alone_takes_a_page_away(editor, second_editor, client, change):
    kind = TraffickingType.objects.get(slug="debt-bondage")
    assert save(editor, screen(kind), **change).status_code == 302
    offers.forget()
    assert client.get("/types/debt-bondage/").status_code == 200
    decide(second_editor, kind, "confirm")
    offers.forget()
    assert client.get("/types/debt-bondage/").status_code == 404


def test_nobody_alone_deletes_a_page_or_a_number_that_shows(editor):
    kind = TraffickingType.objects.create(slug="own")
    Text.objects.create(item=kind, title="Our own", state="reviewed")
    contact = Contact.objects.create(slug="own", number="450-0000")
    Text.objects.create(item=contact, title="Our own", state="reviewed")
    for item in (kind, contact):
        address = screen(item).replace("change", "delete")
        assert editor.post(address, {"post": "yes"}).status_code == 403
        Item.objects.filter(pk=item.pk).update(published=False)
        assert editor.post(address, {"post": "yes"}).status_code == 302
