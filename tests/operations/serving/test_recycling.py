"""Public workers are replaced one after the other, and nobody who reads or sends notices."""

import http.client
import os
import runpy
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from signal import SIGKILL

from slu_antitrafficking import gunicorn_conf
from slu_antitrafficking.start.options import HOST, ROOT
from tests.running import free_port, until

FOREVER = {"HOUR": "3600", "SENDINGS": "1000000"}


class Server:
    """tests.recycled, and what its workers say."""

    def __init__(self, folder: Path, **life: str) -> None:
        self.port = free_port()
        self.log, self.gate = folder / "log", folder / "gate"
        self.gate.touch()
        command = [sys.executable, "-m", "gunicorn", "-c", "python:tests.recycled"]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*command, "--bind", f"{HOST}:{self.port}", "tests.recycled"],
                cwd=ROOT,
                env=os.environ | {"SERVE": "public", "GATE": str(self.gate)} | FOREVER | life,
                stderr=log,
            )

    def line(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(HOST, self.port, timeout=20)

    def ask(self, method: str = "GET") -> int:
        """The number of whoever answers a new connection."""
        with closing(self.line()) as line:
            line.request(method, "/")
            return int(line.getresponse().read()[:10])

    def serves(self) -> bool:
        try:
            return bool(self.ask())
        except OSError:
            return False

    def is_up(self) -> bool:
        return self.serves() and len(self.workers()) == 2

    def ending(self) -> int:
        """Who has the turn to end; 0 for nobody."""
        for lock in Path("/proc/locks").read_text().splitlines():
            *_, worker, _file, first_byte, _last_byte = lock.split()
            if first_byte == "0" and int(worker) in self.workers():
                return int(worker)
        return 0

    def workers(self) -> set[int]:
        """Who lives."""
        master = self.process.pid
        return {int(n) for n in Path(f"/proc/{master}/task/{master}/children").read_text().split()}


@contextmanager
def serving(folder: Path, **life: str) -> Iterator[Server]:
    server = Server(folder, **life)
    try:
        until(server.is_up)
        yield server
    finally:
        server.process.terminate()
        server.process.wait(20)


class Sending:
    """A sending of which the last byte is still to come."""

    def __init__(self, server: Server, sendings: dict[int, "Sending"]) -> None:
        self.line = socket.create_connection((HOST, server.port), timeout=20)
        self.line.sendall(
            b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\n1"
        )
        self.answer = b""
        while b"\r\n\r\n" not in self.answer or self.answer.endswith(b"\r\n\r\n"):
            self.answer += self.line.recv(4096)
        sendings.setdefault(int(self.answer.split()[-1]), self)
        if self not in sendings.values():
            self.end()

    def end(self) -> int:
        """Who answered it to its end."""
        self.line.sendall(b"2")
        rest = b"".join(iter(lambda: self.line.recv(4096), b""))
        self.line.close()
        return int(rest)


class Reader:
    """Reads page after page on one connection, as a browser does, and notes who answered."""

    def __init__(self, server: Server) -> None:
        self.seen: list[int] = []
        self.error: Exception | None = None
        self._server = server
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._read)

    def __enter__(self) -> "Reader":
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._stop.set()
        self._thread.join()

    def _read(self) -> None:
        line = self._server.line()
        try:
            while not self._stop.wait(0.005):
                line.request("GET", "/")
                self.seen.append(int(line.getresponse().read()[:10]))
        except (OSError, http.client.HTTPException) as error:
            self.error = error
        line.close()


def test_within_the_hour_every_worker_is_another_and_no_reader_sees_an_error(tmp_path):
    with serving(tmp_path, HOUR="1") as server:
        first = server.workers()
        with Reader(server) as one, Reader(server) as two:
            until(lambda: len(server.workers() - first) == 2)
        assert (one.error, two.error) == (None, None)
        assert not first & {one.seen[-1], two.seen[-1]}


def test_a_worker_that_is_killed_keeps_no_other_from_its_turn(tmp_path):
    with serving(tmp_path, HOUR="0.5") as server:
        first = server.workers()
        os.kill(max(first), SIGKILL)
        until(lambda: server.ask() and len(server.workers() - first) == 2)


def test_nobody_ends_while_the_other_s_follower_does_not_serve_yet(tmp_path):
    with serving(tmp_path, HOUR="0.3") as server:
        server.gate.unlink()
        until(lambda: server.ask() and (tmp_path / "waits").exists())
        (staying,) = answered = {server.ask()}
        deadline = time.monotonic() + 0.6  # it is due
        until(lambda: answered.add(server.ask()) or time.monotonic() > deadline)
        assert answered == {staying}
        server.gate.touch()
        until(lambda: server.ask() and staying not in server.workers())


def test_both_are_due_and_one_waits_until_the_other_is_replaced(tmp_path):
    with serving(tmp_path, SENDINGS="20") as server:
        first = server.workers()
        sendings: dict[int, Sending] = {}
        until(lambda: Sending(server, sendings) and len(sendings) == 2)
        for _ in range(100):  # each has its twenty
            server.ask("POST")
        ending = until(server.ending)
        (staying,) = first - {ending}
        until(lambda: {server.ask("POST") for _ in range(20)} == {staying})
        assert server.workers() == first
        assert sendings[ending].end() == ending
        until(lambda: server.ending() == staying)
        assert len(server.workers() - first) == 1
        until(lambda: not first & {server.ask() for _ in range(20)})
        assert sendings[staying].end() == staying
        until(lambda: not first & server.workers())


def test_reading_alone_uses_no_worker_up(tmp_path):
    with serving(tmp_path, SENDINGS="20") as server:
        first = server.workers()
        for _ in range(200):
            server.ask()
        assert not server.ending()
        assert server.workers() == first


def test_the_desk_whose_throttle_is_its_memory_is_never_replaced(monkeypatch):
    monkeypatch.setenv("SERVE", "desk")
    desk = runpy.run_path(gunicorn_conf.__file__)
    assert desk["workers"] == 1
    assert "recycling" not in desk["worker_class"]
