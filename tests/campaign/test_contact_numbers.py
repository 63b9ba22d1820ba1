"""A number: off at once, changed by two people, called every 90 days."""

import socket
from datetime import timedelta

import pytest
from django.utils import timezone

from campaign import offers
from campaign.models import Contact, PendingChange
from tests.campaign.editing import decide, offers_to, press, save, screen, signed_in
from tips.models import Mail

pytestmark = pytest.mark.django_db
NOW, NEW = "(758) 468-3754", "(758) 468-9999"


@pytest.fixture
def office():
    return Contact.objects.get(slug="office")


def asks(client, contact, number=NEW):
    assert save(client, screen(contact), number=number).status_code == 302
    contact.refresh_from_db()


def waiting():
    """The number that waits; empty where none does."""
    pending = PendingChange.objects.first()
    return pending.values.get("number", "") if pending else ""


def screen_of(client, contact):
    return client.get(screen(contact)).content.decode()


def test_a_changed_number_waits_for_a_second_person(editor, second_editor, office):
    asks(editor, office)
    assert (office.number, waiting()) == (NOW, NEW)
    assert "You asked for it, so somebody else has to look at it." in screen_of(editor, office)
    assert "Who may confirm it: eric." in screen_of(editor, office)
    assert not offers_to(editor, office, "confirm")
    assert f"I called {NEW} and it works" in screen_of(second_editor, office)
    assert "Confirmed. It shows now." in press(second_editor, office, "confirm").content.decode()
    office.refresh_from_db()
    assert (office.number, waiting()) == (NEW, "")
    assert office.confirmed_on == timezone.localdate()
    offers.forget()
    assert NEW in editor.get("/contact/").content.decode()
    history = editor.get(screen(office).replace("change", "history")).content.decode()
    assert "eric" in history


def test_the_form_shows_the_number_that_waits_and_keeps_it_waiting(editor, office):
    asks(editor, office)
    assert f'name="number" value="{NEW}"' in screen_of(editor, office)
    assert save(editor, screen(office)).status_code == 302
    assert waiting() == NEW
    asks(editor, office, NOW)
    assert waiting() == ""


@pytest.mark.parametrize("preview", ["acf", ["en", "zz"]])
def test_what_is_no_preview_waits_for_a_second_person(editor, office, preview):
    assert save(editor, screen(office), number=NEW, _preview=preview).status_code == 302
    office.refresh_from_db()
    assert (office.number, waiting()) == (NOW, NEW)


def test_a_preview_of_a_number_keeps_nothing(editor, office):
    assert NEW in save(editor, screen(office), number=NEW, _preview="en").content.decode()
    office.refresh_from_db()
    assert (office.number, waiting()) == (NOW, "")


def test_a_number_that_changed_meanwhile_is_not_confirmed(editor, second_editor, office):
    asks(editor, office)
    html = screen_of(second_editor, office)
    asks(editor, office, "(758) 468-7777")
    seen = html.partition('name="seen" value="')[2].partition('"')[0]
    address = screen(office).replace("change", "confirm")
    answer = second_editor.post(address, {"seen": seen}, follow=True)
    assert "It was changed meanwhile" in answer.content.decode()
    office.refresh_from_db()
    assert (office.number, waiting()) == (NOW, "(758) 468-7777")


@pytest.mark.parametrize("who", ["editor", "second_editor"])
def test_either_of_them_can_drop_the_change(request, who, editor, office):
    asks(editor, office)
    decide(request.getfixturevalue(who), office, "drop")
    office.refresh_from_db()
    assert (office.number, waiting()) == (NOW, "")


def test_other_changes_of_a_contact_do_not_wait(editor, office):
    assert save(editor, screen(office), position="7").status_code == 302
    office.refresh_from_db()
    assert (office.position, waiting()) == (7, "")


def test_out_of_order_does_not_wait_with_the_number(editor, office):
    police = Contact.objects.get(slug="police")
    changes = {"number": NEW, "out_of_order": "on", "instead": str(police.pk)}
    assert save(editor, screen(office), **changes).status_code == 302
    office.refresh_from_db()
    assert (office.number, office.out_of_order, waiting()) == (NOW, True, NEW)


def test_a_new_contact_shows_once_a_second_person_has_called_it(editor, second_editor):
    new = {"slug": "coast-guard", "number": "(758) 452-2894", "texts-0-title": "Coast guard"}
    words = {"texts-0-state": "reviewed", "published": "on"}
    assert save(editor, "/desk/campaign/contact/add/", **words, **new).status_code == 302
    contact = Contact.objects.get(slug="coast-guard")
    assert not contact.published
    assert save(editor, screen(contact), published="on").status_code == 302
    offers.forget()
    assert "coast-guard" not in offers.contacts()
    assert not offers_to(editor, contact, "called")
    decide(second_editor, contact, "confirm")
    offers.forget()
    shown = offers.contacts()["coast-guard"]
    assert (shown.number, shown.label) == ("(758) 452-2894", "Coast guard")
    assert shown.confirmed_on == timezone.localdate()


@pytest.mark.parametrize(
    "slug", ["office", *(pytest.param(one, marks=pytest.mark.audit) for one in ("email", "crime"))]
)
def test_nobody_alone_takes_a_number_down(editor, second_editor, slug):
    contact = Contact.objects.get(slug=slug)
    assert save(editor, screen(contact), published=[]).status_code == 302
    offers.forget()
    assert slug in offers.contacts()
    decide(second_editor, contact, "confirm")
    offers.forget()
    assert slug not in offers.contacts()


def test_the_call_of_every_90_days_is_one_press(editor, office):
    today = timezone.localdate()
    assert office.is_due(today)
    press(editor, office, "called")
    office.refresh_from_db()
    assert office.confirmed_on == today
    assert not office.is_due(today + timedelta(days=89))
    assert office.is_due(today + timedelta(days=90))


def test_a_call_to_another_number_than_the_one_that_shows_counts_for_nothing(editor, office):
    editor.post(screen(office).replace("change", "called"), {"seen": NEW})
    office.refresh_from_db()
    assert office.confirmed_on is None


@pytest.mark.parametrize("act", ["confirm", "drop", "called"])
def test_nobody_but_an_editor_touches_a_number(client, kim, ada, office, act):
    address = screen(office).replace("change", act)
    for other in (kim, ada):
        signed_in(client, other)
        assert client.post(address, {"seen": office.number}).status_code == 403
    assert client.get(address).status_code == 405


class TestMail:
    """The mail waits for the mail process, beside the change."""

    def test_the_desk_is_mailed_which_number_and_who_asked(self, editor, office, settings):
        settings.DESK_IS_MAILED = True
        settings.DESK_EMAIL = ["desk@example.org", "duty@example.org"]
        asks(editor, office)
        sent = list(Mail.objects.order_by("recipient"))
        assert [mail.recipient for mail in sent] == settings.DESK_EMAIL
        assert {mail.kind for mail in sent} == {Mail.Kind.NUMBER}
        for words in ("edna", NEW, NOW, screen(office)):
            assert words in sent[0].body
        html = screen_of(editor, office)
        assert "It waits for a second person: sam. Until then" not in html
        assert "No mail went out" not in html
        assert save(editor, screen(office)).status_code == 302
        assert Mail.objects.count() == 2

    def test_without_a_mail_the_screen_says_to_tell_a_colleague(self, editor, office, settings):
        settings.DESK_IS_MAILED = False
        asks(editor, office)
        assert waiting() == NEW
        assert "tell a colleague yourself" in screen_of(editor, office)
        assert not Mail.objects.exists()

    @pytest.mark.parametrize(
        "server", ["silent", pytest.param("not there", marks=pytest.mark.audit)]
    )
    def test_no_page_waits_for_a_mail_server(self, editor, office, settings, server):
        settings.DESK_IS_MAILED, settings.DESK_EMAIL = True, ["desk@example.org"]
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 9, 60
        with socket.create_server(("127.0.0.1", 0)) as silent:
            if server == "silent":
                settings.EMAIL_PORT = silent.getsockname()[1]
            asks(editor, office)
            silent.settimeout(0)
            with pytest.raises(BlockingIOError):
                silent.accept()
        assert waiting() == NEW
