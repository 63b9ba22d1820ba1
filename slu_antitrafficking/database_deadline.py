"""A database that is silent, not dead, takes no door with it: no request waits for it for long.

Only a wait of our own ends against a server that was stopped or lies behind a broken line: it keeps
no `statement_timeout`, its kernel answers TCP's probes, and psycopg2 asks for no `connect_timeout`
once there is a callback for its waits. What that raises makes psycopg2 close the connection.
"""

import os
import select
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
from django.core.signals import request_started
from django.db import OperationalError, connection
from django.db.backends.utils import CursorWrapper
from psycopg2 import extensions

SILENT = 2.0  # seconds that one request waits for it, all its questions together
SLOW = 0.3  # seconds without an answer, after which nobody waits in line for a place any more
PLACE_WAIT = 1.0  # seconds
PLACES = 5  # of a door's eight threads; the others are there for pages that need no database
# At the desk a question may take its time (its role's statement_timeout is 30 s) as long as the
# server still greets others.
LONGEST = 35.0  # seconds
GREETING_WAIT = 1.0  # seconds
SSL_REQUEST = struct.pack("!ii", 8, 80877103)  # PostgreSQL's protocol, "SSL Session Encryption"

_thread = threading.local()


class NoPlace(OperationalError):
    """So many threads of this process are in the database that this one was not let in."""


class Places:
    """How many threads may be in the database at once; the next wait, but not for a slow one."""

    def __init__(self, count: int) -> None:
        self._free = count
        self._changed = threading.Condition()
        self._is_slow = False

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Raises NoPlace when none came free in time."""
        with self._changed:
            self._changed.wait_for(lambda: self._free or self._is_slow, PLACE_WAIT)
            if not self._free:
                raise NoPlace
            self._free -= 1
        try:
            yield
        finally:
            with self._changed:
                self._free += 1
                self._changed.notify()

    @property
    def is_slow(self) -> bool:
        """Whether somebody has waited long for the database, and nobody got an answer since."""
        return self._is_slow

    def say_slow(self, is_slow: bool) -> None:
        """Sends those away who wait in line; or lets them wait again."""
        if self._is_slow != is_slow:
            with self._changed:
                self._is_slow = is_slow
                self._changed.notify_all()


places = Places(PLACES)


@contextmanager
def cursor() -> Iterator[CursorWrapper]:
    """A cursor of this thread's connection, and a place in the database for as long as it lasts.

    Raises NoPlace when none came free in time, and whatever a database says that is away.
    """
    with places.taken(), connection.cursor() as one:
        yield one


def install(serve: str) -> None:
    """From now on every wait of this process has an end; for a door, by its name."""
    _Wait.is_patient = serve == "desk"
    extensions.set_wait_callback(wait)
    request_started.connect(begin, dispatch_uid="database_deadline")


def begin(**_: Any) -> None:
    """A new request of this thread: it has lost no time yet."""
    _thread.lost = 0.0


def wait(asked: extensions.connection) -> None:
    """Returns when the server has said what psycopg2 waits for.

    Raises OperationalError when it says nothing in this request's time.
    """
    one = _Wait()
    while (state := asked.poll()) != extensions.POLL_OK:
        one.until_ready(asked, state)
    places.say_slow(False)


class _Wait:
    """One wait for the server, in as many pieces as it takes."""

    is_patient = False

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._lost = getattr(_thread, "lost", 0.0)  # seconds of this request, before
        self._due = self._began + max(0.0, SILENT - self._lost)

    def until_ready(self, asked: extensions.connection, state: int) -> None:
        """Returns when the connection can be read or written.

        Raises OperationalError when that takes longer than this request may wait.
        """
        poll = select.poll()
        poll.register(
            asked.fileno(), select.POLLIN if state == extensions.POLL_READ else select.POLLOUT
        )
        while not poll.poll(1000 * self._piece()):
            now = time.monotonic()
            if now - self._began >= SLOW:
                places.say_slow(True)
            if now >= self._due and not self._may_go_on(asked, now):
                _thread.lost = self._lost + now - self._began
                raise psycopg2.OperationalError("the database is silent")

    def _piece(self) -> float:
        now = time.monotonic()
        ends = self._due if now - self._began >= SLOW else min(self._due, self._began + SLOW)
        return max(0.0, ends - now)

    def _may_go_on(self, asked: extensions.connection, now: float) -> bool:
        """At the desk: whether it is only this question that takes long."""
        if not self.is_patient or self._lost or now - self._began > LONGEST:
            return False
        if not greets(asked):
            return False
        self._due = time.monotonic() + SILENT
        return True


def greets(asked: extensions.connection) -> bool:
    """Whether the server behind this connection still answers somebody who comes anew."""
    host, port = asked.info.host, asked.info.port
    try:
        with _line(host, port) as line:
            line.sendall(SSL_REQUEST)
            return bool(line.recv(1))
    except OSError:
        return False


def _line(host: str, port: int) -> socket.socket:
    if not host.startswith("/"):
        return socket.create_connection((host, port), GREETING_WAIT)
    line = socket.socket(socket.AF_UNIX)
    line.settimeout(GREETING_WAIT)
    line.connect(os.path.join(host, f".s.PGSQL.{port}"))
    return line
