"""Errors and headers as the two real doors give them."""

import http.client
import re
import socket
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from tests.reading import Reading

FORM = "application/x-www-form-urlencoded"


def ask(url, method, path, body=None, **headers):
    line = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
    with closing(line):
        line.request(method, path, body, headers)
        response = line.getresponse()
        return response, response.read()


@pytest.mark.parametrize("size", [2_000_000, 10_000_000, 40_000_000])
def test_whoever_sends_too_much_sees_the_answer(site, size):
    body = b"what_happened=" + b"x" * size
    response, page = ask(site.url, "POST", "/report/", body, **{"Content-Type": FORM})
    assert response.status == 413
    assert "Press Back: your words may still be there" in Reading(page.decode()).text


def test_half_a_body_is_answered_400(site):
    where = urlsplit(site.url)
    with socket.create_connection((where.hostname, where.port), timeout=20) as line:
        line.sendall(
            b"POST /report/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n"
            b"Content-Type: application/x-www-form-urlencoded\r\n\r\nwhat_happened=half"
        )
        line.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: line.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 400")
    assert b"Nothing was stored" in answer


def test_the_desk_s_door_has_an_error_page_of_its_own(site):
    response, page = ask(site.desk_url, "GET", "/nothing/")
    reading = Reading(page.decode())
    assert response.status == 404
    assert reading.hrefs("/") == ["/desk/"]
    assert "tel:999" in reading.hrefs()
    assert response.getheader("Content-Security-Policy")
    response, _ = ask(site.desk_url, "GET", "/")
    assert (response.status, response.getheader("Location")) == (302, "/desk/")


def test_the_public_door_points_to_the_desk_s(site):
    response, _ = ask(site.url, "GET", "/desk/tips/tip/?q=KD-4821")
    assert response.status == 302
    assert response.getheader("Location") == f"{site.desk_url}/desk/tips/tip/"


@pytest.mark.parametrize("path", ["/", "/contact/", "/privacy/"])
def test_a_page_as_it_travels(site, path):
    response, page = ask(site.url, "GET", path, **{"Accept-Encoding": "gzip, br"})
    headers = {name.casefold() for name, _ in response.getheaders()}
    assert response.status == 200
    assert {"etag", "content-security-policy"} <= headers
    assert "set-cookie" not in headers
    assert len(page) < 8_000


def test_style_and_script_are_kept_for_good_and_travel_compressed(site):
    _, page = ask(site.url, "GET", "/")
    files = re.findall(r'(?:href|src)="(/static/[^"]+\.(?:css|js))"', page.decode())
    assert len(files) == 6
    for file in files:
        response, data = ask(site.url, "GET", file, **{"Accept-Encoding": "gzip, br"})
        assert response.status == 200
        assert "immutable" in response.getheader("Cache-Control")
        assert response.getheader("Content-Encoding") == "br"
        assert len(data) < 7_000
        assert response.getheader("Content-Security-Policy")
