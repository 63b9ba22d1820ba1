"""A client that sends or reads too slowly is cut off at a port: its thread is there for others.

A unix socket is a proxy's, which is to take in the whole request first, as nginx does; how much
came over it cannot be known, and nobody is cut off there.
"""

import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from fcntl import ioctl
from termios import TIOCOUTQ
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

PATIENCE = 60  # seconds for any request and its answer, and again as long as it is fast enough
SLOWEST = 2_000  # bytes a second in that time; a telephone on the worst of 2G sends 5,000
_BYTES = 120  # offset of tcpi_bytes_acked and tcpi_bytes_received in Linux's struct tcp_info


class ImpatientWorker(ThreadWorker):
    """A worker that waits no longer for whoever sends or reads too slowly."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._under_way: dict[int, tuple[socket.socket, float, int]] = {}

    def handle(self, conn: Any) -> Any:
        """In a thread of its own: one request of a connection."""
        with self._watched(conn):
            return super().handle(conn)

    def notify(self) -> None:
        """gunicorn calls it once a second at least."""
        super().notify()
        for key, (client, began, before) in list(self._under_way.items()):
            waited, now = time.monotonic() - began, passed(client)
            if waited < PATIENCE or now is None:
                continue
            if now - before >= waited * SLOWEST and key in self._under_way:
                self._under_way[key] = client, began + waited, now
                continue
            # What came can still be read, and answered, where that was all.
            with suppress(OSError):
                client.shutdown(socket.SHUT_RDWR if is_unread(client) else socket.SHUT_RD)

    @contextmanager
    def _watched(self, conn: Any) -> Iterator[None]:
        # Of a first request some may have come before its thread was free.
        before = (passed(conn.sock) or 0) if conn.initialized else 0
        self._under_way[id(conn)] = (conn.sock, time.monotonic(), before)
        try:
            yield
        finally:
            self._under_way.pop(id(conn), None)


def passed(client: socket.socket) -> int | None:
    """Bytes that came over this TCP connection and that arrived at its other end; None where the
    system does not tell."""
    try:
        info = client.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
        acknowledged, received = struct.unpack_from("=QQ", info, _BYTES)
    except (OSError, struct.error):
        return None
    return int(acknowledged) + int(received)


def is_unread(client: socket.socket) -> bool:
    """Whether some of an answer waits for its client."""
    return any(ioctl(client, TIOCOUTQ, bytes(4)))
