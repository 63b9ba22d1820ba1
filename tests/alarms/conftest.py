"""Mailboxes, a mail server for them, and a clock that goes when it is told to."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from campaign.models import Closure, OpeningHours
from campaign.offers import forget
from tests.alarms.clock import Clock
from tests.alarms.smtp import Server, smtp_server
from tests.cast import Person
from tips.alarms import sending
from tips.models import Officer

SATURDAY_NIGHT = datetime(2026, 11, 28, 3, 0, 30, tzinfo=ZoneInfo("America/St_Lucia"))


@pytest.fixture
def server(settings: Any) -> Iterator[Server]:
    """The mail server of the settings; `hurried` is for those whose server is silent."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.MAIL_LEAVES = True
    settings.DEFAULT_FROM_EMAIL = "Know the Signs <site@example.org>"
    settings.DESK_EMAIL, settings.DUTY_EMAIL = ["desk@example.org"], ["duty@example.org"]
    with smtp_server() as server:
        settings.EMAIL_PORT = server.port
        yield server


@pytest.fixture
def hurried(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who does not answer is waited for a moment alone."""
    monkeypatch.setattr(sending, "ONE_MAIL", 1.0)
    settings.EMAIL_TIMEOUT = 0.5


@pytest.fixture
def clock(sam: Person) -> Clock:
    """Three at night on a Saturday; the office opens on Monday. Sam has an address."""
    Officer.objects.filter(username=sam.officer.username).update(email="sam@example.org")
    Closure.objects.all().delete()
    OpeningHours.objects.filter(day__gte=5).update(opens=None, closes=None)
    OpeningHours.objects.filter(day__lt=5).update(opens="08:00", closes="16:30")
    forget()
    clock = Clock(SATURDAY_NIGHT)
    clock.tick()
    return clock


@pytest.fixture(autouse=True)
def fresh_hours() -> Iterator[None]:
    """The office's hours are remembered for some seconds; no other test gets these."""
    yield
    forget()
