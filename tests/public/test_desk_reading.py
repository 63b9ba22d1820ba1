"""When nobody at the desk reads, the pages say so first, with the numbers."""

from datetime import timedelta

from django.utils import timezone

from tests.away import database_away
from tests.public.citizen import Citizen, Desk
from tips.models import Tip
from tips.public import desk_reading

SENTENCE = "Nobody at the desk has read a tip for two days."
LONG_AGO = timezone.now() - timedelta(hours=49)


def stands(desk: Desk, **columns: object) -> None:
    """The only tip came long ago, and is otherwise as these columns say."""
    with desk.rights():
        Tip.objects.update(**{"received_at": LONG_AGO} | columns)
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
    assert "Somebody at the help desk reads this." not in pages[0].text


def test_the_form_says_it_in_spanish_and_french(citizen: Citizen, desk: Desk) -> None:
    citizen.report("help")
    stands(desk)
    assert "nadie en la oficina de ayuda ha leído ningún aviso" in citizen.get("/es/report/").text
    assert "personne au bureau d’aide n’a lu" in citizen.get("/fr/report/").text


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
