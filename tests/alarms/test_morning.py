"""The morning mail, its digits, the test alarm, and what the start page says of mail."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.admin.desk import enter
from tests.alarms.clock import Clock
from tests.alarms.smtp import Server
from tests.cast import Person
from tests.database.acting import acting_as
from tips.alarms import health
from tips.management.commands import mail as mail_command
from tips.models import HEARTBEAT, Event, Mail, MorningDigits, Upkeep

pytestmark = pytest.mark.django_db

ALL = ["desk@example.org", "duty@example.org", "sam@example.org"]


def test_at_seven_everybody_gets_the_same_four_digits_once_also_when_nothing_waits(
    server: Server, clock: Clock
) -> None:
    clock.now = clock.now.replace(hour=6, minute=59)
    clock.tick()
    assert not server.taken
    clock.go(every=timedelta(minutes=20), minutes=61)
    assert server.recipients == ALL
    digits = {re.findall(r"digits: (\d{4})\.", str(one.message))[0] for one in server.taken}
    assert digits == {MorningDigits.objects.get().digits}
    assert {one.message["Subject"] for one in server.taken} == {"Know the Signs: something waits"}
    clock.now += timedelta(days=1)
    clock.tick()
    assert len(server.taken) == 6


def test_a_site_that_was_off_at_seven_sends_it_later(server: Server, clock: Clock) -> None:
    clock.now = clock.now.replace(hour=15)
    clock.tick()
    assert server.recipients == ALL


def test_whoever_types_the_digits_proves_that_mail_is_read(
    server: Server, clock: Clock, kim: Person, ada: Person
) -> None:
    clock.now = timezone.localtime().replace(hour=12)
    clock.tick()
    digits = MorningDigits.objects.get().digits
    client = enter(kim)
    asks = 'name="digits"'
    with acting_as("desk"):
        assert asks in client.get("/desk/").content.decode()
    wrong = f"{(int(digits) + 1) % 10_000:04}"
    with acting_as("desk"):
        client.post("/desk/alarms/digits/", {"digits": wrong})
    page = client.get("/desk/").content.decode()
    assert "not the digits of today" in page
    assert asks in page
    assert not Event.objects.filter(verb="mail_read").exists()
    for person in (kim, ada):
        other = enter(person)
        with acting_as("desk"):
            other.post("/desk/alarms/digits/", {"digits": f" {digits}"})
    assert asks not in client.get("/desk/").content.decode()
    assert [event.by for event in Event.objects.filter(verb="mail_read")] == ["kim"]


def test_a_test_alarm_is_an_event_and_mail_to_everybody_and_says_what_became_of_it(
    server: Server, clock: Clock, settings: Any, kim: Person
) -> None:
    server.refused.add("duty@example.org")
    clock.now = timezone.localtime()
    client = enter(kim)
    with acting_as("desk"):
        client.post("/desk/alarms/test/")
        client.post("/desk/alarms/test/")
    assert [event.by for event in Event.objects.filter(verb="alarm_tested")] == ["kim"]
    clock.tick()
    clock.tick()
    tests = [one for one in server.taken if "URGENT" in str(one.message["Subject"])]
    assert sorted(one.recipient for one in tests) == ["desk@example.org", "sam@example.org"]
    assert "This is a test of the alarm. Nobody waits." in str(tests[0].message)
    with acting_as("desk"):
        page = client.get("/desk/alarms/").content.decode()
    assert re.search(r"<strong>the desk</strong> a server took it", page)
    assert re.search(r"whoever is on duty</strong> <span[^>]*>not delivered", page)
    assert "SMTPRecipientsRefused" in page


def test_auditors_and_editors_ring_no_alarm_and_take_no_tip(
    server: Server, clock: Clock, ada: Person
) -> None:
    clock.tip(danger_now="yes")
    client = enter(ada)
    client.post("/desk/alarms/test/")
    client.post("/desk/alarms/on-it/")
    assert not Event.objects.filter(verb__in=("alarm_tested", "taken")).exists()
    assert "Test alarm</button>" not in client.get("/desk/alarms/").content.decode()


def lines(**ago: timedelta) -> list[tuple[str, str]]:
    """State and text of the lines of health, so long after everything was well."""
    now = timezone.now() + ago.get("after", timedelta())
    read = Event.objects.last_of("mail_read").get("mail_read")
    return [(line.state, line.text) for line in health.lines(now, health.state(now), read)]


def test_health_is_red_while_nobody_is_told(server: Server, clock: Clock, settings: Any) -> None:
    settings.MAIL_LEAVES = False
    assert lines() == [("bad", "nobody is told that a tip waits: EMAIL_URL is not set")]
    settings.MAIL_LEAVES, settings.DESK_EMAIL, settings.DUTY_EMAIL = True, [], []
    assert lines()[0][0] == "bad"
    assert "DESK_EMAIL" in lines()[0][1]


@pytest.mark.django_db(transaction=True)
def test_health_is_red_when_the_mail_process_is_silent_for_three_minutes(server: Server) -> None:
    assert lines() == [("bad", "the mail process has not run since the start")]
    mail_command.tick()
    assert Upkeep.objects.get(name=HEARTBEAT).problem == ""
    assert lines() == [("ok", "leaves")]
    assert lines(after=timedelta(minutes=2)) == [("ok", "leaves")]
    assert lines(after=timedelta(minutes=4)) == [
        ("bad", "the mail process has not run for 4 minutes")
    ]


def test_health_is_red_when_a_mail_is_late_or_none_was_taken_for_26_hours(
    server: Server, clock: Clock
) -> None:
    server.refused.add("desk@example.org")
    clock.now = timezone.localtime()
    clock.tip(danger_now="yes")
    clock.tick()
    beat()
    assert lines() == [("ok", "leaves")]
    beat(after=timedelta(minutes=16))
    ((state, text),) = lines(after=timedelta(minutes=16))
    assert (state, text[1:]) == ("bad", " not delivered for 15 minutes")
    Mail.objects.filter(sent_at=None).delete()
    for hours, state in ((25, "ok"), (27, "bad")):
        beat(after=timedelta(hours=hours))
        assert lines(after=timedelta(hours=hours))[0][0] == state, hours


def beat(after: timedelta = timedelta()) -> None:
    values = {"done_at": timezone.now() + after}
    Upkeep.objects.update_or_create(name=HEARTBEAT, defaults=values)


def test_health_is_amber_when_nobody_types_the_digits_for_seven_days(server: Server) -> None:
    beat()
    today = timezone.localdate()
    MorningDigits.objects.create(day=today - timedelta(days=6), digits="0001")
    assert lines() == [("ok", "leaves")]
    MorningDigits.objects.create(day=today - timedelta(days=7), digits="0002")
    assert lines()[0] == ("warn", "nobody has typed a morning mail's digits for 7 days")
    Event.objects.record("mail_read", by="kim")
    assert lines() == [("ok", "leaves and is read")]
