"""What the desk reminds editors of."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from campaign import due
from campaign.models import Contact, Item, PendingChange
from tests.campaign.editing import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def today():
    """A day on which everything is in order."""
    day = timezone.localdate()
    Contact.objects.update(confirmed_on=day)
    Item.objects.filter(checked_on__isnull=False).update(checked_on=day)
    return day


def test_a_number_is_due_after_90_days(today):
    assert due.on(today + timedelta(days=89)).to_call == []
    assert len(due.on(today + timedelta(days=90)).to_call) == Contact.objects.count()


def test_the_longest_overdue_stands_first_and_never_called_before_it(today):
    Contact.objects.filter(slug="office").update(confirmed_on=today - timedelta(days=100))
    Contact.objects.filter(slug="email").update(confirmed_on=None)
    Contact.objects.filter(slug="847").update(confirmed_on=today - timedelta(days=90))
    assert [one.slug for one in due.on(today).to_call] == ["email", "office", "847"]


def test_a_fact_is_due_after_a_year(today):
    fact = Item.objects.filter(checked_on__isnull=False, published=True)[0]
    Item.objects.filter(pk=fact.pk).update(checked_on=today - timedelta(days=365))
    assert [one.pk for one in due.on(today).to_check] == [fact.pk]
    Item.objects.filter(pk=fact.pk).update(checked_on=today - timedelta(days=364))
    assert due.on(today).to_check == []


def test_what_nobody_has_checked_yet_is_the_editors_list_and_on_no_page(editor, today, client):
    point = "How far section 13 goes: which acts of a victim it covers."
    assert point in editor.get("/desk/campaign/due/").content.decode()
    assert point not in client.get("/law/").content.decode()
    rights = Item.objects.get(slug="law-rights")
    Item.objects.filter(pk=rights.pk).update(open_points="")
    assert point not in editor.get("/desk/campaign/due/").content.decode()
    Item.objects.update(open_points="")
    assert "with points to check" not in editor.get("/desk/").content.decode()


def test_editors_and_supervisors_see_it_on_their_start_page(editor, today, sam):
    Contact.objects.filter(slug="office").update(confirmed_on=None)
    Contact.objects.filter(slug="847").update(
        out_of_order=True, instead=Contact.objects.get(slug="office")
    )
    html = editor.get("/desk/").content.decode()
    assert "<b>1</b> <span>Numbers to call</span>" in html
    assert "847 is out of order" in html
    assert "(758) 468-3754" in editor.get("/desk/campaign/due/").content.decode()
    supervisor = signed_in(type(editor)(), sam)
    assert "<b>1</b> <span>Numbers to call</span>" in supervisor.get("/desk/").content.decode()


def test_what_waits_is_on_the_list_with_since_when_and_for_whom(editor, today):
    office = Contact.objects.get(slug="office")
    since = timezone.now() - timedelta(days=40)
    PendingChange.objects.create(
        item=office, values={"number": "(758) 468-9999"}, asked_by=["edna"], asked_at=since
    )
    html = editor.get("/desk/").content.decode()
    day = date_format(timezone.localtime(since), "j M Y")
    assert f'second person</span> <small class="late">since {day}</small>' in html
    html = editor.get("/desk/campaign/due/").content.decode()
    assert f"asked by edna, waiting since {day}" in html
    assert "nobody else at the desk may confirm it yet" in html
