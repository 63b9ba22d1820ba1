"""A client that sends a request too slowly is cut off: its thread is there for others.

A proxy that takes in the whole request first, as nginx does, keeps them away; a port does not.
"""

import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

PATIENCE = 60  # seconds for any request, headers and body
SLOWEST = 2_000  # bytes a second after that; a telephone on the worst of 2G sends 5,000
_BYTES_RECEIVED = 128  # offset of tcpi_bytes_received, 8 bytes, in Linux's struct tcp_info


class ImpatientWorker(ThreadWorker):
    """A worker that reads no longer from whoever sends too slowly."""

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
        for client, began, before in list(self._under_way.values()):
            late = time.monotonic() - began - PATIENCE
            if late > 0 and received(client) - before < late * SLOWEST:
                # What came can still be read, and answered, where that was all.
                with suppress(OSError):
                    client.shutdown(socket.SHUT_RD)

    @contextmanager
    def _watched(self, conn: Any) -> Iterator[None]:
        # Of a first request some may have come before its thread was free.
        before = received(conn.sock) if conn.initialized else 0
        self._under_way[id(conn)] = (conn.sock, time.monotonic(), before)
        try:
            yield
        finally:
            del self._under_way[id(conn)]


def received(client: socket.socket) -> int:
    """Bytes that came over this TCP connection; 0 of a unix socket, where nobody is slow."""
    try:
        info = client.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
    except OSError:
        return 0
    if len(info) < _BYTES_RECEIVED + 8:
        return 0
    return int(struct.unpack_from("=Q", info, _BYTES_RECEIVED)[0])
