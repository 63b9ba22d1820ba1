"""A tip with more of everything than any screen holds, on a telephone."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from playwright.sync_api import Browser

from tests.admin.desk import PHOTO, enter, new_tip, url_of
from tests.admin.screen import desk_screen
from tests.browser.looking import UNFOLD, WIDE
from tests.cast import FIELDS, Person
from tips import actions
from tips.crypto import active_key, associated_data, sealing
from tips.models import Event, Message, Photo, Tip

pytestmark = pytest.mark.django_db

WORD = "x" * 390
LINK = "https://example.org/" + "y" * 390
MESSAGES, PHOTOS, NOTES = 200, 50, 30
CHOSEN = ("district", "relation", "first_hand", "may_share", "answer_language", "signs")
LONG = {
    name: f"{WORD} {LINK}"
    for name, value in FIELDS.items()
    if value == "" and name not in CHOSEN and "_now" not in name and "under" not in name
} | {"what_happened": f"{WORD} {LINK}", "official_involved": ""}


def grow(tip: Tip, person: Person) -> None:
    """So many messages of both sides, photos, notes and openings."""
    key = active_key.current().public
    rows = [uuid4() for _ in range(MESSAGES)]
    Message.objects.bulk_create(
        Message(
            id=row,
            tip=tip,
            number=number,
            from_desk=number % 2 == 0,
            by=person.officer.username if number % 2 == 0 else "",
            sealed=sealing.seal_json(
                {"version": 1, "text": f"message-{number} {WORD} {LINK}"},
                [key],
                associated_data.of_message(row),
            ),
        )
        for number, row in enumerate(rows, 1)
    )
    pictures = [uuid4() for _ in range(PHOTOS)]
    Photo.objects.bulk_create(
        Photo(
            id=row,
            tip=tip,
            message_id=rows[0],
            number=number,
            sealed=sealing.seal(PHOTO, [key], associated_data.of_photo(row)),
        )
        for number, row in enumerate(pictures, 1)
    )
    for number in range(NOTES):
        actions.note(tip=tip, by=person.officer, text=f"note-{number} {WORD} {LINK}")
    actions.raise_urgency(tip=tip, by=person.officer)
    actions.lower_urgency(tip=tip, by=person.officer, reason=f"{WORD} {LINK}")


def test_a_tip_with_too_much_of_everything_fits_a_telephone(kim: Person, browser: Browser) -> None:
    tip = new_tip(**LONG)
    grow(tip, kim)
    client = enter(kim)
    counts = []
    for _ in range(3):  # once in ten seconds the site's texts are read anew as well
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(url_of(tip))
        counts.append(len(queries))
    assert min(counts) <= 12, counts
    html = answer.content.decode()
    for number in range(1, MESSAGES + 1):
        assert f"message-{number} " in html
    for number in range(NOTES):
        assert f"note-{number} " in html
    with desk_screen(browser) as screen:
        screen.shows(answer)
        screen.page.evaluate(UNFOLD)
        assert screen.page.evaluate(WIDE) == []
        assert screen.cut_off() == []
        shown = screen.page.inner_text("#container")
        assert shown.count(WORD) >= MESSAGES + NOTES
        for number in (1, PHOTOS):
            assert f"Show photo {number}" in shown


def test_a_trail_that_does_not_fit_says_so(kim: Person) -> None:
    tip, client = new_tip(), enter(kim)
    Event.objects.bulk_create(
        Event(verb="noted", by="kim", tip_id=tip.pk, reference=str(tip)) for _ in range(210)
    )
    assert "Older events are left out" in client.get(url_of(tip)).content.decode()
