"""No number and no link that one editor wrote shows anywhere, whichever way it is put there."""

import re
from dataclasses import replace

import pytest

from campaign import changes, release, review, second_person
from campaign.models import (
    AllowedTarget,
    Item,
    Milestone,
    Notice,
    Page,
    PendingChange,
    Phrase,
    Provision,
    Question,
    ReplyText,
    Sign,
    Text,
    TraffickingType,
)
from slu_antitrafficking.refusal import Refused
from tests.campaign.editing import (
    A_TITLE,
    NUMBER,
    decide,
    fields,
    page,
    save,
    screen,
)

pytestmark = pytest.mark.django_db


def panel(item, code):
    """The number of the panel of this language: English first, then as the site lists them."""
    order = {"en": 0, "es": 1, "fr": 2}
    assert item.texts.filter(language=code).exists()
    return order[code]


# Each language with one part of a text; the audit has each with all.
PARTS = [
    pytest.param(part, code, marks=[] if at % 4 == number else pytest.mark.audit)
    for at, code in enumerate(("en", "es", "fr", "acf", "ht"))
    for number, part in enumerate(("title", "summary", "body", "picture_words"))
]


@pytest.mark.parametrize(("part", "code"), PARTS)
def test_no_text_of_any_kind_shows_a_number_at_once(part, code):
    one_of_each = {row.family: row for row in release.rows() if row.slug != "home"}
    assert len(one_of_each) == 10
    known = second_person.known_targets()
    for row in one_of_each.values():
        texts = {code: row.texts["en"], **row.texts}
        before = replace(row, texts=texts)
        words = {**texts[code], part: NUMBER, "state": "reviewed"}
        after = replace(row, texts={**texts, code: words})
        found = second_person.reasons(before, after, known)
        assert any("can be read as a number" in reason for reason in found), row.family


SOME = [(Page, "en", "body"), (Question, "es", "summary"), (TraffickingType, "fr", "title")]


@pytest.mark.parametrize(("kind", "code", "part"), SOME)
def test_it_waits_beside_what_shows(editor, kind, code, part):
    item = kind.objects.filter(texts__language="fr").exclude(slug="home").last()
    number = panel(item, code)
    assert save(editor, screen(item), **{f"texts-{number}-{part}": NUMBER}).status_code == 302
    assert getattr(item.texts.get(language=code), part) != NUMBER
    assert PendingChange.objects.get(item=item).texts == {code: {part: NUMBER}}


@pytest.mark.parametrize(
    ("kind", "column", "value"),
    [
        (Page, "source", NUMBER),
        (Sign, "source", "evil.example"),
        (Milestone, "source_url", "https://evil.example/"),
        (Milestone, "source_url", "https://govt.lc@evil.example/"),
        (Provision, "number", "758 222 1234"),
        (TraffickingType, "source", "Write to me@evil.example"),
    ],
)
def test_no_column_of_any_kind_shows_one(kind, column, value):
    item = kind.objects.filter(source="").first() or kind.objects.last()
    before = changes.stored(item)
    changes.save(item, replace(before, values=before.values | {column: value}), by="edna")
    item.refresh_from_db()
    assert getattr(item, column) != value
    assert PendingChange.objects.get(item=item).values == {column: value}


def test_no_picture_s_words_and_no_notice_show_one(editor, client):
    milestone = Milestone.objects.get(slug="campaign")
    save(editor, screen(milestone), **{"texts-0-picture_words": NUMBER})
    assert milestone.texts.get(language="en").picture_words == ""
    days = {"starts": "2020-01-01", "ends": "2099-01-01"}
    save(editor, "/desk/campaign/notice/add/", **days, **A_TITLE | {"texts-0-body": NUMBER})
    notice = Notice.objects.get()
    assert not notice.published
    assert "7700" not in page(client, "/")


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("sign", {"group": "work"}),
        ("traffickingtype", {}),
        ("replytext", {"group": "tell"}),
        pytest.param("provision", {"law": "act"}, marks=pytest.mark.audit),
        pytest.param("milestone", {"when": "2020"}, marks=pytest.mark.audit),
        pytest.param("material", {}, marks=pytest.mark.audit),
        pytest.param("phrase", {}, marks=pytest.mark.audit),
    ],
)
def test_a_new_item_with_a_number_is_there_and_does_not_show(editor, second_editor, kind, more):
    add = f"/desk/campaign/{kind}/add/"
    answer = save(editor, add, **A_TITLE | more | {"texts-0-body": NUMBER})
    item = Item.objects.get(texts__title="A title")
    assert answer.headers["Location"] == f"/desk/campaign/{kind}/{item.pk}/change/"
    assert not item.published
    assert item.texts.get().state == "draft"
    kinds = {"sign": Sign, "replytext": ReplyText, "milestone": Milestone, "phrase": Phrase}
    if kind in kinds:
        decide(second_editor, kinds[kind].objects.get(pk=item.pk), "confirm")
        item.refresh_from_db()
        assert item.published
        assert item.texts.get().state == "reviewed"


def test_a_new_language_waits_as_a_draft(editor, second_editor, iom, client):
    iom.texts.filter(language="es").delete()
    words = {"texts-2-title": "OIM", "texts-2-body": NUMBER, "texts-2-state": "reviewed"}
    sent = fields(editor.get(screen(iom)).content.decode())
    (number,) = [name.split("-")[1] for name, value in sent.items() if value == ["es"]]
    words = {name.replace("2", number, 1): value for name, value in words.items()}
    assert editor.post(screen(iom), sent | words).status_code == 302
    assert iom.texts.get(language="es").state == "draft"
    assert "7700" not in page(client, "/es/")
    decide(second_editor, iom, "confirm")
    assert "7700" in page(client, "/es/")


# Drafts need nobody; to make them show does.


@pytest.fixture
def draft(iom):
    """Words of one editor that nobody sees, and that nobody else has looked at."""
    iom.texts.filter(language="en").update(body=NUMBER, state="draft", state_by="edna")
    return iom


def test_a_draft_with_a_number_waits_for_nobody(editor, iom):
    words = {"texts-0-body": NUMBER, "texts-0-state": "draft"}
    assert save(editor, screen(iom), **words).status_code == 302
    assert not PendingChange.objects.exists()
    assert iom.texts.get(language="en").body == NUMBER


@pytest.mark.parametrize("state", ["machine", "reviewed"])
def test_a_draft_with_a_number_does_not_show_by_its_state(editor, draft, client, state):
    assert save(editor, screen(draft), **{"texts-0-state": state}).status_code == 302
    assert draft.texts.get(language="en").state == "draft"
    assert "7700" not in page(client, "/")


def test_a_draft_with_a_number_does_not_show_by_a_review(editor, second_editor, draft, client):
    html = editor.get("/desk/campaign/review/?language=en").content.decode()
    text = draft.texts.get(language="en")
    address = f"/desk/campaign/review/{text.pk}/"
    seen = re.search(rf'action="{address}".*?name="seen" value="(\w+)"', html, re.S)[1]
    editor.post(address, {"seen": seen})
    assert "7700" not in page(client, "/")
    decide(second_editor, draft, "confirm")
    assert "7700" in page(client, "/")


def test_what_is_reviewed_are_the_words_that_are_there_and_were_read(draft):
    """Not those that were there a moment before: they would be written back, as reviewed."""
    stale = draft.texts.get(language="en")
    seen = review.fingerprint(stale)
    Text.objects.filter(pk=stale.pk).update(body="Nothing that leads anywhere.")
    with pytest.raises(Refused, match="changed since"):
        review.mark(text=stale, seen=seen, by="edna")
    assert draft.texts.get(language="en").state == "draft"


def test_an_unpublished_item_with_a_number_does_not_show_by_publishing_it(editor, iom, client):
    assert save(editor, screen(iom), published=[]).status_code == 302
    assert save(editor, screen(iom), **{"texts-0-body": NUMBER}).status_code == 302
    assert not PendingChange.objects.exists()
    assert save(editor, screen(iom), published="on").status_code == 302
    iom.refresh_from_db()
    assert not iom.published
    assert "7700" not in page(client, "/")


# Links.


def test_a_host_that_two_people_let_in_is_known_from_then_on(editor, second_editor, iom, client):
    body = "See [the report](https://new.example/a)."
    save(editor, screen(iom), **{"texts-0-body": body})
    assert "new.example" not in page(client, "/")
    decide(second_editor, iom, "confirm")
    allowed = AllowedTarget.objects.get()
    assert (allowed.target, allowed.allowed_by) == ("new.example", "eric")
    save(editor, screen(iom), **{"texts-0-body": body.replace("/a", "/b")})
    assert "https://new.example/b" in page(client, "/")


def test_at_a_host_that_many_share_each_page_is_looked_at(editor, second_editor, iom, client):
    body = "See [our page](https://facebook.com/ministry)."
    save(editor, screen(iom), **{"texts-0-body": body})
    decide(second_editor, iom, "confirm")
    assert "facebook.com/ministry" in page(client, "/")
    save(editor, screen(iom), **{"texts-0-body": body.replace("ministry", "stranger")})
    assert "facebook.com/stranger" not in page(client, "/")


def test_a_dropped_link_is_not_known(editor, iom):
    save(editor, screen(iom), **{"texts-0-body": "[a](https://new.example/)"})
    decide(editor, iom, "drop")
    assert not AllowedTarget.objects.exists()


def test_what_leads_nobody_astray_shows_at_once(editor, iom):
    body = "\n\n".join(
        (
            "See [the law](https://govt.lc/another/page/123456).",
            "See [our signs](/signs/).",
            "In 2010-2015 the fine was higher than it is now." + " Words of the office." * 6,
            "The fine is EC$ 100,000." + " Words of the office." * 6,
            "Call {847} or {office}.",
        )
    )
    assert save(editor, screen(iom), **{"texts-0-body": body}).status_code == 302
    assert not PendingChange.objects.exists()
    assert iom.texts.get(language="en").body == body
