"""Officers for a benchmark, and their log-in as a browser does it."""

import re
import time
from contextlib import suppress
from dataclasses import dataclass

import pyotp

from bench import load
from bench.stage import Stage

LOG_IN = "/desk/login/"
STEP = 30
TRIES = 3


@dataclass
class Person:
    """Somebody at the desk with their words and second factor."""

    name: str
    words: str
    totp: str
    used: int = 0

    def digits(self) -> str:
        """Six digits that were not used yet: of the last, this or the next half minute."""
        now = int(time.time()) // STEP
        self.used = max(self.used + 1, now - 1)
        while self.used > now + 1:
            time.sleep(0.5)
            now = int(time.time()) // STEP
        return str(pyotp.TOTP(self.totp).at(self.used * STEP))


def people(ground: Stage, count: int, *roles: str) -> list[Person]:
    """The first supervisor and officers, and one more of each of these roles; ready to log in."""
    return [Person(*row) for row in ground.inside("officers", str(count), *roles)]


def log_in(port: int, person: Person) -> str:
    """The cookies of a desk session; on a busy machine the digits may be over by then."""
    for _ in range(TRIES - 1):
        with suppress(load.Unexpected):
            return _log_in(port, person)
    return _log_in(port, person)


def _log_in(port: int, person: Person) -> str:
    cookie, fields = filled(port, person)
    head, _body = load.ask(port, load.post(port, LOG_IN, fields, cookie=cookie), b"303")
    return cookies(head)


def filled(port: int, person: Person) -> tuple[str, dict[str, object]]:
    """The log-in page's cookie, and its form as this person fills it in."""
    head, page = load.ask(port, load.get(port, LOG_IN, encoding="identity"))
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.decode())
    assert token, "the log-in page has no token"
    fields: dict[str, object] = {
        "csrfmiddlewaretoken": token[1],
        "username": person.name,
        "password": person.words,
        "otp_token": person.digits(),
        "next": "",
    }
    return cookies(head), fields


def cookies(head: bytes) -> str:
    """What an answer sets, as the next request sends it."""
    found = re.findall(r"(?im)^set-cookie: ([^=]+=[^;]+)", head.decode("latin-1"))
    return "; ".join(found)
