"""The copies over the real application and at the real door."""

import http.client
from contextlib import closing
from urllib.parse import urlsplit

import brotli
import pytest
from django.core.handlers.wsgi import WSGIHandler

from campaign import addresses
from slu_antitrafficking.microcache import MicroCache
from tests.away import database_away
from tests.microcache.visiting import FORMS, Got, environ_of

LOCAL = {"HTTP_HOST": "127.0.0.1:8000"}
AWARENESS = ("/", "/contact/", "/privacy/", "/robots.txt", "/.well-known/security.txt")


@pytest.fixture
def real():
    return MicroCache(WSGIHandler(), {"127.0.0.1:8000"})


@pytest.mark.django_db
@pytest.mark.parametrize("path", AWARENESS)
def test_awareness_pages_are_what_django_makes_of_them(real, client, path):
    page = client.get(path)
    for name in FORMS:
        got = Got(real, environ_of(path, **LOCAL, HTTP_ACCEPT_ENCODING=name))
        read = FORMS[got.headers.get("Content-Encoding", "identity")]
        assert read(got.body) == page.content
        own = {"ETag", "Content-Length", "Content-Encoding", "Vary"}
        for header in page.headers.keys() - own:
            assert got.headers[header] == page.headers[header]
        again = environ_of(path, **LOCAL, HTTP_ACCEPT_ENCODING=name)
        assert Got(real, again | {"HTTP_IF_NONE_MATCH": got.headers["ETag"]}).status == 304


@pytest.mark.django_db
@pytest.mark.parametrize("step", [5, pytest.param(1, marks=pytest.mark.audit)])
def test_every_page_of_every_language_is_kept_and_does_not_change_by_itself(real, step):
    every = [path for code in addresses.languages() for path in addresses.awareness(code)]
    paths = every[::step]  # in the suite of each language others
    first = {path: Got(real, environ_of(path, **LOCAL)).headers["ETag"] for path in paths}
    pages = {key[-1]: copy.page for key, copy in real._copies.items()}
    assert pages.keys() == set(paths)
    for copy in real._copies.values():
        copy.due = 0.0
    assert {path: Got(real, environ_of(path, **LOCAL)).headers["ETag"] for path in paths} == first
    assert all(copy.page is pages[key[-1]] for key, copy in real._copies.items())


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/report/", "/follow-up/", "/get-help/", "/nothing/"])
def test_what_must_not_be_kept_is_not(real, path):
    got = [Got(real, environ_of(path, **LOCAL, HTTP_ACCEPT_ENCODING="br, gzip")) for _ in (1, 2)]
    assert not real._copies
    for one in got:
        assert one.headers["Cache-Control"] == "no-store"
        assert one.headers["Content-Encoding"] == "gzip"


@pytest.mark.django_db
def test_a_foreign_host_is_refused_whatever_is_in_memory(real, settings):
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    assert Got(real, environ_of(**LOCAL)).status == 200
    for host in ("evil.example", "127.0.0.1.evil.example", "a@127.0.0.1"):
        assert Got(real, environ_of(HTTP_HOST=host)).status == 400


@pytest.mark.django_db
def test_pages_stay_while_the_database_is_away(real, django_db_blocker):
    before = [Got(real, environ_of(path, **LOCAL)).body for path in AWARENESS]
    for copy in real._copies.values():
        copy.due = 0.0
    with database_away(django_db_blocker):
        for path, body in zip(AWARENESS, before, strict=True):
            got = Got(real, environ_of(path, **LOCAL))
            assert (got.status, got.body) == (200, body)


# At the real door


def ask(site, path, method="GET", **headers):
    line = http.client.HTTPConnection(urlsplit(site.url).netloc, timeout=30)
    with closing(line):
        line.request(method, path, headers={"Accept-Encoding": "gzip, br"} | headers)
        response = line.getresponse()
        return response, response.read()


@pytest.mark.parametrize("path", AWARENESS[:3])
def test_a_page_travels_as_brotli_and_is_asked_for_again_by_its_etag(site, path):
    pages = [ask(site, path) for _worker in range(8)]
    etags = {response.getheader("ETag") for response, _ in pages}
    for response, body in pages:
        assert response.status == 200
        assert response.getheader("Content-Encoding") == "br"
        assert b"tel:847" in brotli.decompress(body)
        assert response.getheader("Content-Security-Policy")
        assert not response.getheader("Set-Cookie")
    assert len(etags) == 1
    for _worker in range(8):
        response, body = ask(site, path, **{"If-None-Match": etags.copy().pop()})
        assert (response.status, body) == (304, b"")
        assert response.getheader("Content-Security-Policy")
    response, body = ask(site, path, "HEAD")
    assert (response.status, body) == (200, b"")


def test_the_door_s_other_answers_are_not_kept(site):
    for path in ("/report/", "/get-help/", "/nothing/"):
        for _visit in range(4):
            response, _ = ask(site, path)
            assert response.getheader("Cache-Control") == "no-store"
            assert response.getheader("Content-Encoding") == "gzip"
    for _visit in range(4):
        assert ask(site, "/", Host="evil.example")[0].status == 400
        assert ask(site, "/?a=b")[0].status == 200
        assert ask(site, "/static/site/site.css?")[0].status in (200, 404)
