"""What stands in the logs of a running site, and what a request may not move."""

import os
import re
import socket
from pathlib import Path

import pytest

from slu_antitrafficking.start.processes import LIMIT, Log
from tests.running import RunningSite, until


def answer(port: int, request: bytes, source: str = "127.0.0.1") -> bytes:
    with socket.create_connection(("127.0.0.1", port), 20, (source, 0)) as connection:
        connection.sendall(request)
        return connection.recv(100)


MALFORMED = (
    b"GARBAGE-word\r\n\r\n",
    b"GET /secret-word HTTP/9.9\r\n\r\n",
    b"GET /secret-word HTTP/1.1\r\nHost: 127.0.0.1\r\nBad header secret-word\r\n\r\n",
    b"POST /secret-word HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\nsecret-word",
    b"POST /secret-word HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: odd\r\n\r\nsecret-word",
    b"GET /" + b"secret-word" * 1000 + b" HTTP/1.1\r\n\r\n",
    b"GET /secret-word HTTP/1.1\r\nHost: secret-word.example\r\n\r\n",
)


def test_malformed_requests_leave_no_address_and_no_word_in_any_log(site: RunningSite) -> None:
    files = [site.var / "log" / f"{serve}.log" for serve in ("public", "desk")]

    def are_left_alone() -> bool:
        before = [file.stat().st_mtime_ns for file in files]
        for port in (site.port, site.desk_port):
            for request in MALFORMED:
                answer(port, request, source="127.77.7.7")
        return [file.stat().st_mtime_ns for file in files] == before

    until(are_left_alone, 30, "logs in which no worker says any more that it starts")
    logs = site.logs()
    assert "127.77.7.7" not in logs
    assert "secret-word" not in logs
    assert "GARBAGE" not in logs


def test_no_line_of_a_door_has_a_minute(site: RunningSite) -> None:
    for serve in ("public", "desk"):
        log = (site.var / "log" / f"{serve}.log").read_text()
        assert "Booting worker" in log
        assert not re.findall(r".*\d\d:\d\d.*", log)


@pytest.mark.parametrize("header", ["SCRIPT_NAME", "PATH_INFO", "Script-Name"])
def test_no_header_moves_the_site(site: RunningSite, header: str) -> None:
    request = f"GET /contact/ HTTP/1.0\r\nHost: 127.0.0.1\r\n{header}: /elsewhere\r\n\r\n"
    for place in (("127.0.0.1", site.port), str(site.sockets[0])):
        with socket.socket(socket.AF_UNIX if isinstance(place, str) else socket.AF_INET) as line:
            line.settimeout(5)
            line.connect(place)
            line.sendall(request.encode())
            page = b"".join(iter(lambda: line.recv(65536), b""))
        assert page.startswith(b"HTTP/1.0 200")
        assert b"/elsewhere" not in page


def test_as_much_as_a_proxy_lets_through_is_answered_by_the_site_itself(site: RunningSite) -> None:
    many = "".join(f"X-{number}: {'x' * 400}\r\n" for number in range(75))
    long = f"GET /{'x' * 8000} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n"
    assert answer(site.port, long.encode()).startswith(b"HTTP/1.0 404")
    whole = f"GET /contact/ HTTP/1.0\r\nHost: 127.0.0.1\r\nX-Long: {'x' * 8000}\r\n{many}\r\n"
    assert answer(site.port, whole.encode()).startswith(b"HTTP/1.0 200")


def test_logs_are_turned_over(tmp_path: Path) -> None:
    log = Log(tmp_path / "a.log")
    held = log.open()
    for letter in "abcde":
        os.write(held, letter.encode() * LIMIT)
        log.turn_over()
    os.write(held, b"now")
    os.close(held)
    assert {file.name: file.read_text()[:3] for file in tmp_path.iterdir()} == {
        "a.log": "now",
        "a.log.1": "eee",
        "a.log.2": "ddd",
        "a.log.3": "ccc",
    }
