"""tip-post-nginx: tips a second through the operator's nginx by TLS, beside the door alone.

The client encrypts on the same processors, as no phone would, and has nothing to encrypt for the
door alone. So it is tips a second of the time that the client leaves to the server;
tip-post-nginx-shared counts the client's time, too.

half-sent: the longest time without a receipt for anybody, while 3,000 requests are half-sent.
"""

import dataclasses
import os
import resource
import ssl
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from functools import partial
from itertools import pairwise

from bench import load, nginx, stage, tip_post
from bench.figure import Figure, compared

HALF_SENT = 3_000
SECONDS_OF_PEOPLE = 8.0  # nginx ends what is half-sent after ten
PEOPLE = 3
HALF = b"POST /report/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "


def measure() -> list[Figure]:
    """Rounds in turn, as tip-post's. Raises RuntimeError where nginx is missing."""
    nginx.program()
    with stage.stage("tip_post_nginx") as ground, ExitStack() as served:
        socket = ground.folder / "public.sock"
        door = served.enter_context(ground.door("public", socket))
        tls = nginx.certificate(ground.folder)
        operators = nginx.operators(ground.folder, f"unix:{socket}", tls=True)
        behind = dataclasses.replace(door, port=served.enter_context(operators).site)
        signs = tip_post.signs_of(door)
        tip_post.ready(door, signs)
        alone, proxied = [], []
        for _round in range(tip_post.ROUNDS):
            make = tip_post.requests(door, signs)
            alone.append(rates(door.port, make))
            make = tip_post.requests(behind, signs)
            proxied.append(rates(behind.port, make, tls))
        ours, shared = (list(found) for found in zip(*proxied, strict=True))
        bare, bare_shared = (list(found) for found in zip(*alone, strict=True))
        tip_post.all_there(ground, shared + bare_shared)
        quiet = longest_gap(behind.port, make, tls)
        with half_sent(behind.port, tls):
            gap = longest_gap(behind.port, make, tls)
    return [
        compared("tip-post-nginx", ours, bare, "/s", ">= 0.9"),
        compared("tip-post-nginx-shared", shared, bare_shared, "/s", "-"),
        compared("half-sent", [gap], [quiet], "s", "<= 1 s"),
    ]


def rates(
    port: int, make: Callable[[int], bytes], tls: ssl.SSLContext | None = None
) -> tuple[float, float]:
    """Tips a second of the processors' time without the client's, and of all of it."""
    began = time.process_time()
    shared = load.rate(port, make, tip_post.SECONDS, tls)
    client = (time.process_time() - began) / len(os.sched_getaffinity(0))
    return shared / (1 - client / tip_post.SECONDS), shared


def half_sent(port: int, tls: ssl.SSLContext) -> ExitStack:
    """So many requests that do not go on; closed with what is returned."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(HALF_SENT + 1_000, soft), hard))
    lines = ExitStack()
    for _line in range(HALF_SENT):
        client = lines.enter_context(closing(load.Client(port, tls)))
        client.connection.sendall(HALF)
    return lines


def longest_gap(port: int, make: Callable[[int], bytes], tls: ssl.SSLContext) -> float:
    """Seconds between two receipts, whoever got them. Raises load.Unexpected when one failed."""
    moments = [time.monotonic()]
    until = moments[0] + SECONDS_OF_PEOPLE

    def send(person: int) -> None:
        client = load.Client(port, tls)
        while time.monotonic() < until:
            client.ask(make(person))
            moments.append(time.monotonic())
        client.close()

    load.together([partial(send, person) for person in range(PEOPLE)])
    return max(later - now for now, later in pairwise([*sorted(moments), time.monotonic()]))
