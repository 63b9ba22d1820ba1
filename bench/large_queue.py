"""Two real desks, one over many tips and one over few, that an officer looks at in turn."""

import atexit
import functools
import re
import time
from contextlib import ExitStack

from bench import load, people, seed, stage, tip_post
from bench.figure import Figure, compared
from bench.stage import Stage

MANY = {"count": 100_000, "open_tips": 2_000}
FEW = {"count": 1_000, "open_tips": 20}
QUEUE = "/desk/tips/tip/?tab=open"
ROUNDS = 25


class Desk:
    """A desk with somebody logged in, and one real tip among the made-up ones."""

    def __init__(self, ground: Stage, cleanup: ExitStack) -> None:
        with ground.door("public") as public:
            fields = tip_post.fields(0, [])
            request = load.post(public.port, "/report/", fields, encoding="identity")
            _head, receipt = load.ask(public.port, request)
        found = re.search(r'id="reference"[^>]*>([A-Z]{2}-\d{4})<', receipt.decode())
        assert found, "the receipt has no reference"
        self.look_up = f"/desk/tips/tip/?q={found[1]}"
        self._ground = ground
        self._served = cleanup.enter_context(ground.door("desk"))
        (officer,) = people.people(ground, 1)
        self._cookie = people.log_in(self._served.port, officer)
        self.connect()
        head, _body = self._ask(self.look_up, b"303")
        location = re.search(rb"(?i)\nlocation: (\S+)", head)
        assert location, "the reference leads nowhere"
        self.tip = location[1].decode()

    def connect(self) -> None:
        """A new connection: the server closes one that was idle for some seconds."""
        self._client = load.Client(self._served.port)

    def seconds(self, *paths: str) -> float:
        """How long these pages take, one after the other."""
        began = time.perf_counter()
        for path in paths:
            self._ask(path, b"303" if path == self.look_up else b"200")
        return time.perf_counter() - began

    def queries(self, *paths: str) -> list[int]:
        """How many each of these pages asks of the database, session and officer included."""
        environment = self._served.environment
        found: list[int] = self._ground.inside("queries", self._cookie, *paths, **environment)
        return found

    def _ask(self, path: str, status: bytes) -> tuple[bytes, bytes]:
        request = load.get(self._served.port, path, cookie=self._cookie)
        return self._client.ask(request, status)


@functools.cache
def desks() -> tuple[Desk, Desk]:
    """The desk with many tips and the one with few; they stay until everything is measured."""
    cleanup = ExitStack()
    atexit.register(cleanup.close)
    made = []
    for name, size in (("many", MANY), ("few", FEW)):
        ground = cleanup.enter_context(stage.stage(name))
        seed.seed(ground, **size)
        made.append(Desk(ground, cleanup))
    return made[0], made[1]


def compare(name: str, paths: tuple[str, ...], other_paths: tuple[str, ...]) -> Figure:
    """The same pages at both desks in turn."""
    many, few = desks()
    for desk in (many, few):
        desk.connect()
    ours: list[float] = []
    bare: list[float] = []
    for turn in range(ROUNDS + 2):
        found = many.seconds(*paths), few.seconds(*other_paths)
        if turn >= 2:  # the first ones fill the caches of both
            ours.append(found[0] * 1000)
            bare.append(found[1] * 1000)
    return compared(name, ours, bare, "ms", "<= 2")
