"""People at the desk's own pages, with the desk's own database role."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyotp
import pytest
from django.db import connection
from django.test import Client

from slu_antitrafficking.roles import role_names
from tests.core.conftest import (
    Person,
    dana,
    first,
    hire,
    kim,
    sam,
    send,
    tip_of,
)
from tips import actions
from tips.access import throttle
from tips.crypto import receipts
from tips.models import Event, Officer, Tip

__all__ = ["dana", "first", "kim", "sam"]

LOG_IN = "/desk/login/"
QUEUE = "/desk/tips/tip/"
PHOTO = b"\xff\xd8\xff\xe0 a picture"


@pytest.fixture(autouse=True)
def fresh_desk(settings: Any, tmp_path: Path) -> Iterator[None]:
    """A $VAR of its own, and nobody who has to wait."""
    settings.VAR = tmp_path
    throttle._tries.clear()
    yield
    throttle._tries.clear()


@pytest.fixture
def ada(sam: Person) -> Person:
    """An auditor."""
    return hire("ada", Officer.Role.AUDITOR, sam)


@pytest.fixture
def ed(sam: Person) -> Person:
    """An editor."""
    return hire("ed", Officer.Role.EDITOR, sam)


@pytest.fixture
def as_desk(db: None) -> Callable[[], None]:
    """From the call on, everything in this test's transaction has the desk's rights and no more."""

    def switch() -> None:
        with connection.cursor() as cursor:
            role = role_names(connection.settings_dict["NAME"]).desk
            cursor.execute(f'GRANT "{role}" TO CURRENT_USER')
            cursor.execute(f'SET LOCAL ROLE "{role}"')

    return switch


def enter(person: Person, client: Client | None = None, *, ahead: int = 0) -> Client:
    """A browser in which this person is logged in; `ahead` for a second time within a minute."""
    client = client or Client()
    answer = client.post(LOG_IN, credentials(person, ahead=ahead))
    assert answer.status_code == 303, answer.content.decode()
    return client


def credentials(person: Person, *, ahead: int = 0, **other: str) -> dict[str, str]:
    """What this person types."""
    totp = pyotp.TOTP(person.totp)
    digits = totp.at(for_time=int(time.time()), counter_offset=ahead)
    return {
        "username": person.officer.username,
        "password": person.words,
        "otp_token": digits,
        **other,
    }


def new_tip(**fields: object) -> Tip:
    """A tip from the public door."""
    return tip_of(send(**fields))


def with_photos(number: int = 1) -> Tip:
    """A tip with a message and photos."""
    receipt = send()
    actions.receive_message(
        code=receipt.code or "",
        message="It is going on again.",
        photos=[PHOTO] * number,
        submission=receipts.new_submission(),
    )
    return tip_of(receipt)


def url_of(tip: Tip, rest: str = "") -> str:
    """The tip's address at the desk."""
    return f"{QUEUE}{tip.pk}/{rest}"


def events(verb: str) -> list[Event]:
    """What the trail says of that, oldest first."""
    return list(Event.objects.filter(verb=verb).order_by("at"))
