"""Every change of the site is an event in the trail, written with it or not at all."""

import re
from contextlib import contextmanager
from datetime import date
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection
from PIL import Image

from campaign import review
from campaign.models import Closure, Contact, Item, Milestone, OpeningHours, Page, Sign, Text
from slu_antitrafficking.roles import role_names
from tests.campaign.editing import decide, fields, press, save, screen
from tips.models import Event

pytestmark = pytest.mark.django_db
NUMBER = "WhatsApp us: +44 7700 900123."


def trail():
    """Who changed what, oldest first."""
    events = Event.objects.filter(verb=Event.Verb.CONTENT_CHANGED).order_by("at")
    return [(event.by, event.about) for event in events]


def change_week(client):
    address = "/desk/campaign/openinghours/"
    html = client.get(address).content.decode()
    sent = dict(re.findall(r'name="(form-[^"]+)" value="([^"]*)"', html))
    times = re.findall(r'<input type="time" name="([^"]+)"(?: value="([^"]*)")?', html)
    sent |= dict(times) | {"_save": "Save", "form-0-opens": "09:00", "form-4-opens": "09:30"}
    return client.post(address, sent)


def test_adding_changing_and_deleting_an_item(editor):
    words = {"texts-0-title": "A title", "texts-0-state": "draft"}
    save(editor, "/desk/campaign/sign/add/", group="work", **words)
    sign = Sign.objects.get(texts__title="A title")
    save(editor, screen(sign), position="7")
    editor.post(screen(sign).replace("change", "delete"), {"post": "yes"})
    assert trail() == [("edna", "sign sign-1")] * 3


def test_a_save_that_changes_nothing_is_none(editor):
    save(editor, screen(Page.objects.get(slug="home-iom")))
    assert trail() == []


def test_asking_confirming_and_dropping(editor, second_editor):
    iom = Page.objects.get(slug="home-iom")
    save(editor, screen(iom), **{"texts-0-body": NUMBER})
    decide(second_editor, iom, "confirm")
    save(editor, screen(iom), **{"texts-1-body": NUMBER})
    decide(editor, iom, "drop")
    about = "page home-iom"
    assert trail() == [(name, about) for name in ("edna", "eric", "edna", "edna")]


def test_a_number_called(editor):
    press(editor, Contact.objects.get(slug="office"), "called")
    assert trail() == [("edna", "contact office")]


def test_a_review(editor):
    text = Text.objects.get(item__slug="home-iom", language="es")
    seen = {"seen": review.fingerprint(text)}
    editor.post(f"/desk/campaign/review/{text.pk}/", seen)
    text.refresh_from_db()
    assert text.state == "reviewed"
    assert trail() == [("edna", "page home-iom")]


def test_hours_closures_and_holidays(editor):
    change_week(editor)
    days = {"first_day": "2030-12-24", "last_day": "2030-12-26"}
    save(editor, "/desk/campaign/closure/add/", **days)
    html = editor.get("/desk/campaign/closure/").content.decode()
    editor.post(re.search(r'action="([^"]+holiday/[^"]+)"', html)[1])
    holiday = Closure.objects.order_by("pk").last()
    editor.post(f"/desk/campaign/closure/{holiday.pk}/delete/", {"post": "yes"})
    assert trail() == [
        ("edna", "openinghours Monday"),
        ("edna", "openinghours Friday"),
        ("edna", "closure 2030-12-24 to 2030-12-26"),
        ("edna", f"closure {holiday.first_day} to {holiday.last_day}"),
        ("edna", f"closure {holiday.first_day} to {holiday.last_day}"),
    ]


def test_a_picture_put_up_and_taken_away(editor, second_editor):
    milestone = Milestone.objects.get(slug="campaign")
    sent = fields(editor.get(screen(milestone)).content.decode())
    sent.pop("picture", None)
    out = BytesIO()
    Image.new("RGB", (64, 48), "red").save(out, "JPEG")
    picture = SimpleUploadedFile("x.jpg", out.getvalue(), "image/jpeg")
    words = {"texts-0-picture_words": "Six people."}
    editor.post(screen(milestone), sent | words | {"picture": picture})
    decide(second_editor, milestone, "confirm")
    save(editor, screen(milestone), remove_picture="on")
    about = "milestone campaign"
    assert trail() == [("edna", about), ("eric", about), ("edna", about)]


def test_a_long_slug_is_cut_and_no_word_of_content_is_in_it(editor):
    slug = "a" * 60
    words = {"texts-0-title": "A secret title", "texts-0-state": "draft"}
    save(editor, "/desk/campaign/sign/add/", group="work", slug=slug, **words)
    assert trail() == [("edna", f"sign {slug}"[:40])]


@contextmanager
def no_trail():
    """Inside: the desk's own role, and a trail that cannot be written."""
    role = role_names(connection.settings_dict["NAME"]).desk
    with connection.cursor() as cursor:
        cursor.execute(f'REVOKE INSERT ON tips_event FROM "{role}"')
        cursor.execute(f'SET ROLE "{role}"')
        try:
            yield
        finally:
            cursor.execute("RESET ROLE")
            cursor.execute(f'GRANT INSERT ON tips_event TO "{role}"')


def state():
    """All that an editor can change."""
    return (
        [*Item.objects.order_by("pk").values_list()],
        [*Contact.objects.order_by("pk").values_list()],
        [*Text.objects.order_by("pk").values_list()],
        [*OpeningHours.objects.order_by("pk").values_list()],
        [*Closure.objects.order_by("pk").values_list()],
    )


def acts(editor, second_editor):
    """Every way to change the site, ready to be done."""
    sign = Sign.objects.get(slug="long-days")
    asked = Page.objects.get(slug="home-iom")
    save(second_editor, screen(asked), **{"texts-0-body": NUMBER})
    text = Text.objects.get(item=sign, language="es")
    seen = {"seen": review.fingerprint(text)}
    closure = Closure.objects.create(first_day=date(2030, 1, 1), last_day=date(2030, 1, 1))
    html = editor.get("/desk/campaign/closure/").content.decode()
    holiday = re.search(r'action="([^"]+holiday/[^"]+)"', html)[1]
    return [
        lambda: save(editor, screen(sign), position="7"),
        lambda: save(editor, "/desk/campaign/sign/add/", group="work", **{"texts-0-title": "A"}),
        lambda: save(editor, screen(sign), **{"texts-0-body": NUMBER}),
        lambda: decide(editor, asked, "confirm"),
        lambda: decide(editor, asked, "drop"),
        lambda: press(editor, Contact.objects.get(slug="office"), "called"),
        lambda: change_week(editor),
        lambda: editor.post(holiday),
        lambda: editor.post(f"/desk/campaign/closure/{closure.pk}/delete/", {"post": "yes"}),
        lambda: editor.post(f"/desk/campaign/review/{text.pk}/", seen),
    ]


@pytest.mark.django_db(transaction=True)
def test_what_cannot_be_written_into_the_trail_is_not_done(editor, second_editor):
    todo = acts(editor, second_editor)
    before = state()
    with no_trail():
        for act in todo:
            with pytest.raises(DatabaseError, match="tips_event"):
                act()
            assert state() == before
    for act in todo[:4] + todo[5:]:
        assert act().status_code in (200, 302)
    assert len(trail()) > len(todo)
