"""The office's week and its closed days."""

import re
from datetime import date
from html import unescape

import pytest

from campaign import offers, public_holidays
from campaign.models import Closure, OpeningHours
from tests.campaign.editing import save

pytestmark = pytest.mark.django_db
WEEK = "/desk/campaign/openinghours/"
CLOSED = "/desk/campaign/closure/"


def change_week(client, **changes):
    html = client.get(WEEK).content.decode()
    sent = dict(re.findall(r'name="(form-[^"]+)" value="([^"]*)"', html))
    times = re.findall(r'<input type="time" name="([^"]+)"(?: value="([^"]*)")?', html)
    sent |= dict(times) | {"_save": "Save"} | changes
    return client.post(WEEK, sent)


def test_the_week_is_changed_on_one_screen(editor):
    changes = {"form-4-opens": "", "form-4-closes": "", "form-0-opens": "09:00"}
    assert change_week(editor, **changes).status_code == 302
    assert OpeningHours.objects.get(day=4).opens is None
    assert OpeningHours.objects.get(day=0).opens.hour == 9
    offers.forget()
    assert "Friday to Sunday" in editor.get("/contact/").content.decode()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"form-0-opens": ""}, "Write both times, or none"),
        ({"form-0-closes": "07:00"}, "It has to close after it opens."),
    ],
)
def test_hours_that_make_no_sense_are_refused(editor, changes, sentence):
    answer = change_week(editor, **changes)
    assert sentence in answer.content.decode()
    assert OpeningHours.objects.get(day=0).closes.hour == 16


def test_a_closure_ends_on_its_first_day_or_later(editor):
    days = {"first_day": "2030-12-24", "last_day": "2030-12-23"}
    refused = save(editor, f"{CLOSED}add/", **days).content.decode()
    assert "The last day cannot be before the first." in refused
    assert save(editor, f"{CLOSED}add/", **days | {"last_day": "2030-12-26"}).status_code == 302


def test_public_holidays_are_proposed_until_the_office_is_closed_on_them():
    today = date(2026, 11, 27)
    proposed = public_holidays.not_yet_closed(today)
    assert (date(2026, 12, 13), "National Day") in proposed
    assert (date(2027, 2, 22), "Independence Day") in proposed
    assert min(proposed)[0] >= today
    Closure.objects.create(first_day=date(2026, 12, 12), last_day=date(2026, 12, 14))
    assert date(2026, 12, 13) not in dict(public_holidays.not_yet_closed(today))


def test_a_holiday_is_added_with_one_press(editor):
    html = editor.get(CLOSED).content.decode()
    address, name = re.search(
        r'action="([^"]+holiday/[^"]+)".*?aria-label="Add ([^"]+),', html
    ).groups()
    editor.post(address)
    closure = Closure.objects.get()
    assert closure.reason in unescape(name)
    assert f'action="{address}"' not in editor.get(CLOSED).content.decode()
    editor.post(address)
    assert Closure.objects.count() == 1
    assert editor.post(f"{CLOSED}holiday/2026/2/30/").status_code == 302
