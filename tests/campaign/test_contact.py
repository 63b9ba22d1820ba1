from datetime import date, timedelta

import pytest
from django.utils import timezone

from campaign import offers
from campaign.hours import ISLAND
from campaign.models import Closure, Contact, OpeningHours
from tests.campaign.showing import fresh
from tests.reading import Reading

pytestmark = pytest.mark.django_db


def text(client):
    return Reading(client.get("/contact/").content.decode()).text


def test_numbers_address_and_hours(client):
    page = text(client)
    for words in ("999", "911", "847", "555", "(758) 468-3754", "police@antitraffickingslu.org"):
        assert words in page
    assert "Waterfront, Castries" in page
    assert "8:00 am – 4:30 pm" in page


def test_it_is_honest_about_numbers_that_nobody_has_called(client):
    assert "Looked up on 23 November 2026; not yet confirmed by a call." in text(client)


def test_a_confirmed_number_shows_its_day(client):
    Contact.objects.update(confirmed_on=date(2026, 12, 1))
    page = text(client)
    assert "Confirmed by a call on 1 December 2026" in page
    assert "not yet confirmed" not in page


@pytest.mark.parametrize(
    ("path", "words"), [("/", "Day and night."), ("/materials/poster/", ", day and night 847")]
)
def test_day_and_night_is_promised_once_somebody_has_called(client, path, words):
    assert words not in fresh(client, path).text
    Contact.objects.update(confirmed_on=date(2026, 12, 1))
    offers.forget()
    assert words in fresh(client, path).text


def test_changed_hours_show(client):
    OpeningHours.objects.filter(day=4).update(opens=None, closes=None)
    page = text(client)
    assert "Monday to Thursday8:00 am – 4:30 pm" in page
    assert "Friday to SundayClosed" in page


def test_holidays_ahead_show_and_those_past_do_not(client):
    today = timezone.now().astimezone(ISLAND).date()
    Closure.objects.create(first_day=today + timedelta(3), last_day=today + timedelta(3))
    Closure.objects.create(first_day=today + timedelta(10), last_day=today + timedelta(11))
    Closure.objects.create(first_day=today - timedelta(3), last_day=today - timedelta(3))
    page = text(client)
    assert page.count("Also closed on") == 1
    assert page.count("Also closed from") == 1
