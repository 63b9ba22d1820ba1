"""Connections that say half of what they should, or nothing, and wait."""

import resource
import select
import socket
from collections.abc import Iterator
from contextlib import contextmanager

HALF = b"POST /report/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "


@contextmanager
def connections(port: int, many: int, begin: bytes = HALF) -> Iterator[list[socket.socket]]:
    """So many, each with the beginning of a request; closed afterwards."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(many + 1_000, soft), hard))
    lines = [socket.create_connection(("127.0.0.1", port), timeout=10) for _ in range(many)]
    try:
        for line in lines:
            if begin:
                line.sendall(begin)
        yield lines
    finally:
        for line in lines:
            line.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def closed(lines: list[socket.socket]) -> int:
    """How many of them the other side has ended."""
    poll = select.poll()
    for line in lines:
        poll.register(line, select.POLLIN | select.POLLHUP)
    return len(poll.poll(0))
