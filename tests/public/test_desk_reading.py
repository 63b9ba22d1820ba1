"""When nobody at the desk reads, the pages say so first, with the numbers."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from tests.away import database_away
from tests.public.citizen import Citizen, Desk
from tips.models import Event, Officer, Tip
from tips.public import desk_reading

SENTENCE = "Nobody at the desk has read a tip for two days."
LONG_AGO = timezone.now() - timedelta(hours=49)


def stands(desk: Desk, **columns: object) -> None:
    """The only tip came long ago, and is otherwise as these columns say."""
    with desk.rights():
        Tip.objects.update(**{"received_at": LONG_AGO} | columns)
    desk_reading.forget()


def opened(desk: Desk, verb: str = "opened", hours: int = 1) -> None:
    at = timezone.now() - timedelta(hours=hours)
    with desk.rights():
        Event.objects.record(verb, tip=Tip.objects.get(), by=Officer.objects.get(), at=at, count=0)
    desk_reading.forget()


def test_the_form_the_receipt_and_the_page_of_a_code_say_it_first(
    citizen: Citizen, desk: Desk
) -> None:
    code = citizen.report("help").code
    assert SENTENCE not in citizen.get("/report/").text
    stands(desk)
    pages = [
        citizen.get("/report/"),
        citizen.report("more"),
        citizen.get("/follow-up/"),
        citizen.post("/follow-up/", {"code": code}),
        citizen.add(code, photos=[], message="x"),
        citizen.post("/report/", {"what_happened": ""}),
    ]
    for page in pages:
        before_the_heading = page.html[: page.html.index("<h1")]
        assert SENTENCE in before_the_heading
        said = before_the_heading[before_the_heading.index(SENTENCE) :]
        assert all(f"tel:{number}" in said for number in ("999", "911", "847"))
    assert "An officer reads this." not in pages[0].text


def test_the_form_says_it_in_spanish_and_french(citizen: Citizen, desk: Desk) -> None:
    citizen.report("help")
    stands(desk)
    assert "nadie en la oficina de ayuda ha leído un aviso" in citizen.get("/es/report/").text
    assert "personne au bureau d’aide n’a lu" in citizen.get("/fr/report/").text


@pytest.mark.parametrize(
    "columns",
    [
        {"received_at": timezone.now() - timedelta(hours=46)},
        {"set_aside": 1},
        {"channel": "drill"},
        {"hours_to_open": 3},
        {"status": "closed", "outcome": "junk", "closed_on": date(2026, 1, 1)},
    ],
    ids=["young", "set aside", "drill", "read long ago", "closed"],
)
def test_only_a_true_tip_that_nobody_read_for_two_days_waits(
    citizen: Citizen, desk: Desk, columns: dict[str, object]
) -> None:
    citizen.report("help")
    stands(desk)
    assert desk_reading.is_silent()
    stands(desk, **columns)
    assert not desk_reading.is_silent()


def test_only_an_opening_of_a_true_tip_in_the_last_two_days_is_reading(
    citizen: Citizen, desk: Desk
) -> None:
    citizen.report("help")
    stands(desk)
    opened(desk, hours=49)
    opened(desk, verb="noted")
    assert desk_reading.is_silent()
    opened(desk)
    assert not desk_reading.is_silent()
    for columns in ({"set_aside": 1}, {"channel": "drill"}):
        stands(desk, set_aside=0, channel="web")
        assert not desk_reading.is_silent()
        stands(desk, **columns)
        with desk.rights():
            waiting = Tip.objects.get()
            waiting.pk, waiting.reference = "6f0e0b4e-4a3b-4c3e-9d57-0a4c3a2b1c0d", "BB-0000"
            waiting.lookup_id, waiting.content_digest = b"l" * 32, b"c" * 32
            waiting.set_aside, waiting.channel = 0, "web"
            waiting.save(force_insert=True)
        assert desk_reading.is_silent()
        with desk.rights():
            waiting.delete()


def test_it_is_asked_once_a_minute_and_stays_as_it_was_while_the_database_is_away(
    citizen: Citizen, desk: Desk, django_db_blocker: object
) -> None:
    citizen.report("help")
    stands(desk)
    assert desk_reading.is_silent()
    with database_away(django_db_blocker):
        assert desk_reading.is_silent()
        desk_reading.forget()
        assert not desk_reading.is_silent()
