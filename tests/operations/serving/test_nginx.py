"""deploy/nginx: what it says, and what it does."""

import os
import re
import resource
import socket
import subprocess
import threading
import time
from contextlib import ExitStack, closing, suppress
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address

import pytest

from bench import load, nginx
from slu_antitrafficking.middleware import HEADERS, HSTS, NOT_KEPT
from tests.reading import Reading
from tests.running import free_port, until

CONF = (nginx.OPERATORS / "nginx.conf").read_text()


def test_nothing_about_a_request_is_written_to_a_disk():
    http = CONF[CONF.index("http {") :]
    assert re.findall(r"access_log (\S+);", CONF) == ["off"]
    assert re.findall(r"error_log (.+);", http) == ["/dev/null emerg"]
    assert "proxy_max_temp_file_size 0;" in http
    places = re.findall(r"(?:temp_path|cache_path|proxy_store) (\S+?);?(?: |\n)", http)
    assert len(places) == 3
    assert all(place.startswith("/run/") for place in places)


@pytest.mark.parametrize("language", ["", "es/", "acf/"])
def test_what_nobody_may_keep_has_a_place_without_copies(language):
    apart = re.search(r'location ~ "(\^.+report.+)" \{', CONF)[1]
    for section in NOT_KEPT:
        assert re.search(apart, f"/{language}{section}/")
    for path in ("", "signs/", "types/report-it/", "contact/"):
        assert not re.search(apart, f"/{language}{path}")


@pytest.mark.parametrize("status", [400, 413, 502, 504])
def test_nginx_s_own_pages_name_the_numbers_and_look_like_nothing(status):
    page = Reading((nginx.OPERATORS / "errors" / f"{status}.html").read_text())
    assert {"tel:999", "tel:911", "tel:847"} == set(page.hrefs())
    assert page.all("title")[0].text == "Information"
    assert len(re.findall(rf"error_page {status}\b.* /{status}\.html;", CONF)) == 1
    assert CONF.count('location ~ "^/(400|413|502|504)\\.html$" {') == CONF.count("    server {")


def test_nginx_s_own_pages_have_our_headers():
    text = (nginx.OPERATORS / "errors" / "headers.conf").read_text()
    said = dict(re.findall(r'add_header (\S+) "?([^"\n]+?)"? always;', text))
    assert said["Strict-Transport-Security"] == HSTS
    assert "default-src 'none'" in said["Content-Security-Policy"]
    same = HEADERS.keys() - {"Content-Security-Policy", "Permissions-Policy"}
    assert {name: said[name] for name in same} == {name: HEADERS[name] for name in same}


# What it does


class Site(ThreadingHTTPServer):
    """Stands behind nginx; answers as it is told, and remembers what it was asked."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Visitor)
        self.status, self.headers = 200, {"Cache-Control": "public, max-age=60"}
        self.asked = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def paths(self):
        return [path for path, _headers, _body in self.asked]


class Visitor(BaseHTTPRequestHandler):
    def do_GET(self):
        length = int(self.headers.get("Content-Length", 0))
        self.server.asked.append((self.path, dict(self.headers), self.rfile.read(length)))
        body = f"{self.path} {self.headers['Accept-Encoding']} {len(self.server.asked)}".encode()
        self.send_response(self.server.status)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *_):
        pass


@pytest.fixture
def behind():
    site = Site()
    yield site
    site.shutdown()
    site.server_close()


@pytest.fixture
def ports(behind, tmp_path):
    tmp_path.chmod(0o755)
    door = f"127.0.0.1:{behind.server_address[1]}"
    with nginx.operators(tmp_path, door, door) as ports:
        yield ports


@pytest.fixture
def front(ports):
    return ports.site


def ask(port, path, method="GET", body=None, address="127.0.0.1", **headers):
    source = (address, 0)
    with closing(HTTPConnection("127.0.0.1", port, timeout=20, source_address=source)) as line:
        line.request(
            method, path, body, {name.replace("_", "-"): headers[name] for name in headers}
        )
        answer = line.getresponse()
        return answer, answer.read().decode()


def test_a_page_is_asked_for_once_for_each_encoding(front, behind):
    for accepted, form in (
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("deflate, gzip;q=1.0, *;q=0.5", "gzip"),
        ("br;q=0", "identity"),
        ("", "identity"),
    ):
        for _visit in (1, 2):
            answer, page = ask(front, "/signs/", Accept_Encoding=accepted)
            assert answer.status == 200
            assert page.startswith(f"/signs/ {form} ")
            assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert len(behind.asked) == 3


def test_what_must_not_be_kept_reaches_the_site_each_time(front, behind):
    for number, path in enumerate(("/report/", "/es/get-help/card/", "/health/", "/?a=b")):
        for visit in (1, 2):
            ask(front, path)
            assert len(behind.asked) == 2 * number + visit
    behind.asked.clear()
    for headers in ({"Cache-Control": "no-store"}, {}, {"Set-Cookie": "a=b"} | behind.headers):
        behind.headers = headers
        for _visit in (1, 2):
            ask(front, "/contact/")
    behind.headers, behind.status = {"Cache-Control": "public"}, 404
    for _visit in (1, 2):
        assert ask(front, "/contact/")[0].status == 404
        ask(front, "/contact/", "POST", "a=b")
    assert len(behind.asked) == 10


def test_the_site_learns_who_asks_in_one_header_alone(front, behind):
    ask(front, "/report/", X_Real_IP="203.0.113.9", X_Forwarded_For="203.0.113.9")
    headers = behind.asked[0][1]
    assert headers["X-Real-IP"] == "127.0.0.1"
    assert headers["X-Forwarded-Proto"] == "http"
    assert headers["Host"] == "127.0.0.1"


def test_the_last_good_copy_stays_while_the_site_is_broken_and_while_it_is_away(front, behind):
    _, page = ask(front, "/contact/")
    behind.status = 503
    time.sleep(5.5)
    for _visit in (1, 2):
        answer, again = ask(front, "/contact/")
        assert (answer.status, again) == (200, page)
    behind.shutdown()
    behind.server_close()
    answer, again = ask(front, "/contact/")
    assert (answer.status, again) == (200, page)
    for method, path in (("GET", "/signs/"), ("GET", "/report/"), ("POST", "/report/")):
        answer, error = ask(front, path, method)
        assert answer.status == 502
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert "tel:847" in Reading(error).hrefs()


def test_a_large_body_arrives_whole_and_a_larger_one_is_refused_with_the_numbers(front, behind):
    body = b"a secret word " * 300_000
    assert ask(front, "/follow-up/", "POST", body)[0].status == 200
    assert behind.asked[0][2] == body
    answer, page = ask(front, "/follow-up/", "POST", b"", Content_Length=str(61 * 1024 * 1024))
    assert answer.status == 413
    assert "tel:847" in Reading(page).hrefs()
    assert len(behind.asked) == 1


def test_large_bodies_pass_where_photos_come_and_nowhere_else(ports, behind):
    photos = b"x" * 3_000_000
    for port, path in ((ports.site, "/es/follow-up/"), (ports.desk, "/desk/tips/tip/1/take/?a=b")):
        assert ask(port, path, "POST", photos)[0].status == 200
        assert behind.paths()[-1] == path
        answer, page = ask(port, path, "POST", b"", Content_Length=str(61 * 1024 * 1024))
        assert answer.status == 413
        assert "tel:847" in Reading(page).hrefs()
    for port, path, method in (
        (ports.site, "/report/", "POST"),
        (ports.site, "/follow-up/", "PUT"),
        (ports.site, "/", "POST"),
        (ports.desk, "/desk/", "GET"),
    ):
        assert ask(port, path, method, b"", Content_Length="3000000")[0].status == 413
    answer, page = ask(ports.site, "/_photos", "POST", photos)
    assert answer.status == 404
    assert "tel:847" in Reading(page).hrefs()
    assert len(behind.asked) == 2


# What one network may have

NEAR, FAR = "127.0.0.1", "127.0.0.9"
LARGE = (
    b"POST /follow-up/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 50000000\r\n\r\n"
    + b"x" * 600_000
)


def half_sent_photos(lines, port, address):
    line = lines.enter_context(socket.create_connection(("127.0.0.1", port), 10, (address, 0)))
    line.sendall(LARGE)


def sends_photos(port, address):
    answer, page = ask(port, "/follow-up/", "POST", b"x" * 2_500_000, address)
    assert answer.status == 200 or "tel:847" in Reading(page).hrefs()
    return answer.status


def sends_words(port, address):
    text = b"what_happened=" + b"a secret word " * 15_000
    sent = {
        ask(port, path, "POST", text, address)[0].status for path in ("/report/", "/follow-up/")
    }
    return sent == {200}


def test_slow_photos_of_one_network_keep_nobody_else_from_sending(front, behind):
    with ExitStack() as lines:
        for _upload in range(12):  # more than may be, for one of ours may come before some
            half_sent_photos(lines, front, NEAR)
        until(lambda: sends_photos(front, NEAR) == 429, 10)
        assert sends_photos(front, FAR) == 200
        for address in (NEAR, FAR):
            assert sends_words(front, address)
    until(lambda: sends_photos(front, NEAR) == 200, 10)


def test_a_tip_passes_where_photos_have_filled_the_memory_for_them(front, behind, tmp_path):
    if os.geteuid() != 0:
        pytest.skip("only root mounts a small disk")
    bodies = tmp_path / "nginx-bodies"
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "bodies", bodies], check=True)
    try:
        with ExitStack() as lines:
            for number in range(10, 20):
                half_sent_photos(lines, front, f"127.0.0.{number}")
            until(lambda: sends_photos(front, FAR) == 500, 10)
            assert sends_words(front, FAR)
        until(lambda: sends_photos(front, FAR) == 200, 10)
    finally:
        subprocess.run(["umount", "--lazy", bodies], check=True)


def test_a_flood_from_one_network_is_slowed_there_alone(front, behind):
    for path in ("/report/", "/?a=b"):
        statuses = [ask(front, path, address=NEAR)[0].status for _ in range(400)]
        assert set(statuses) == {200, 429}
        assert statuses.index(429) > 200
        assert ask(front, path, address=FAR)[0].status == 200
    assert {ask(front, "/contact/", address=NEAR)[0].status for _ in range(400)} == {200}


def test_a_network_is_an_address_or_what_one_line_has_of_ipv6(tmp_path):
    port = free_port()
    network = re.search(r"    map \$binary_remote_addr \$network \{.*?\}\n", CONF, re.S)[0]
    say_it = (
        f"{network}set_real_ip_from 127.0.0.0/8; server {{ listen 127.0.0.1:{port};"
        ' location / { default_type text/plain; return 200 "$network"; } }'
    )
    tmp_path.chmod(0o755)
    text = nginx._user() + nginx.PLAIN.format(folder=tmp_path, files=say_it)
    with nginx._serving(text, tmp_path / "networks.conf", port):
        for address, size in (
            ("203.0.113.10", 4),
            ("10.10.10.10", 4),
            ("2001:db8:0:1ff:a:b:c:d", 7),
            ("2001:db8:0:100::", 7),
            ("a0a:a0a:a0a:a0a:a0a:a0a:a0a:a0a", 7),
        ):
            head = f"GET / HTTP/1.1\r\nHost: x\r\nX-Real-IP: {address}\r\n\r\n"
            _head, body = load.ask(port, head.encode())
            assert body == ip_address(address).packed[:size]


@pytest.mark.parametrize(
    ("status", "request_"),
    [
        (400, b"GARBAGE secret-word\r\n\r\n"),
        (414, b"GET /" + b"x" * 40_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"),
        (431, b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"x" * 40_000 + b"\r\n\r\n"),
        (405, b"TRACE / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"),
    ],
    ids=["garbage", "address", "headers", "method"],
)
def test_what_nginx_refuses_itself_has_the_numbers(front, behind, status, request_):
    with socket.create_connection(("127.0.0.1", front), timeout=10) as line:
        line.sendall(request_)
        line.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := line.recv(65536):
            answer += piece
    head, _, page = answer.partition(b"\r\n\r\n")
    assert int(head.split()[1]) == status
    assert {"tel:999", "tel:911", "tel:847"} == set(Reading(page.decode()).hrefs())
    assert behind.asked == []


def test_32_kilobytes_of_headers_pass(front, behind):
    ask(front, "/contact/", X_Filter="x" * 32_000)
    ask(front, "/report/", **{f"X_Filter_{number}": "x" * 8_000 for number in range(4)})
    assert behind.paths() == ["/contact/", "/report/"]


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


def test_thousands_of_half_sent_requests_leave_room_for_others(front, behind):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 20_000), hard))
    try:
        with ExitStack() as lines:
            for _sender in range(2_500):  # more than 1,024 for each of two workers
                line = lines.enter_context(socket.create_connection(("127.0.0.1", front), 10))
                line.sendall(b"GET /signs/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
            answer, _page = ask(front, "/contact/")
            assert answer.status == 200
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert behind.paths() == ["/contact/"]


def test_a_request_that_does_not_go_on_is_given_up():
    for name in ("client_header_timeout 10s", "client_body_timeout 20s"):
        assert f"    {name};\n" in CONF
