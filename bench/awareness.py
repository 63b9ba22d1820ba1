"""awareness: answers a second of / at the public door, beside a bare program of the same bytes."""

import json
import ssl
from contextlib import ExitStack

from bench import load, stage, wrk
from bench.figure import Figure, compared

ROUNDS = 15
SECONDS = 1
PATH = "/"
# What the server says for itself.
SERVER_S = ("server", "date", "connection")
LEAST = ("content-type", "content-length", "content-encoding")


def measure() -> list[Figure]:
    """The bare program says the same headers, too; what three headers cost has no bar."""
    with stage.stage("awareness") as ground, ExitStack() as served:
        door = served.enter_context(ground.door("public"))
        headers, body = page(door.port)
        kept = ground.folder / "page"
        kept.write_bytes(body)
        least = [each for each in headers if each[0].lower() in LEAST]
        bare = [
            served.enter_context(ground.bare("page", PAGE=str(kept), HEADERS=json.dumps(said)))
            for said in (headers, least)
        ]
        for each in bare:
            _soon(each.port, body)
        ours, same, few = rates([door.port, *(each.port for each in bare)])
    return [
        compared("awareness", ours, same, "/s", ">= 0.8"),
        compared("awareness-three-headers", ours, few, "/s", "-"),
    ]


def page(port: int, tls: ssl.SSLContext | None = None) -> tuple[list[tuple[str, str]], bytes]:
    """The headers and the body that a browser gets."""
    head, body = load.ask(port, load.get(port, PATH, encoding=wrk.ACCEPT), tls=tls)
    lines = [line.split(": ", 1) for line in head.decode("latin-1").split("\r\n")[1:]]
    return [(name, value) for name, value in lines if name.lower() not in SERVER_S], body


def rates(ports: list[int], scheme: str = "http") -> list[list[float]]:
    """Seconds in turn: what else the machine does, it does to all. The first fill every memory."""
    found: list[list[float]] = [[] for _ in ports]
    for turn in range(ROUNDS + 1):
        for port, rates in zip(ports, found, strict=True):
            rate = wrk.rate(port, PATH, SECONDS, scheme)
            if turn:
                rates.append(rate)
    return found


def _soon(port: int, body: bytes) -> None:
    for _turn in stage.soon():
        try:
            if page(port)[1] != body:
                raise load.Unexpected("the bare program answers something else")
            return
        except OSError:
            continue
