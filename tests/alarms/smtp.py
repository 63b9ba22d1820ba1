"""A real SMTP server that refuses, hangs, drips or dies when it is told to."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from email.policy import default
from typing import Any, NamedTuple

from aiosmtpd.controller import Controller

from tests.running import free_port


class Taken(NamedTuple):
    """A mail as it stands in a mailbox."""

    recipient: str
    message: Message
    at: float  # monotonic

    @property
    def id(self) -> str:
        return str(self.message["Message-ID"])


class Server:
    """What it took, in order, and what it does to whom: addresses, or everybody by `*`."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.taken: list[Taken] = []
        self.asked: list[str] = []
        self.refused: set[str] = set()
        self.hangs: set[str] = set()
        self.drips: set[str] = set()
        self.dies_after_data: set[str] = set()

    @property
    def recipients(self) -> list[str]:
        """Whose mailboxes got something, in order of the alphabet."""
        return sorted(one.recipient for one in self.taken)

    async def handle_RCPT(
        self, server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        self.asked.append(address)
        if self._does(self.refused, address):
            return "550 no such mailbox"
        if self._does(self.hangs, address):
            await asyncio.sleep(60)
        while self._does(self.drips, address):
            await server.push("250-one moment")
            await asyncio.sleep(0.1)
        envelope.rcpt_tos.append(address)
        return "250 yes"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:
        message = message_from_bytes(envelope.content, policy=default)
        self.taken += [Taken(one, message, time.monotonic()) for one in envelope.rcpt_tos]
        if self._does(self.dies_after_data, *envelope.rcpt_tos):
            server.transport.abort()
        return "250 taken"

    def _does(self, told: set[str], *addresses: str) -> bool:
        return bool(told.intersection(("*", *addresses)))


@contextmanager
def smtp_server() -> Iterator[Server]:
    server = Server(free_port())
    controller = Controller(
        server, hostname="127.0.0.1", port=server.port, server_hostname="mail.test"
    )
    controller.start()
    try:
        yield server
    finally:
        controller.stop(no_assert=True)
