"""A number: off at once, changed by two people, called every 90 days."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from campaign import offers
from campaign.models import Contact
from tests.campaign.editing import save, signed_in
from tests.campaign.mail_server import mail_server
from tests.cast import hire
from tips.models import Officer

pytestmark = pytest.mark.django_db
NEW = "(758) 468-9999"


@pytest.fixture
def office():
    return Contact.objects.get(slug="office")


def url(contact, rest="change"):
    return f"/desk/campaign/contact/{contact.pk}/{rest}/"


def asks(client, contact, number=NEW):
    assert save(client, url(contact), number=number).status_code == 302
    contact.refresh_from_db()


def said(client, contact):
    return client.get(url(contact)).content.decode()


def test_a_changed_number_waits_for_a_second_person(editor, second_editor, office):
    asks(editor, office)
    assert (office.number, office.asked_number, office.asked_by) == ("(758) 468-3754", NEW, "edna")
    assert "somebody else has to call it" in said(editor, office)
    assert "and it works</button>" not in said(editor, office)
    assert "and it works</button>" in said(second_editor, office)
    second_editor.post(url(office, "confirm"), {"seen": NEW})
    office.refresh_from_db()
    assert (office.number, office.asked_number, office.asked_by) == (NEW, "", "")
    assert office.confirmed_on == timezone.localdate()
    offers.forget()
    assert NEW in editor.get("/contact/").content.decode()
    assert "eric" in editor.get(url(office, "history")).content.decode()


@pytest.mark.parametrize("preview", ["", "zz", "acf", ["en", "zz"]])
def test_what_is_no_preview_waits_for_a_second_person(editor, office, preview):
    assert save(editor, url(office), number=NEW, _preview=preview).status_code == 302
    office.refresh_from_db()
    assert (office.number, office.asked_number) == ("(758) 468-3754", NEW)


def test_a_preview_of_a_number_keeps_nothing(editor, office):
    assert NEW in save(editor, url(office), number=NEW, _preview="en").content.decode()
    office.refresh_from_db()
    assert (office.number, office.asked_number) == ("(758) 468-3754", "")


def test_nobody_confirms_their_own_number(editor, office):
    asks(editor, office)
    answer = editor.post(url(office, "confirm"), {"seen": NEW}, follow=True)
    assert "A second person has to call the new number" in answer.content.decode()
    office.refresh_from_db()
    assert office.number == "(758) 468-3754"


def test_a_number_that_changed_meanwhile_is_not_confirmed(editor, second_editor, office):
    asks(editor, office)
    asks(editor, office, "(758) 468-7777")
    answer = second_editor.post(url(office, "confirm"), {"seen": NEW}, follow=True)
    assert "It was changed meanwhile" in answer.content.decode()
    office.refresh_from_db()
    assert office.asked_number == "(758) 468-7777"


@pytest.mark.parametrize("who", ["editor", "second_editor"])
def test_either_of_them_can_drop_the_change(request, who, editor, office):
    asks(editor, office)
    request.getfixturevalue(who).post(url(office, "drop"), {"seen": NEW})
    office.refresh_from_db()
    assert (office.number, office.asked_number) == ("(758) 468-3754", "")


def test_other_changes_of_a_contact_do_not_wait(editor, office):
    assert save(editor, url(office), position="7").status_code == 302
    office.refresh_from_db()
    assert (office.position, office.asked_number) == (7, "")


def test_a_new_contact_shows_once_a_second_person_has_called_it(editor, second_editor):
    new = {"slug": "coast-guard", "number": "(758) 452-2894", "texts-0-title": "Coast guard"}
    add = "/desk/campaign/contact/add/"
    assert save(editor, add, published="on", **new).status_code == 302
    contact = Contact.objects.get(slug="coast-guard")
    assert not contact.published
    refused = save(editor, url(contact), published="on").content.decode()
    assert "A second person has to call this number before it shows." in refused
    editor.post(url(contact, "confirm"), {"seen": contact.number})
    contact.refresh_from_db()
    assert not contact.published
    second_editor.post(url(contact, "confirm"), {"seen": contact.number})
    contact.refresh_from_db()
    assert contact.published


def test_the_call_of_every_90_days_is_one_press(editor, office):
    today = timezone.localdate()
    assert office.is_due(today)
    editor.post(url(office, "called"), {"seen": office.number})
    office.refresh_from_db()
    assert office.confirmed_on == today
    assert not office.is_due(today + timedelta(days=89))
    assert office.is_due(today + timedelta(days=90))


def test_a_call_to_another_number_than_the_one_that_shows_counts_for_nothing(editor, office):
    editor.post(url(office, "called"), {"seen": NEW})
    office.refresh_from_db()
    assert office.confirmed_on is None


@pytest.mark.parametrize("act", ["confirm", "drop", "called"])
@pytest.mark.parametrize("role", [Officer.Role.OFFICER, Officer.Role.AUDITOR])
def test_nobody_but_an_editor_touches_a_number(client, sam, office, act, role):
    signed_in(client, hire("kim", role, sam))
    assert client.post(url(office, act), {"seen": office.number}).status_code == 403
    assert client.get(url(office, act)).status_code == 405


def test_the_desk_is_mailed_which_number_and_who_asked(editor, office, settings):
    settings.EMAIL_IS_SET, settings.DESK_EMAIL = True, ["desk@example.org"]
    asks(editor, office)
    (sent,) = mail.outbox
    assert sent.to == ["desk@example.org"]
    for words in ("edna", NEW, "(758) 468-3754", url(office)):
        assert words in sent.body
    assert "No mail went out" not in said(editor, office)


@pytest.mark.parametrize("is_set", [True, False])
def test_without_a_mail_the_screen_says_to_tell_a_colleague(editor, office, settings, is_set):
    settings.EMAIL_IS_SET, settings.DESK_EMAIL = is_set, ["desk@example.org"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    asks(editor, office)
    assert office.asked_number == NEW
    assert "tell a colleague yourself" in said(editor, office)


def test_each_address_has_a_message_of_its_own_and_a_refused_one_is_named(editor, office, settings):
    with mail_server(refused=("gone@example.org",)) as server:
        settings.EMAIL_IS_SET = True
        settings.DESK_EMAIL = ["gone@example.org", "desk@example.org", "duty@example.org"]
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        asks(editor, office)
    assert ["To: desk@" in one for one in server.taken] == [True, False]
    assert ["To: duty@" in one for one in server.taken] == [False, True]
    html = said(editor, office)
    assert "did not reach gone@example.org: tell them yourself" in html
    assert "No mail went out" not in html
