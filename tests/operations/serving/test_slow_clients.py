"""Whoever sends slowly holds no thread for long, and whoever sends slowly but honestly is heard."""

import os
import select
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from slu_antitrafficking import gunicorn_conf, recycling, slow_clients
from slu_antitrafficking.start.options import HOST, ROOT
from tests.impatient import LONG, PATIENCE, SLOWEST
from tests.running import free_port, until

HEAD = b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
Connect = Callable[[], socket.socket]


@pytest.fixture(params=["port", "unix socket"])
def connect(request: pytest.FixtureRequest) -> Iterator[Connect]:
    """A new connection to a server with one thread."""
    # A socket's name has room for about a hundred letters, which tests' own folders may take.
    folder = tempfile.TemporaryDirectory(dir="/tmp")
    port, path = free_port(), Path(folder.name) / "socket"

    def new() -> socket.socket:
        if request.param == "port":
            return socket.create_connection((HOST, port), timeout=20)
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(20)
        try:
            line.connect(str(path))
        except OSError:
            line.close()
            raise
        return line

    def serves() -> bool:
        try:
            return answer(new(), HEAD % 2 + b"12").endswith(b"\r\n\r\n2")
        except OSError:
            return False

    bound = f"{HOST}:{port}" if request.param == "port" else f"unix:{path}"
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "gunicorn", "-c", "python:tests.impatient"),
            *("--bind", bound, "tests.impatient"),
        ],
        cwd=ROOT,
        env=os.environ,
        stderr=subprocess.DEVNULL,
    )
    try:
        until(serves)
        yield new
    finally:
        process.terminate()
        process.wait(20)
        folder.cleanup()


def answer(line: socket.socket, request: bytes) -> bytes:
    with line:
        line.sendall(request)
        return b"".join(iter(lambda: line.recv(4096), b""))


def drip(line: socket.socket, begin: bytes, piece: bytes, seconds: float) -> bytes:
    """The answer to what is sent piece by piece, ten a second; empty where the line was cut."""
    with line:
        line.sendall(begin)
        deadline = time.monotonic() + seconds
        while not select.select([line], [], [], 0.1)[0]:
            assert time.monotonic() < deadline, "nobody cut it off"
            try:
                line.sendall(piece)
            except OSError:
                return b""
        return b"".join(iter(lambda: line.recv(4096), b""))


@pytest.mark.parametrize("connect", ["port"], indirect=True)
@pytest.mark.parametrize("begin", [HEAD % 100_000, b"POST / HTTP/1.1\r\nHost: x\r\nX-Slow: "])
def test_whoever_sends_byte_by_byte_gives_the_thread_back(connect: Connect, begin: bytes) -> None:
    began = time.monotonic()
    drip(connect(), begin, b"1", 10)
    assert answer(connect(), HEAD % 2 + b"12").endswith(b"\r\n\r\n2")
    assert time.monotonic() - began < PATIENCE + 5


@pytest.mark.parametrize("connect", ["port"], indirect=True)
def test_whoever_reads_no_answer_gives_the_thread_back(connect: Connect) -> None:
    began = time.monotonic()
    with connect() as line:
        line.sendall(HEAD.replace(b"POST / ", b"POST /large ") % 2 + b"12")
        assert answer(connect(), HEAD % 2 + b"12").endswith(b"\r\n\r\n2")
    assert time.monotonic() - began < PATIENCE + 5


@pytest.mark.parametrize("connect", ["unix socket"], indirect=True)
def test_whoever_comes_through_a_proxy_is_never_cut_off(connect: Connect) -> None:
    size = 10 * (PATIENCE + 3)  # each tenth of a second one byte
    assert drip(connect(), HEAD % size, b"x", 20).endswith(f"\r\n\r\n{size}".encode())


@pytest.mark.parametrize("connect", ["port"], indirect=True)
def test_whoever_sends_slowly_but_steadily_is_heard_to_the_end(connect: Connect) -> None:
    pieces = 40 * (PATIENCE + 3) // 4
    size = pieces * (SLOWEST // 5)  # each tenth of a second twice what is asked
    said = drip(connect(), HEAD % size, b"x" * (SLOWEST // 5), 20)
    assert said.endswith(f"\r\n\r\n{size}".encode())


def test_what_came_whole_is_answered_however_long_that_takes(connect: Connect) -> None:
    assert PATIENCE + 2 < LONG
    request = HEAD.replace(b"POST / ", b"POST /long ") % 2 + b"12"
    assert answer(connect(), request).endswith(b"\r\n\r\n2")


def test_both_doors_are_so() -> None:
    assert issubclass(recycling.RecycledWorker, slow_clients.ImpatientWorker)
    assert gunicorn_conf.worker_class.rpartition(".")[2] in ("RecycledWorker", "ImpatientWorker")
    assert slow_clients.PATIENCE == 60
    assert SLOWEST < slow_clients.SLOWEST < 5_000
