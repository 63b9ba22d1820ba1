"""What one editor changed waits for a second person: who that can be, and what they do."""

import re

import pytest
from django.db import connection
from django.test import Client

from campaign.models import (
    Contact,
    Page,
    PendingChange,
    Text,
)
from tests.campaign.editing import (
    EVIL,
    NUMBER,
    decide,
    offers_to,
    page,
    press,
    said,
    save,
    screen,
    signed_in,
)
from tests.restored import hired
from tips.models import Officer

pytestmark = pytest.mark.django_db


def days_later(days):
    """As if all that the trail knows had happened so long ago."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE tips_event DISABLE TRIGGER USER")
        cursor.execute("UPDATE tips_event SET at = at - make_interval(days => %s)", [days])
        cursor.execute("ALTER TABLE tips_event ENABLE TRIGGER USER")


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
    decide(second_editor, block, "confirm")
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


def test_what_cannot_stand_any_more_is_not_confirmed_and_its_reason_is_named(
    editor, second_editor, iom
):
    """Between the asking and the confirming somebody deleted what the change names."""
    gone = Page.objects.create(slug="own-page", position=2000)
    Text.objects.create(item=gone, title="Our page", state="reviewed")
    number = Contact.objects.create(slug="own", position=900, number="468-9998", published=True)
    words = {"texts-0-body": f"{NUMBER} Or {{own}}."}
    save(editor, screen(iom), **words)
    Contact.objects.filter(pk=number.pk).delete()
    assert "only these may stand" in said(decide(second_editor, iom, "confirm"))
    assert PendingChange.objects.exists()
    save(editor, screen(iom), **{"texts-0-body": NUMBER, "on": str(gone.pk)})
    gone.delete()
    assert "It was changed meanwhile." in said(decide(second_editor, iom, "confirm"))
    assert PendingChange.objects.exists()


def test_an_innocent_save_does_not_make_an_asker_the_second_person(
    editor, second_editor, sam, iom, client
):
    """Else whoever asked would confirm it under a colleague's name."""
    save(editor, screen(iom), **{"texts-0-body": NUMBER})
    assert save(second_editor, screen(iom), position="7").status_code == 302
    assert PendingChange.objects.get().asked_by == ["edna", "eric"]
    assert not offers_to(editor, iom, "confirm")
    assert not offers_to(second_editor, iom, "confirm")
    third = signed_in(Client(), hired("erin", Officer.Role.EDITOR, sam))
    decide(third, iom, "confirm")
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
    decide(second_editor, iom, "confirm")
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
    decide(supervisor, iom, "confirm")
    assert "7700" in page(client, "/")


def test_a_supervisor_s_own_new_account_confirms_nothing_of_hers(editor, sam, iom, client):
    supervisor = signed_in(Client(), sam)
    save(supervisor, screen(iom), **{"texts-0-body": NUMBER})
    assert not offers_to(editor, iom, "confirm")
    days_later(7)
    decide(editor, iom, "confirm")
    assert "7700" in page(client, "/")


def test_with_one_editor_alone_it_waits_and_start_says_since_when(editor, iom):
    save(editor, screen(iom), **{"texts-0-body": NUMBER})
    html = editor.get("/desk/").content.decode()
    assert '<b>1</b> <span>Change for a second person</span> <small class="late">since' in html
    assert (
        "nobody else at the desk may confirm it yet"
        in editor.get("/desk/campaign/due/").content.decode()
    )


def test_nobody_but_an_editor_is_a_second_person(editor, second_editor, kim, ada, iom):
    save(editor, screen(iom), **{"texts-0-body": NUMBER})
    assert "Who may confirm it: eric." in editor.get(screen(iom)).content.decode()
    for other in (kim, ada):
        browser = signed_in(Client(), other)
        assert decide(browser, iom, "confirm").status_code == 403
        assert decide(browser, iom, "drop").status_code == 403


def test_a_deactivated_account_is_no_second_person(editor, second_editor, iom):
    Officer.objects.filter(username="eric").update(is_active=False)
    save(editor, screen(iom), **{"texts-0-body": NUMBER})
    html = editor.get(screen(iom)).content.decode()
    assert "Nobody else at the desk may confirm it yet." in html
