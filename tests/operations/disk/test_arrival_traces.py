"""What a row tells of its moment beside its columns, and what of it is left after the hour."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from tests.cast import Person, send, tip_of, write
from tests.database.acting import ask, hang_up
from tips.housekeeping import boxes_and_sessions, rewriting
from tips.models import Alarm, EscrowedCode, Mail, Tip, Upkeep

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = timedelta(hours=1)


def numbers(table: str, key: str = "id") -> dict[object, object]:
    """The transaction that wrote each row."""
    return dict(ask(f"SELECT {key}, xmin::text FROM {table}"))  # type: ignore[arg-type]


def hourly(now: datetime) -> None:
    hang_up()
    rewriting.hourly(now)
    assert not Upkeep.objects.exclude(problem="").values_list("name", "problem")


def test_an_old_tip_whose_citizen_writes_again_has_the_transaction_of_all_others(
    sam: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)  # else the hour may turn in the middle
    receipt = send()
    old = tip_of(receipt)
    Tip.objects.update(received_at=now - timedelta(days=30))
    hourly(now)
    write(receipt)
    at_writing = numbers("tips_tip")[old.pk]
    fresh = tip_of(send())
    hourly(now + HOUR)
    assert numbers("tips_tip")[old.pk] == numbers("tips_tip")[fresh.pk] != at_writing


def test_nothing_short_lived_keeps_its_transaction(sam: Person) -> None:
    tips = [tip_of(send()) for _ in range(3)]
    before = numbers("tips_alarm", "tip_id"), numbers("tips_box", "tip_id")
    assert all(len(set(table.values())) == len(tips) for table in before)
    hourly(timezone.now())
    for table in (numbers("tips_alarm", "tip_id"), numbers("tips_box", "tip_id")):
        assert len(set(table.values())) == 1


def test_an_alarm_keeps_its_minute_for_two_hours_at_most(sam: Person) -> None:
    now = timezone.now().replace(minute=30)
    tip = tip_of(send(danger_now="yes"))
    hour = now.replace(minute=0, second=0, microsecond=0)
    Alarm.objects.filter(tip=tip).update(since=now, due_at=now)
    hourly(now)
    hourly(now + HOUR)
    assert Alarm.objects.get(tip=tip).since == now
    hourly(now + 2 * HOUR)
    assert Alarm.objects.get(tip=tip).since == Alarm.objects.get(tip=tip).due_at == hour


def test_a_mail_has_its_minutes_for_two_hours_at_most_and_after_a_stop_none(sam: Person) -> None:
    now = (timezone.now() - HOUR).replace(minute=30, second=20)
    hour = now.replace(minute=0, second=0, microsecond=0)
    moments = {"made_at": now, "due_at": now, "sent_at": now}
    Mail.objects.create(kind="urgent", recipient="sent@example.org", **moments)
    Mail.objects.create(kind="urgent", recipient="late@example.org", made_at=now, due_at=now)
    hourly(now + HOUR)
    assert set(Mail.objects.values_list("made_at", "due_at")) == {(now, now)}
    hourly(now + 2 * HOUR)
    assert set(Mail.objects.values_list("made_at", "due_at")) == {(hour, hour)}
    assert set(Mail.objects.values_list("sent_at", flat=True)) == {hour, None}
    Mail.objects.update(made_at=now, due_at=now)
    hang_up()
    rewriting.before_stop()
    assert set(Mail.objects.values_list("made_at", "due_at")) == {(hour, hour)}
    Mail.objects.all().delete()


def test_a_stop_leaves_hours_alone_and_takes_no_box_away(sam: Person) -> None:
    tips = [tip_of(send()) for _ in range(2)]
    hour = tips[-1].received_at
    for tip, minute in zip(tips, (29, 31), strict=True):
        until = hour + timedelta(minutes=minute + 30)
        EscrowedCode.objects.filter(tip=tip).update(box_until=until)
    hang_up()
    rewriting.before_stop()
    for alarm in Alarm.objects.filter(tip__in=tips):
        assert (alarm.since, alarm.due_at) == (hour, hour)
    # One for all: else it would tell in which half of the hour each was sent.
    boxes = EscrowedCode.objects.filter(tip__in=tips)
    assert [box.box_until for box in boxes] == 2 * [hour + 2 * HOUR]
    rewriting.before_stop()
    assert {box.box_until for box in boxes.all()} == {hour + 2 * HOUR}
    boxes_and_sessions.clear()
    assert boxes.count() == 2
