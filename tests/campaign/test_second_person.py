"""An editor alone sends nobody to a stranger, and takes no number and no page away."""

import re
from dataclasses import replace

import pytest
from django.db import connection
from django.test import Client

from campaign import changes, offers, release, review, second_person
from campaign.models import (
    AllowedTarget,
    Contact,
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
from tests.campaign.editing import fields, offers_to, press, save, screen, signed_in
from tests.cast import hire
from tips.models import Officer

pytestmark = pytest.mark.django_db
EVIL = "WhatsApp us: +44 7700 900123. Or [tell us here](https://evil.example/report)."
NUMBER = "WhatsApp us: +44 7700 900123."
WORDS = {"texts-0-title": "A title", "texts-0-state": "reviewed", "published": "on"}


def page(client, path):
    offers.forget()
    return client.get(path).content.decode()


def panel(item, code):
    """The number of the panel of this language: English first, then as the site lists them."""
    order = {"en": 0, "es": 1, "fr": 2}
    assert item.texts.filter(language=code).exists()
    return order[code]


def days_later(days):
    """As if all that the trail knows had happened so long ago."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE tips_event DISABLE TRIGGER USER")
        cursor.execute("UPDATE tips_event SET at = at - make_interval(days => %s)", [days])
        cursor.execute("ALTER TABLE tips_event ENABLE TRIGGER USER")


@pytest.fixture
def iom():
    """A block of the home page that nobody in danger depends on."""
    return Page.objects.get(slug="home-iom")


# What waits, and what the second person does with it.


def test_a_number_and_a_link_of_one_editor_show_to_nobody(editor, second_editor, client):
    block = Page.objects.get(slug="contact-find")
    before = page(client, "/contact/")
    answer = save(editor, screen(block), **{"texts-0-body": EVIL})
    assert answer.headers["Location"] == screen(block)
    after = page(client, "/contact/")
    assert "7700" not in after
    assert "evil" not in after
    assert after == before
    assert "7700 900123" in editor.get(screen(block)).content.decode()
    press(second_editor, block, "confirm")
    assert "7700 900123" in page(client, "/contact/")


def test_the_screen_says_why_for_whom_and_what_changes(editor, second_editor, iom):
    old = iom.texts.get(language="en").body
    save(editor, screen(iom), **{"texts-0-body": f"{old}\n\n{EVIL}\u200b"})
    html = second_editor.get(screen(iom)).content.decode()
    assert "<strong>edna</strong> asked on" in html
    assert "Who may confirm it: eric." in html
    assert "digits that can be read as a number to call: “44 7700 900123”" in html
    assert "where no page has led so far: “https://evil.example/report”" in html
    section = html.partition('<dl class="compare">')[2].partition("</dl>")[0]
    assert "English: body" in section
    assert "English: title" not in section
    new = section.partition("<small>New</small>")[2]
    assert "<ins>" in new
    assert "+44 7700 900123. Or [tell us here](https://evil.example/report).[U+200B]" in new
    assert old.split()[0] in section.partition("<small>New</small>")[0]


def test_who_asked_cannot_confirm_and_either_may_drop(editor, second_editor, iom, client):
    save(editor, screen(iom), **{"texts-0-body": NUMBER})
    assert not offers_to(editor, iom, "confirm")
    html = editor.get(screen(iom)).content.decode()
    seen = re.search(r'name="seen" value="(\w+)"', html)[1]
    address = screen(iom).replace("change", "confirm")
    refused = editor.post(address, {"seen": seen}, follow=True).content.decode()
    assert "A second person has to confirm it" in refused
    assert "7700" not in page(client, "/")
    press(second_editor, iom, "drop")
    assert not PendingChange.objects.exists()
    assert "7700" not in page(client, "/")
    assert "7700" not in editor.get(screen(iom)).content.decode()


def test_what_changed_since_it_was_seen_is_not_confirmed(editor, second_editor, iom, client):
    save(editor, screen(iom), **{"texts-0-body": NUMBER})
    html = second_editor.get(screen(iom)).content.decode()
    seen = re.search(r'name="seen" value="(\w+)"', html)[1]
    for change in (
        lambda: save(editor, screen(iom), **{"texts-0-body": f"{NUMBER} Now."}),
        lambda: Text.objects.filter(item=iom, language="es").update(title="Otra"),
        lambda: Page.objects.filter(pk=iom.pk).update(source="Another"),
    ):
        change()
        address = screen(iom).replace("change", "confirm")
        refused = second_editor.post(address, {"seen": seen}, follow=True).content.decode()
        assert "It was changed meanwhile." in refused
        assert "7700" not in page(client, "/")
        seen = re.search(r'name="seen" value="(\w+)"', refused)[1]


def test_an_innocent_save_does_not_make_an_asker_the_second_person(
    editor, second_editor, sam, iom, client
):
    """Else whoever asked would confirm it under a colleague's name."""
    save(editor, screen(iom), **{"texts-0-body": NUMBER})
    assert save(second_editor, screen(iom), position="7").status_code == 302
    assert PendingChange.objects.get().asked_by == ["edna", "eric"]
    assert not offers_to(editor, iom, "confirm")
    assert not offers_to(second_editor, iom, "confirm")
    third = signed_in(Client(), hire("erin", Officer.Role.EDITOR, sam))
    press(third, iom, "confirm")
    assert "7700" in page(client, "/")


def test_saved_again_without_a_change_it_waits_as_before(editor, second_editor, iom):
    save(editor, screen(iom), **{"texts-0-body": NUMBER})
    save(second_editor, screen(iom))
    assert PendingChange.objects.get().asked_by == ["edna"]


def test_taken_back_it_waits_no_longer(editor, iom):
    old = iom.texts.get(language="en").body
    save(editor, screen(iom), **{"texts-0-body": NUMBER})
    save(editor, screen(iom), **{"texts-0-body": old})
    assert not PendingChange.objects.exists()


def test_a_release_that_changes_the_words_meanwhile_is_not_overwritten_by_what_waits(
    editor, second_editor, iom, client
):
    save(editor, screen(iom), **{"texts-0-summary": NUMBER})
    Text.objects.filter(item=iom, language="en").update(body="The release's new words.")
    press(second_editor, iom, "confirm")
    text = iom.texts.get(language="en")
    assert (text.summary, text.body) == (NUMBER, "The release's new words.")
    assert text.state_by == "edna, eric"


def test_a_preview_shows_what_would_show(editor, iom):
    body = {"texts-0-body": NUMBER}
    assert "7700 900123" in save(editor, screen(iom), _preview="en", **body).content.decode()
    save(editor, screen(iom), **body)
    look = screen(iom).replace("change", "preview/en")
    assert "7700 900123" in editor.get(look).content.decode()


def test_a_list_says_what_waits(editor, iom):
    save(editor, screen(iom), **{"texts-0-body": NUMBER})
    assert (
        "Waits for a second person" in editor.get("/desk/campaign/page/?on=home").content.decode()
    )


# Every text of every kind, however it gets there.


@pytest.mark.parametrize("part", ["title", "summary", "body", "picture_words"])
@pytest.mark.parametrize("code", ["en", "es", "fr", "acf", "ht"])
def test_no_text_of_any_kind_shows_a_number_at_once(part, code):
    one_of_each = {row.family: row for row in release.rows() if row.slug != "home"}
    assert len(one_of_each) == 9
    for row in one_of_each.values():
        texts = {code: row.texts["en"], **row.texts}
        before = replace(row, texts=texts)
        words = {**texts[code], part: NUMBER, "state": "reviewed"}
        after = replace(row, texts={**texts, code: words})
        found = second_person.reasons(before, after, second_person.known_targets())
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
def test_no_column_of_any_kind_shows_one(editor, kind, column, value):
    item = kind.objects.filter(source="").first() or kind.objects.last()
    assert save(editor, screen(item), **{column: value}).status_code == 302
    item.refresh_from_db()
    assert getattr(item, column) != value
    assert PendingChange.objects.get(item=item).values == {column: value}


def test_no_picture_s_words_and_no_notice_show_one(editor, client):
    milestone = Milestone.objects.get(slug="campaign")
    save(editor, screen(milestone), **{"texts-0-picture_words": NUMBER})
    assert milestone.texts.get(language="en").picture_words == ""
    days = {"starts": "2020-01-01", "ends": "2099-01-01"}
    save(editor, "/desk/campaign/notice/add/", **days, **WORDS | {"texts-0-body": NUMBER})
    notice = Notice.objects.get()
    assert not notice.published
    assert "7700" not in page(client, "/")


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("sign", {"group": "work"}),
        ("traffickingtype", {}),
        ("provision", {"law": "act"}),
        ("milestone", {"when": "2020"}),
        ("material", {}),
        ("phrase", {}),
        ("replytext", {}),
    ],
)
def test_a_new_item_with_a_number_is_there_and_does_not_show(editor, second_editor, kind, more):
    add = f"/desk/campaign/{kind}/add/"
    answer = save(editor, add, **WORDS | more | {"texts-0-body": NUMBER})
    item = Item.objects.get(texts__title="A title")
    assert answer.headers["Location"] == f"/desk/campaign/{kind}/{item.pk}/change/"
    assert not item.published
    assert item.texts.get().state == "draft"
    kinds = {"sign": Sign, "replytext": ReplyText, "milestone": Milestone, "phrase": Phrase}
    if kind in kinds:
        press(second_editor, kinds[kind].objects.get(pk=item.pk), "confirm")
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
    press(second_editor, iom, "confirm")
    assert "7700" in page(client, "/es/")


# Drafts need nobody; to make them show does.


@pytest.fixture
def draft(editor, iom):
    """Words of one editor that nobody sees, and that nobody else has looked at."""
    words = {"texts-0-body": NUMBER, "texts-0-state": "draft"}
    assert save(editor, screen(iom), **words).status_code == 302
    assert not PendingChange.objects.exists()
    assert iom.texts.get(language="en").body == NUMBER
    return iom


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
    press(second_editor, draft, "confirm")
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


# Words that people in danger read.


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


@pytest.mark.parametrize(("kind", "slug", "part", "path"), IN_DANGER[::4])
def test_a_second_person_lets_them_show(editor, second_editor, client, kind, slug, part, path):
    item = kind.objects.get(slug=slug)
    words = "Go to the blue house behind the market."
    assert save(editor, screen(item), **{f"texts-0-{part}": words}).status_code == 302
    assert words not in page(client, path)
    assert getattr(item.texts.get(language="en"), part) != words
    press(second_editor, item, "confirm")
    assert getattr(item.texts.get(language="en"), part) == words


@pytest.mark.parametrize(
    ("kind", "slug", "change"),
    [
        (Contact, "office", {"always": "on"}),
        (Page, "help-phone", {"source": "The blue house behind the market"}),
        (Question, "arrested", {"source_url": "https://govt.lc/another"}),
    ],
)
def test_nor_does_what_stands_beside_them_change_by_one(editor, kind, slug, change):
    item = kind.objects.get(slug=slug)
    ((name, old),) = [(name, getattr(item, name)) for name in change]
    assert save(editor, screen(item), **change).status_code == 302
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
def test_nor_are_they_taken_away_by_one(editor, client, kind, slug, part, path):
    item = kind.objects.get(slug=slug)
    for change in ({"published": []}, {"texts-0-state": "draft"}):
        answer = save(editor, screen(item), **change)
        assert answer.status_code in (200, 302)
        item.refresh_from_db()
        assert item.published
        assert item.texts.get(language="en").state != "draft"


def test_anybody_takes_a_notice_down(editor, second_editor, client):
    days = {"starts": "2020-01-01", "ends": "2099-01-01"}
    save(editor, "/desk/campaign/notice/add/", **days, **WORDS)
    notice = Notice.objects.get()
    press(second_editor, notice, "confirm")
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
    press(second_editor, kind, "confirm")
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


# Links.


def test_a_host_that_two_people_let_in_is_known_from_then_on(editor, second_editor, iom, client):
    body = "See [the report](https://new.example/a)."
    save(editor, screen(iom), **{"texts-0-body": body})
    assert "new.example" not in page(client, "/")
    press(second_editor, iom, "confirm")
    allowed = AllowedTarget.objects.get()
    assert (allowed.target, allowed.allowed_by) == ("new.example", "eric")
    save(editor, screen(iom), **{"texts-0-body": body.replace("/a", "/b")})
    assert "https://new.example/b" in page(client, "/")


def test_at_a_host_that_many_share_each_page_is_looked_at(editor, second_editor, iom, client):
    body = "See [our page](https://facebook.com/ministry)."
    save(editor, screen(iom), **{"texts-0-body": body})
    press(second_editor, iom, "confirm")
    assert "facebook.com/ministry" in page(client, "/")
    save(editor, screen(iom), **{"texts-0-body": body.replace("ministry", "stranger")})
    assert "facebook.com/stranger" not in page(client, "/")


def test_a_dropped_link_is_not_known(editor, iom):
    save(editor, screen(iom), **{"texts-0-body": "[a](https://new.example/)"})
    press(editor, iom, "drop")
    assert not AllowedTarget.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        "See [the law](https://govt.lc/another/page/123456).",
        "See [our signs](/signs/).",
        "In 2010-2015 the fine was higher.",
        "The fine is EC$ 100,000.",
        "Call {847} or {office}.",
    ],
)
def test_what_leads_nobody_astray_shows_at_once(editor, iom, client, body):
    assert save(editor, screen(iom), **{"texts-0-body": body}).status_code == 302
    assert not PendingChange.objects.exists()
    assert iom.texts.get(language="en").body == body


# Who the second person can be.


def test_whoever_let_the_other_in_within_seven_days_is_no_second_person(editor, sam, iom, client):
    supervisor = signed_in(Client(), sam)
    save(editor, screen(iom), **{"texts-0-body": NUMBER})
    html = supervisor.get(screen(iom)).content.decode()
    assert "You cannot confirm it: you or edna gave the other access" in html
    assert "Nobody else at the desk may confirm it yet." in html
    seen = re.search(r'name="seen" value="(\w+)"', html)[1]
    address = screen(iom).replace("change", "confirm")
    refused = supervisor.post(address, {"seen": seen}, follow=True).content.decode()
    assert "gave the other access to the desk within the last seven days." in refused
    assert "7700" not in page(client, "/")
    days_later(6)
    assert not offers_to(supervisor, iom, "confirm")
    days_later(1)
    press(supervisor, iom, "confirm")
    assert "7700" in page(client, "/")


def test_a_supervisor_s_own_new_account_confirms_nothing_of_hers(editor, sam, iom, client):
    supervisor = signed_in(Client(), sam)
    save(supervisor, screen(iom), **{"texts-0-body": NUMBER})
    assert not offers_to(editor, iom, "confirm")
    days_later(7)
    press(editor, iom, "confirm")
    assert "7700" in page(client, "/")


def test_with_one_editor_alone_it_waits_and_start_says_since_when(editor, iom):
    save(editor, screen(iom), **{"texts-0-body": NUMBER})
    html = editor.get("/desk/").content.decode()
    assert '<b>1</b> <span>Change for a second person</span> <small class="late">since' in html
    assert (
        "nobody else at the desk may confirm it yet"
        in editor.get("/desk/campaign/due/").content.decode()
    )


@pytest.mark.parametrize("role", [Officer.Role.OFFICER, Officer.Role.AUDITOR])
def test_nobody_but_an_editor_is_a_second_person(editor, sam, iom, role):
    other = signed_in(Client(), hire("kim", role, sam))
    save(editor, screen(iom), **{"texts-0-body": NUMBER})
    html = editor.get(screen(iom)).content.decode()
    assert "kim" not in html.partition("Who may confirm it")[2].partition("</p>")[0]
    for act in ("confirm", "drop"):
        address = screen(iom).replace("change", act)
        assert other.post(address, {"seen": "x"}).status_code == 403


def test_a_deactivated_account_is_no_second_person(editor, second_editor, iom):
    Officer.objects.filter(username="eric").update(is_active=False)
    save(editor, screen(iom), **{"texts-0-body": NUMBER})
    html = editor.get(screen(iom)).content.decode()
    assert "Nobody else at the desk may confirm it yet." in html
