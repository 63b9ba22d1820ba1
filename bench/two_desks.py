"""Two real desks and public doors, one over many tips and one over few, that are asked in turn."""

import atexit
import functools
import random
import re
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial

from bench import desk_pages, load, people, seed, stage, tip_post
from bench.desk_pages import AUDITOR, EDITOR, FIND, OFFICER, ROLES, Page
from bench.people import Person
from bench.stage import Served, Stage

MANY = {"count": 1_000_000, "open_tips": 20_000}
FEW = {"count": 1_000, "open_tips": 20}
OFFICERS = 3
FAR = 18  # pages


@dataclass
class Desk:
    """Both doors of one store, an open session of each role, and one real tip of this moment."""

    ground: Stage
    people: dict[str, Person]  # by role
    desk: Served
    public: Served
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""  # of the officer's forms
    code: str = ""
    pages: dict[str, Page] = field(default_factory=dict)

    def enter(self) -> None:
        """Logs everybody in, sends the tip, and finds out what the pages' addresses are."""
        for role, person in self.people.items():
            self.cookies[role] = people.log_in(self.desk.port, person)
        sent = load.post(self.public.port, "/report/", tip_post.fields(0, []), encoding="identity")
        receipt = load.ask(self.public.port, sent)[1].decode()
        reference = _found(r'id="reference"[^>]*>([A-Z]{2}-\d{4})<', receipt)
        self.code = _found(r'id="receipt-code"[^>]*>([^<]+)<', receipt)
        self.token = _found(
            r'name="csrfmiddlewaretoken" value="([^"]+)"', self.html(Page(OFFICER, FIND))
        )
        officer, auditor = self.people[OFFICER].name, self.people[AUDITOR].name
        self.pages = desk_pages.pages(reference=reference, officer=officer, auditor=auditor)
        head, _html = self._answer(self.pages["reference"])
        self.pages["tip"] = Page(OFFICER, _found(r"(?i)\nlocation: (\S+)", head))
        self.pages |= desk_pages.pages_behind(self.pages, self.html, FAR)

    def html(self, page: Page) -> str:
        """The body of the answer as text, once it is 200."""
        return self._answer(page)[1]

    def asks(self) -> dict[str, Callable[[], float]]:
        """By name: asks for a page, or sends what citizens do; the seconds until the answer."""
        found: dict[str, Callable[[], float]] = {
            name: partial(_seconds, self.desk, partial(self._request, page), page.status)
            for name, page in self.pages.items()
        }

        def follow_up() -> bytes:
            return load.post(self.public.port, "/follow-up/", {"code": self.code})

        def tip() -> bytes:
            fields = tip_post.fields(random.randrange(10**9), [])
            return load.post(self.public.port, "/report/", fields)

        for name, request in (("follow-up", follow_up), ("tip-post", tip)):
            found[name] = partial(_seconds, self.public, request, 200)
        return found

    def queries(self) -> dict[str, tuple[int, float]]:
        """How many statements each page sends to the database, and the ms that they take."""
        found: dict[str, tuple[int, float]] = {}
        for role, cookie in self.cookies.items():
            mine = {
                name: p.path for name, p in self.pages.items() if p.who == role and not p.fields
            }
            answer = self.ground.inside("queries", cookie, *mine.values(), **self.desk.environment)
            found |= dict(zip(mine, answer, strict=True))
        return found

    def _answer(self, page: Page) -> tuple[str, str]:
        request = self._request(page, encoding="identity")
        head, body = load.ask(self.desk.port, request, b"%d" % page.status)
        return head.decode(), body.decode()

    def _request(self, page: Page, encoding: str = "br, gzip") -> bytes:
        cookie = self.cookies[page.who]
        if not page.fields:
            return load.get(self.desk.port, page.path, cookie=cookie, encoding=encoding)
        fields = {**page.fields, "csrfmiddlewaretoken": self.token}
        return load.post(self.desk.port, page.path, fields, cookie=cookie, encoding=encoding)


@functools.cache
def desks() -> tuple[Desk, Desk]:
    """The desk with many tips and the one with few; they stay until everything is measured."""
    cleanup = ExitStack()
    atexit.register(cleanup.close)
    made = []
    for name, size in (("many", MANY), ("few", FEW)):
        ground = cleanup.enter_context(stage.stage(name))
        supervisor, *officers, auditor, editor = people.people(
            ground, 1 + OFFICERS, AUDITOR, EDITOR
        )
        seed.seed(ground, [officers[0], supervisor, *officers[1:]], **size)
        doors = (cleanup.enter_context(ground.door(serve)) for serve in ("desk", "public"))
        who = dict(zip(ROLES, (officers[0], supervisor, auditor, editor), strict=True))
        desk = Desk(ground, who, desk=next(doors), public=next(doors))
        desk.enter()
        made.append(desk)
    return made[0], made[1]


def _seconds(served: Served, request: Callable[[], bytes], status: int) -> float:
    """Until the answer is there, on a new connection: an idle one may be closed."""
    client = load.Client(served.port)
    try:
        sent = request()
        began = time.perf_counter()
        client.ask(sent, b"%d" % status)
        return time.perf_counter() - began
    finally:
        client.close()


def _found(pattern: str, text: str) -> str:
    """The first group. Raises Unexpected when it is not there."""
    match = re.search(pattern, text)
    if match is None:
        raise load.Unexpected(f"nothing like {pattern} in the answer")
    return match[1]
