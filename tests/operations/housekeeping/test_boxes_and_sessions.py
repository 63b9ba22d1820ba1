"""Every minute: escrowed codes and sessions that are over go."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.cast import Person, send, tip_of
from tips.housekeeping import boxes_and_sessions
from tips.models import DeskSession, EscrowedCode

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def test_a_box_goes_when_its_time_is_over_and_no_earlier(sam: Person) -> None:
    over, open_ = tip_of(send()), tip_of(send())
    EscrowedCode.objects.filter(tip=over).update(box_until=timezone.now())
    EscrowedCode.objects.filter(tip=open_).update(box_until=timezone.now() + MINUTE)
    boxes_and_sessions.clear()
    assert list(EscrowedCode.objects.values_list("tip_id", flat=True)) == [open_.pk]


def session(name: str, *, started: timedelta, expires: timedelta) -> DeskSession:
    now = timezone.now()
    return DeskSession.objects.create(
        session_key=name, started_at=now + started, expire_date=now + expires, session_data=b""
    )


def test_a_session_goes_when_nobody_used_it_or_when_the_day_is_over(sam: Person) -> None:
    fresh = session("fresh", started=-MINUTE, expires=MINUTE)
    session("idle", started=-2 * MINUTE, expires=-MINUTE)
    session("long", started=-DeskSession.LONGEST, expires=MINUTE)
    boxes_and_sessions.clear()
    assert list(DeskSession.objects.all()) == [fresh]
