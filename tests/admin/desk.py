"""The desk's own pages, as one of the cast uses them."""

import html
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pyotp
from django.conf import settings
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from tests.cast import Person, send, tip_of, write
from tests.restored import remembered
from tips.access.sessions import SessionStore
from tips.admin import pages
from tips.admin.accounts.login import open_session
from tips.crypto import receipts
from tips.models import Event, Officer, Tip

LOG_IN = "/desk/login/"
QUEUE = "/desk/tips/tip/"
SET_UP = "/desk/set-up/"
PHOTO = b"\xff\xd8\xff\xe0 a picture"


def enter(person: Person, client: Client | None = None) -> Client:
    """A browser with the session that this person's log-in opens.

    What comes before that is tested with the log-in page, and costs as much as a short test.
    """
    client = client or Client()
    held = remembered(f"held by {person.officer.username}", lambda: person.held)
    client.cookies[settings.SESSION_COOKIE_NAME] = opened_session(person.officer, held)
    return client


def opened_session(officer: Officer, held: dict[bytes, bytes]) -> str:
    """The cookie of a new session of this officer with these desk secrets."""
    request = RequestFactory().get("/desk/")
    request.session = SessionStore()
    open_session(request, officer, held)
    request.session.save()
    return str(request.session.session_key)


def log_in(person: Person, client: Client | None = None, *, ahead: int = 0) -> Client:
    """A browser in which this person typed it all; `ahead` for a second time within a minute."""
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


@contextmanager
def desk_queries() -> Iterator[list[str]]:
    """The statements that are sent meanwhile, but for those that read the site's texts.

    These are remembered for ten seconds, and read again between any two pages of a busy machine.
    """
    sent: list[str] = []
    with CaptureQueriesContext(connection) as queries:
        yield sent
    sent += [query["sql"] for query in queries if "campaign_" not in query["sql"]]


def new_tip(**fields: object) -> Tip:
    """A tip from the public door."""
    return tip_of(send(**fields))


def with_photos(number: int = 1) -> Tip:
    """A tip with a message and photos."""
    receipt = send()
    write(receipt, "It is going on again.", *[PHOTO] * number)
    return tip_of(receipt)


def stamp_of(tip: Tip, person: Person) -> dict[str, str]:
    """The hidden fields of a verb's form on this tip, as it is now."""
    now = Tip.objects.get(pk=tip.pk)
    return {
        "officer": pages.name_tag(person.officer),
        "seen": now.version_token,
        "once": receipts.new_idempotency_key(),
    }


def url_of(tip: Tip, rest: str = "") -> str:
    """The tip's address at the desk."""
    return f"{QUEUE}{tip.pk}/{rest}"


def events(verb: str) -> list[Event]:
    """What the trail says of that, oldest first."""
    return list(Event.objects.filter(verb=verb).order_by("at"))


def begin_set_up(officer: Officer, words: str) -> Client:
    """A browser that has typed the words of a new account."""
    client = Client()
    typed = {"username": officer.username, "password": words, "otp_token": ""}
    answer = client.post(LOG_IN, typed)
    assert (answer.status_code, answer.headers["Location"]) == (303, SET_UP)
    return client


def field(page: str, name: str) -> str:
    """The value of a hidden or one-line field."""
    found = re.search(f'name="{name}" value="([^"]*)"', page)
    return html.unescape(found[1]) if found else ""


def output(page: str, name: str) -> str:
    """What an <output> of this id shows."""
    found = re.search(f'<output id="{name}"[^>]*>(.*?)</output>', page, re.DOTALL)
    assert found
    return html.unescape(re.sub("<[^>]+>", "", found[1])).strip()
