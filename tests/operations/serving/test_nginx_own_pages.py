"""The pages that nginx shows by itself, where it refuses a request or the site is away."""

import re
import socket

import pytest

from bench import nginx
from slu_antitrafficking.middleware import HEADERS, HSTS
from tests.operations.serving.behind_nginx import CONF
from tests.reading import Reading


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
