"""What is kept up beside the database: the two gunicorns, for the public site and for the desk, the
housekeeping, and the mail process."""

import errno
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from signal import SIGTERM
from urllib.parse import urlsplit

from slu_antitrafficking.start import processes
from slu_antitrafficking.start.console import Problem, say
from slu_antitrafficking.start.options import HOST, MANAGE
from slu_antitrafficking.start.processes import Log

SILENCE = 30  # seconds without a byte of a request, after which its thread is free again
GRACE = 5  # seconds for the answers under way; gunicorn_conf.py says the same
HOUSEKEEPING_EVERY = 50  # seconds, so that what it mends is mended within a minute
HOUSEKEEPING_AT_MOST = 600  # seconds, after which it hangs unless the server is at work for it
BEFORE_STOP_AT_MOST = 30  # seconds; what ends us may have little patience itself
NOT_TIDIED = (
    "The times of what was sent in the last hours are still on the disk: start again and let it"
    " run past the full hour, or keep the disk as you would the tips."
)
HOUSEKEEPING_NAME = "know-the-signs housekeeping"  # what the database calls its session


def listen(name: str, port: int, patience: float) -> socket.socket:
    """A socket that outlives every gunicorn behind it, so that no restart refuses anybody.

    Raises Problem naming the variable `name` when the port is still taken after `patience` seconds.
    """
    deadline = time.monotonic() + patience
    while True:
        door = socket.socket()
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Linux hands it on to every connection; gunicorn itself would wait without end.
        door.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("@ll", SILENCE, 0))
        try:
            door.bind((HOST, port))
            door.listen(512)
        except OSError as error:
            door.close()
            if error.errno == errno.EADDRINUSE and time.monotonic() < deadline:
                time.sleep(0.1)
                continue
            why = {
                errno.EADDRINUSE: "is taken by another program",
                errno.EACCES: "is not open to this user",
            }.get(error.errno or 0, f"cannot be used ({error.strerror})")
            raise Problem(f"Port {port} {why}: set {name} to a free one.") from None
        return door


class RestartBackoff:
    """When something that died is started again: at once, but what keeps dying ever more slowly."""

    def __init__(self) -> None:
        self._started = 0.0
        self._pause = 0.0

    def is_due(self) -> bool:
        """Whether the pause since the last start is over."""
        return time.monotonic() >= self._started + self._pause

    def count_start(self) -> None:
        """It is started now; what has lived for a minute begins anew with no pause."""
        now = time.monotonic()
        lived = now - self._started > 60
        self._pause = 0.0 if lived else min(30.0, max(0.5, self._pause * 2))
        self._started = now


class Door:
    """One gunicorn with its own role, secret key and log."""

    def __init__(
        self,
        serve: str,
        sockets: Sequence[socket.socket],
        environment: dict[str, str],
        log: Log,
        become: Callable[[], None] | None = None,
    ) -> None:
        self.serve = serve
        self.log = log
        self.backoff = RestartBackoff()
        self.process: subprocess.Popen[bytes] | None = None
        self._sockets = sockets  # its port first
        self._environment = environment
        self._become = become
        self._host = urlsplit(environment["SITE_URL" if serve == "public" else "DESK_URL"]).netloc

    def spawn(self) -> None:
        """Starts the gunicorn on the sockets; `wait` tells when it is healthy."""
        command = [
            sys.executable,
            "-m",
            "gunicorn",
            "-c",
            "python:slu_antitrafficking.gunicorn_conf",
        ]
        descriptors = [one.fileno() for one in self._sockets]
        command += [f"--bind=fd://{number}" for number in descriptors]
        command.append("slu_antitrafficking.wsgi")
        self.process = processes.spawn(
            command,
            self._environment,
            self.log,
            descriptors=descriptors,
            become=self._become,
        )

    def wait(self) -> None:
        """Returns when the door is healthy. Raises Problem when it ends or takes a minute."""
        assert self.process, "spawn first"
        deadline = time.monotonic() + 60
        while not self._healthy():
            if self.process.poll() is not None:
                raise Problem(processes.reason(self.process, self.log))
            if time.monotonic() > deadline:
                raise Problem(f"The {self.serve} door does not become healthy: see {self.log.path}")
            time.sleep(0.05)

    def keep_up(self) -> bool:
        """Whether it is up; starts it again if it has died."""
        if self.process is None or self.process.poll() is None:
            return True
        if self.backoff.is_due():
            self.backoff.count_start()
            say(f"The {self.serve} door ended; starting it again.")
            self.spawn()
        return False

    def ask_to_stop(self) -> None:
        """No new answers from now on."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(SIGTERM)

    def stop(self) -> None:
        """Lets the answers under way be finished, and closes the sockets."""
        processes.end(self.process, SIGTERM, GRACE + 3)
        for one in self._sockets:
            one.close()

    def _healthy(self) -> bool:
        try:
            with socket.create_connection(self._sockets[0].getsockname(), timeout=2) as connection:
                request = f"GET /health/ HTTP/1.0\r\nHost: {self._host}\r\n\r\n"
                connection.sendall(request.encode())
                return b" 200 " in connection.recv(64)
        except OSError:
            return False


class Mailer:
    """manage.py mail, in a role of its own: it plans and sends for as long as the site runs."""

    def __init__(self, environment: dict[str, str], log: Log) -> None:
        self.log = log
        self._environment = environment
        self._backoff = RestartBackoff()
        self._process: subprocess.Popen[bytes] | None = None

    def keep_up(self) -> bool:
        """Whether it is up; starts it if it is not."""
        if self._process and self._process.poll() is None:
            return True
        if self._backoff.is_due():
            self._backoff.count_start()
            if self._process:
                say("The mail process ended; starting it again.")
            self._process = processes.spawn([*MANAGE, "mail"], self._environment, self.log)
        return False

    def stop(self) -> None:
        """Ends it wherever it is; the next start sends what it did not."""
        processes.end(self._process, SIGTERM, 5)


class Housekeeper:
    """manage.py housekeeping, once a minute, as the owner; never two at once."""

    def __init__(
        self, environment: dict[str, str], log: Log, is_at_work: Callable[[], bool]
    ) -> None:
        """`is_at_work` says whether the database does anything for HOUSEKEEPING_NAME."""
        self.environment = environment | {"PGAPPNAME": HOUSEKEEPING_NAME}
        self._is_at_work = is_at_work
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None
        self._started = time.monotonic()
        self._at_most = self._started + HOUSEKEEPING_AT_MOST

    def keep_up(self) -> bool:
        """True when one was started just now."""
        now = time.monotonic()
        since = now - self._started
        if self._process and self._process.poll() is None:
            if now > self._at_most:
                self._end_unless_at_work(now)
            return False
        if since < HOUSEKEEPING_EVERY:
            return False
        self._log.turn_over()
        self._started = now
        self._at_most = now + HOUSEKEEPING_AT_MOST
        command = [*MANAGE, "housekeeping"]
        self._process = processes.spawn(command, self.environment, self._log)
        return True

    def stop(self) -> None:
        """Ends the one at work; the next start makes up for it."""
        processes.end(self._process, SIGTERM, 5)

    def tidy_up(self) -> None:
        """Evens out what tells when a tip came, of the time since the last hour began; cut short,
        it says so, and the next start makes up for it."""
        command = [*MANAGE, "housekeeping", "--before-stop"]
        self._process = processes.spawn(command, self.environment, self._log)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(BEFORE_STOP_AT_MOST)
        self.stop()
        if self._process.returncode:
            say(NOT_TIDIED)

    def _end_unless_at_work(self, now: float) -> None:
        """A large table takes as long as it takes to rewrite, and would begin anew every time."""
        if self._is_at_work():
            self._at_most = now + HOUSEKEEPING_EVERY  # asked again then
        else:
            self.stop()
