"""A small client that keeps several connections of this machine busy for a bounded time."""

import random
import secrets
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from ipaddress import IPv4Address
from itertools import count
from urllib.parse import urlencode

HOST = "127.0.0.1"
CONNECTIONS = 8
# The site counts what a network sends; after so much the next connection is somebody else's. All
# of 127.0.0.0/8 is this machine (RFC 1122, 3.2.1.3).
SENDINGS_A_NETWORK = 10
PATIENCE = 20  # seconds for one answer
_networks = count(int(IPv4Address("127.2.0.1")))


class Unexpected(Exception):
    """An answer that is none of a benchmark's: the figure would mean nothing."""


@dataclass
class Client:
    """One kept-alive connection at a time, from a network of its own."""

    port: int
    tls: ssl.SSLContext | None = None
    connection: socket.socket = field(init=False)
    left: int = field(init=False)

    def __post_init__(self) -> None:
        source = (str(IPv4Address(next(_networks))), 0)
        self.connection = socket.create_connection((HOST, self.port), PATIENCE, source)
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.tls:
            self.connection = self.tls.wrap_socket(self.connection, server_hostname=HOST)
        self.left = SENDINGS_A_NETWORK

    def ask(self, request: bytes, status: bytes = b"200") -> tuple[bytes, bytes]:
        """Head and body of the answer, which must say its length.

        Raises Unexpected when it has another status than this.
        """
        if not self.left:
            self.close()
            self.__post_init__()
        self.left -= request.startswith(b"POST")
        self.connection.sendall(request)
        answer = b""
        while (end := answer.find(b"\r\n\r\n")) < 0:
            answer += self._more()
        head, body = answer[:end], answer[end + 4 :]
        at = head.lower().find(b"\r\ncontent-length:")
        if head[9:12] != status or at < 0:
            raise Unexpected(head.decode("latin-1").split("\r\n", 1)[0])
        length = int(head[at + 17 :].split(b"\r\n", 1)[0])
        parts, had = [body], len(body)
        while had < length:
            parts.append(self._more())
            had += len(parts[-1])
        if b"\r\nconnection: close" in head.lower():
            self.left = 0
        return head, b"".join(parts)

    def close(self) -> None:
        """Ends the connection, answered or not."""
        self.connection.close()

    def _more(self) -> bytes:
        data = self.connection.recv(65536)
        if not data:
            raise Unexpected("the server closed the connection")
        return data


def ask(
    port: int, request: bytes, status: bytes = b"200", tls: ssl.SSLContext | None = None
) -> tuple[bytes, bytes]:
    """Head and body of one answer over a connection of its own."""
    client = Client(port, tls)
    try:
        return client.ask(request, status)
    finally:
        client.close()


def get(port: int, path: str, *, encoding: str = "br, gzip", cookie: str = "") -> bytes:
    """A request as a browser sends it."""
    return _head("GET", port, path, encoding, cookie) + b"\r\n"


def post(
    port: int,
    path: str,
    fields: Mapping[str, object],
    *,
    encoding: str = "br, gzip",
    cookie: str = "",
    in_parts: bool = False,
) -> bytes:
    """A form as a browser sends it from our own page; `in_parts` as multipart/form-data."""
    kind, body = _in_parts(fields) if in_parts else _in_a_line(fields)
    lines = (
        f"Content-Type: {kind}",
        f"Content-Length: {len(body)}",
        f"Origin: http://{HOST}:{port}",
        "Sec-Fetch-Site: same-origin",
    )
    head = _head("POST", port, path, encoding, cookie) + "\r\n".join(lines).encode()
    return head + b"\r\n\r\n" + body


def rate(
    port: int, make: Callable[[int], bytes], seconds: float, tls: ssl.SSLContext | None = None
) -> float:
    """Answers a second over CONNECTIONS fresh connections; `make` gives the n-th request.

    Raises Unexpected when one of them failed.
    """
    answered = [0] * CONNECTIONS
    failures: list[Exception] = []
    first = random.randrange(10**9)
    began = time.monotonic()

    def work(lane: int) -> None:
        try:
            client = Client(port, tls)
            while time.monotonic() < began + seconds:
                client.ask(make(first + lane + CONNECTIONS * answered[lane]))
                answered[lane] += 1
            client.close()
        except Exception as failure:  # noqa: BLE001  said by the main thread
            failures.append(failure)

    together([partial(work, lane) for lane in range(CONNECTIONS)])
    if failures:
        raise Unexpected(str(failures[0]))
    return sum(answered) / (time.monotonic() - began)


def together(works: Sequence[Callable[[], object]]) -> None:
    """All at once, each in a thread of its own; returns when the last is done."""
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _in_a_line(fields: Mapping[str, object]) -> tuple[str, bytes]:
    return "application/x-www-form-urlencoded", urlencode(fields, doseq=True).encode()


def _in_parts(fields: Mapping[str, object]) -> tuple[str, bytes]:
    edge = f"----WebKitFormBoundary{secrets.token_hex(8)}"
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, values in fields.items()
        for value in (values if isinstance(values, list) else [values])
    ]
    return f"multipart/form-data; boundary={edge}", f"{''.join(parts)}--{edge}--\r\n".encode()


def _head(method: str, port: int, path: str, encoding: str, cookie: str) -> bytes:
    lines = [
        f"{method} {path} HTTP/1.1",
        f"Host: {HOST}:{port}",
        "User-Agent: Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile",
        "Accept: text/html,application/xhtml+xml,*/*;q=0.8",
        f"Accept-Encoding: {encoding}",
        "Accept-Language: en",
    ]
    if cookie:
        lines.append(f"Cookie: {cookie}")
    return "\r\n".join(lines).encode() + b"\r\n"
