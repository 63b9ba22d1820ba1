"""What nginx tells of a request: to the site who asks, in one header, and to no disk anything."""

import re
import socket
from contextlib import suppress

from tests.operations.serving.behind_nginx import CONF, ask


def test_nothing_about_a_request_is_written_to_a_disk():
    http = CONF[CONF.index("http {") :]
    assert re.findall(r"access_log (\S+);", CONF) == ["off"]
    assert re.findall(r"error_log (.+);", http) == ["/dev/null emerg"]
    assert "proxy_max_temp_file_size 0;" in http
    places = re.findall(r"(?:temp_path|cache_path|proxy_store) (\S+?);?(?: |\n)", http)
    assert len(places) == 3
    assert all(place.startswith("/run/") for place in places)


def test_the_site_learns_who_asks_in_one_header_alone(front, behind):
    ask(front, "/report/", X_Real_IP="203.0.113.9", X_Forwarded_For="203.0.113.9")
    headers = behind.asked[0][1]
    assert headers["X-Real-IP"] == "127.0.0.1"
    assert headers["X-Forwarded-Proto"] == "http"
    assert headers["Host"] == "127.0.0.1"


def test_no_log_knows_of_any_request(front, tmp_path):
    ask(front, "/secret-word/")
    for request in (
        b"GARBAGE secret-word\r\n\r\n",
        b"GET /secret-word HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n",
        b"GET /secret-word HTTP/1.1\r\nHost: 127.0.0.1\r\nBad header secret-word\r\n\r\n",
        b"POST /secret-word HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\nsec",
    ):
        with socket.create_connection(("127.0.0.1", front), timeout=10) as line:
            line.sendall(request)
            with suppress(OSError):  # another name: it is cut off, without any answer
                line.shutdown(socket.SHUT_WR)
                assert b"secret-word" not in line.recv(65536).split(b"\r\n\r\n")[0]
    written = [file for file in tmp_path.rglob("*.log") if file.is_file()]
    assert written
    assert not "".join(file.read_text() for file in written).strip()
