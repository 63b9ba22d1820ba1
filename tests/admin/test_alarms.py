"""The start page's urgent box and *I am on it*."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from tests.admin.desk import QUEUE, desk_queries, enter, events, new_tip, url_of
from tests.cast import Person, send, tip_of, write
from tests.database.acting import acting_as
from tips import actions
from tips.admin import urgent
from tips.crypto import receipts
from tips.models import Alarm, Event, Mail, Officer, Tip
from tips.templatetags.desk import minute

pytestmark = pytest.mark.django_db
ADDRESS = re.compile(r"[\w.]+@[\w.]+")
START, ON_IT = "/desk/", "/desk/alarms/on-it/"


@pytest.fixture
def mailed(settings: Any) -> None:
    """Addresses in the settings, and a way out that nothing takes."""
    settings.DESK_EMAIL, settings.DUTY_EMAIL = ["desk@example.org"], ["duty@example.org"]
    settings.MAIL_LEAVES = True


def danger(minutes: float, **fields: object) -> Tip:
    """An urgent tip that has waited for so long."""
    tip = new_tip(danger_now="yes", **fields)
    since = timezone.now() - timedelta(minutes=minutes)
    Alarm.objects.filter(tip=tip).update(since=since, due_at=since)
    return tip


def press(client: Client, once: str = "") -> str:
    """Where *I am on it* leads."""
    with acting_as("desk"):
        answer = client.post(ON_IT, {"once": once or receipts.new_idempotency_key()})
    assert answer.status_code == 303
    return answer.headers["Location"]


def start(client: Client) -> str:
    with acting_as("desk"):
        return " ".join(client.get(START).content.decode().split())


def test_the_longest_wait_is_taken_and_opened_and_the_others_go_on(kim: Person) -> None:
    later, first = danger(5), danger(50)
    client = enter(kim)
    assert press(client) == url_of(first)
    assert Tip.objects.get(pk=first.pk).owner == kim.officer
    assert [alarm.tip for alarm in Alarm.objects.filter(urgent=True)] == [later]
    assert press(client) == url_of(later)
    assert press(client) == START
    assert "a colleague was faster" in start(client)


def test_three_clicks_take_one_tip(kim: Person) -> None:
    first, _ = danger(50), danger(5)
    client, once = enter(kim), receipts.new_idempotency_key()
    assert {press(client, once) for _ in range(3)} == {url_of(first)}
    assert len(events("taken")) == 1


def test_whoever_comes_second_gets_the_next_one(
    kim: Person, dana: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = danger(50), danger(5)
    stale = list(urgent.longest_waiting(kim.officer))
    actions.take(tip=first, by=dana.officer)

    def as_it_was(_officer: Officer) -> list[Tip]:
        return stale

    monkeypatch.setattr(urgent, "longest_waiting", as_it_was)
    assert press(enter(kim)) == url_of(second)


def test_a_restricted_one_is_for_a_supervisor_who_sees_it(kim: Person, sam: Person) -> None:
    tip = danger(50, official_involved="yes")
    client = enter(kim)
    page = start(client)
    assert "One urgent tip is for a supervisor" in page
    assert "Telephone a supervisor now" in page
    assert str(tip) not in page
    assert press(client) == START
    assert press(enter(sam)) == url_of(tip)


def test_a_tip_whose_owner_does_not_look_stands_there_with_its_owner(
    kim: Person, dana: Person
) -> None:
    receipt = send(danger_now="yes")
    tip = tip_of(receipt)
    actions.take(tip=tip, by=kim.officer)
    client = enter(dana)
    assert "alarm-what" not in start(client)
    write(receipt, "They are back.")
    page = start(client)
    assert "1 tip whose owner has not looked" in page
    assert "Not opened by whoever has it, since it became urgent or the citizen wrote:" in page
    assert f"{tip}</a> (kim)." in page
    assert "I am on it" not in page
    with desk_queries() as sent:
        client.get(START)
    assert len(sent) <= 12, [sql[:80] for sql in sent]


def test_of_many_that_their_owners_do_not_open_the_longest_waiting_are_named(
    kim: Person, dana: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(urgent, "OF_OTHERS", 2)
    untaken, *owned = (danger(60 - n) for n in range(4))
    Tip.objects.filter(pk__in=[tip.pk for tip in owned]).update(owner=kim.officer, status="active")
    page = start(enter(dana))
    assert "1 tip, nobody has taken it" in page
    assert [f">{tip}</a> (kim)" in page for tip in owned] == [True, True, False]
    assert ", and 1 more." in page
    assert f">{untaken}</a>" not in page


@pytest.mark.usefixtures("mailed")
def test_the_box_says_who_was_mailed_and_who_is_next(kim: Person, sam: Person) -> None:
    tip = danger(20)
    at = timezone.now() - timedelta(minutes=5)
    mail = {"kind": Mail.Kind.URGENT, "made_at": at, "due_at": at}
    Mail.objects.create(recipient="desk@example.org", sent_at=at, **mail)
    Mail.objects.create(recipient="duty@example.org", **mail)
    Mail.objects.create(sent_at=at, **mail)
    next_at = timezone.now() + timedelta(minutes=7)
    Alarm.objects.filter(tip=tip).update(step=2, due_at=next_at)
    client = enter(kim)
    page = start(client)
    assert f"Mailed {minute(at)}: the alarm line, the desk." in page
    assert "Not delivered yet: whoever is on duty." in page
    theirs = start(enter(sam))
    assert f"Mailed {minute(at)}: the alarm line, desk@example.org." in theirs
    assert "Not delivered yet: duty@example.org." in theirs


@pytest.mark.usefixtures("mailed")
def test_only_supervisors_read_addresses(sam: Person, kim: Person, ada: Person, ed: Person) -> None:
    Officer.objects.filter(pk=sam.officer.pk).update(email="sam@example.org")
    danger(20)
    test = Event.objects.record("alarm_tested", by=sam.officer)
    at = timezone.now()
    for recipient in ("desk@example.org", "duty@example.org", "sam@example.org", ""):
        mail = {"recipient": recipient, "made_at": at, "due_at": at, "tries": 1}
        Mail.objects.create(kind=Mail.Kind.TEST, test=test.pk, **mail)
        Mail.objects.create(kind=Mail.Kind.URGENT, **mail)
    for person in (sam, kim, ada, ed):
        client = enter(person)
        for path in (START, "/desk/alarms/"):
            with acting_as("desk"):
                page = client.get(path).content.decode()
            assert bool(ADDRESS.search(page)) == (person == sam), (person.officer, path)
        if person != sam:
            for role in ("the desk", "whoever is on duty", "a supervisor", "the alarm line"):
                assert f"<strong>{role}</strong>" in page, person.officer


def test_no_list_stops_without_a_sentence(kim: Person, dana: Person, sam: Person) -> None:
    for _ in range(7):
        actions.take(tip=(tip := danger(5)), by=dana.officer)
        Alarm.objects.create(tip=tip, urgent=True, since=tip.received_at, due_at=tip.received_at)
    at = timezone.now()
    mail = {"kind": Mail.Kind.WAITING, "made_at": at, "due_at": at, "tries": 1}
    Mail.objects.bulk_create(Mail(recipient=f"a{n}@example.org", **mail) for n in range(52))
    assert ", and 2 more." in start(enter(kim))
    page = enter(sam).get("/desk/alarms/").content.decode()
    assert page.count("@example.org</strong>") == 50
    assert "And 2 younger ones." in page


def test_what_nobody_took_until_supervisors_were_told_is_late_in_the_queue(kim: Person) -> None:
    old, fresh, child, apart = new_tip(), new_tip(), new_tip(under_18="yes"), new_tip()
    days_ago = timezone.now() - timedelta(days=9)  # four office hours, whatever day it is
    Tip.objects.filter(pk__in=(old.pk, apart.pk)).update(turn_since=days_ago)
    Tip.objects.filter(pk=apart.pk).update(set_aside=1)
    Tip.objects.filter(pk__in=(fresh.pk, child.pk)).update(turn_since=timezone.now())
    with acting_as("desk"):
        client = enter(kim)
        page = client.get(QUEUE).content.decode()
        aside = client.get(f"{QUEUE}?tab=aside").content.decode()
    assert re.findall(r'<span class="ref">([^<]+)', page) == [str(old), str(child), str(fresh)]
    assert page.count('<span class="late">late') == 1
    assert '<span class="late">' not in aside


def test_the_desk_s_role_reads_no_mail_s_words_and_writes_none(kim: Person) -> None:
    for statement in ("SELECT body FROM tips_mail", "DELETE FROM tips_mail"):
        with pytest.raises(Exception, match="permission denied"), acting_as("desk"):  # noqa: SIM117
            with connection.cursor() as cursor:
                cursor.execute(statement)


def test_who_knows_the_people_is_told_no_number_of_it(
    sam: Person, kim: Person, dana: Person
) -> None:
    known = danger(50)
    actions.recuse(tip=known, by=kim.officer)
    client = enter(kim)
    assert "<title>Start" in start(client)
    assert "alarm-what" not in start(client)
    assert "<title>▲ 1 urgent" in start(enter(dana))
    danger(5)
    assert "<title>▲ 1 urgent" in start(client)
    assert "<title>▲ 2 urgent" in start(enter(sam))
