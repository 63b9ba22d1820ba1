"""What never reaches the site: gunicorn refuses it, with the numbers to call."""

import http.client
import socket
from pathlib import Path

import pytest

from slu_antitrafficking.short_page import FILE
from tests.reading import Reading
from tests.running import RunningSite

HOST = b"Host: 127.0.0.1\r\n"
NUMBERS = {"tel:999", "tel:911", "tel:847"}


def ask(place: tuple[str, int], request: bytes) -> tuple[int, str]:
    """Status and page."""
    with socket.create_connection(place, timeout=20) as line:
        line.sendall(request)
        answer = http.client.HTTPResponse(line)
        answer.begin()
        return answer.status, answer.read().decode()


def headers(count: int, size: int) -> bytes:
    return b"".join(b"X-Filter-%d: %s\r\n" % (n, b"x" * size) for n in range(count))


@pytest.mark.parametrize(
    ("status", "request_"),
    [
        (400, b"GARBAGE\r\n\r\n"),
        (400, b"GET /contact/ HTTP/1.1\r\n" + HOST + b"Bad name (of a filter): x\r\n\r\n"),
        (400, b"GET /contact/ HTTP/1.1\r\n" + HOST + b"Content-Length: many\r\n\r\n"),
        (405, b"PUT /report/ HTTP/1.1\r\nConnection: close\r\n" + HOST + b"\r\n"),
        (414, b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\n" + HOST + b"\r\n"),
        (431, b"GET / HTTP/1.1\r\n" + HOST + headers(1, 40_000) + b"\r\n"),
        (431, b"GET / HTTP/1.1\r\n" + HOST + headers(300, 10) + b"\r\n"),
    ],
    ids=["garbage", "name", "length", "method", "address", "long header", "many headers"],
)
def test_both_doors_refuse_with_the_numbers(site: RunningSite, status: int, request_: bytes):
    for port in (site.port, site.desk_port):
        # The desk's door has no /report/.
        expected = 404 if status == 405 and port == site.desk_port else status
        told, page = ask(("127.0.0.1", port), request_)
        assert told == expected
        assert set(Reading(page).hrefs("tel:")) >= NUMBERS
        assert "x" * 100 not in page
        assert "filter" not in page


@pytest.mark.parametrize(("count", "size"), [(1, 32_000), (4, 8_000), (100, 300)])
def test_32_kilobytes_of_headers_pass(site: RunningSite, count: int, size: int):
    request = b"GET /contact/ HTTP/1.1\r\nConnection: close\r\n" + HOST + headers(count, size)
    assert ask(("127.0.0.1", site.port), request + b"\r\n")[0] == 200


def test_a_body_in_chunks_is_a_tip(site: RunningSite):
    body = b"what_happened=They+keep+her+passport.&danger_now=yes"
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in (body[:7], body[7:30], body[30:]))
    head = (
        b"POST /report/ HTTP/1.1\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n" + HOST
    ) + b"Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    place = ("127.0.0.1", site.port)
    status, page = ask(place, head + chunks + b"0\r\n\r\n")
    assert status == 200
    assert "Received. Thank you." in Reading(page).text
    status, page = ask(place, head + b"0\r\n\r\n")
    assert (status, "Nothing arrived here" in page) == (400, True)
    for broken in (b"zz\r\n" + body, chunks + b"7\r\nabc\r\n0\r\n\r\n"):
        status, page = ask(place, head + broken)
        assert status == 400
        assert "tel:847" in Reading(page).hrefs("tel:")


@pytest.mark.parametrize("file", sorted(FILE.parent.glob("*.html")), ids=lambda file: file.stem)
@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_each_short_page_names_the_numbers_in_every_language(file: Path, language: str):
    said = [p for p in Reading(file.read_text()).all("p") if p.get("lang", "en") == language]
    assert {link.attrib["href"] for p in said for link in p.iter("a")} >= NUMBERS
