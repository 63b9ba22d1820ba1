"""A crowd that sends tips, and what became of them.

Of each fault: no acknowledged tip is lost or there twice, the pages about the subject stay, and the
service is back without a hand.
"""

import http.client
import re
import threading
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import psycopg2

from tests.attacks.visitor import Clerk, Visitor
from tests.networks import new_network
from tests.running import RunningSite, until
from tips.crypto import receipts


@dataclass
class Answer:
    """What the public door said to one sending."""

    status: int
    reference: str = ""
    code: str = ""


def post(site: RunningSite, path: str = "/report/", source: str = "", **fields: str) -> Answer:
    """One sending, by a program without cookies, from a network of its own unless it names one."""
    connection = http.client.HTTPConnection(
        "127.0.0.1", site.port, timeout=20, source_address=(source or new_network(), 0)
    )
    try:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", path, urlencode(fields), headers)
        response = connection.getresponse()
        page = response.read().decode()
    except (OSError, http.client.HTTPException):
        return Answer(0)
    finally:
        connection.close()
    reference = re.search(r'<output id="reference"[^>]*>([A-Z]{2}-\d{4})<', page)
    code = re.search(r'<output id="receipt-code"[^>]*>([0-9A-Z-]{20})<', page)
    return Answer(response.status, reference[1] if reference else "", code[1] if code else "")


@dataclass
class Crowd:
    """People who send each tip until it is received, from a page and a network of its own.

    Between two tips each waits a moment: all of a processor more would find nothing more.
    """

    site: RunningSite
    people: int = 6
    received: dict[str, str] = field(default_factory=dict)  # idempotency key → reference
    refused: list[int] = field(default_factory=list)  # every status but 200; 0 for no answer
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> "Crowd":
        self._threads = [threading.Thread(target=self._send) for _ in range(self.people)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def await_more(self, tips: int = 10) -> None:
        """Returns when so many more have been received."""
        enough = len(self.received) + tips
        until(lambda: len(self.received) >= enough, what=f"{tips} tips more")

    def _send(self) -> None:
        while not self._stop.is_set():
            page, source = receipts.new_idempotency_key(), new_network()
            for _ in range(200):
                answer = post(
                    self.site,
                    source=source,
                    submission=page,
                    what_happened=f"A crowd's tip {page}",
                )
                if answer.status != 200:
                    self.refused.append(answer.status)
                if answer.reference:
                    self.received[page] = answer.reference
                    break
                if self._stop.wait(0.05):
                    break
            self._stop.wait(0.25)


def ask(site: RunningSite, query: str) -> list[Any]:
    """The first column of the store's answer."""
    connection = psycopg2.connect(site.owner_url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(query)
            return [row[0] for row in cursor.fetchall()]
    finally:
        connection.close()


def references(site: RunningSite) -> dict[bytes, list[str]]:
    """The references of all tips in the store, by the page that they were sent from."""
    found: dict[bytes, list[str]] = {}
    pages, names = (
        ask(site, f"SELECT {c} FROM tips_tip ORDER BY id") for c in ("page_digest", "reference")
    )
    for page, name in zip(pages, names, strict=True):
        found.setdefault(bytes(page), []).append(name)
    return found


def each_once(crowd: Crowd) -> None:
    """Each page sent one content: so one tip, whatever died between its sendings."""
    stored = references(crowd.site)
    assert crowd.received
    for page, reference in crowd.received.items():
        assert stored[receipts.page_digest(page)] == [reference]


def at_the_desk(site: RunningSite) -> Clerk:
    """The first supervisor, logged in."""
    boss = Clerk(site.desk_url, *site.first["account"], Visitor())
    boss.set_up()
    boss.log_in()
    return boss


def reads(port: int, path: str = "/signs/") -> int:
    """The status of a page; 0 for no answer within five seconds."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        line.request("GET", path)
        return line.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        line.close()
