"""The three ways in which a page travels, and its ETag."""

import gzip

import brotli
import pytest

from slu_antitrafficking import microcache
from slu_antitrafficking.encodings import encoding
from slu_antitrafficking.microcache import FRESH, MicroCache
from tests.microcache.visiting import (
    FORMS,
    HOST,
    WORDS,
    Got,
    environ_of,
)


@pytest.mark.parametrize(
    ("accepted", "name"),
    [
        ("", "identity"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("GZIP", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("gzip;q=1.0, br;q=0.5", "gzip"),
        ("br ; q=0.1", "br"),
        ("*", "br"),
        ("*;q=0", "identity"),
        ("br;q=0, *", "gzip"),
        ("identity", "identity"),
        ("br;q=x, gzip;q=nan", "identity"),
        ("brotli", "identity"),
    ],
)
def test_the_encoding_that_the_browser_likes_best(accepted, name):
    assert encoding(accepted) == name


@pytest.mark.parametrize("name", FORMS)
def test_each_encoding_has_its_bytes_and_its_etag(get, name):
    got = get(HTTP_ACCEPT_ENCODING=name)
    assert FORMS[name](got.body) == WORDS
    assert got.headers.get("Content-Encoding", "identity") == name
    assert got.headers["Content-Length"] == str(len(got.body))
    others = {get(HTTP_ACCEPT_ENCODING=each).headers["ETag"] for each in FORMS if each != name}
    assert got.headers["ETag"] not in others
    assert len(others) == 2


def test_an_answer_that_came_compressed_is_kept_in_every_form(get, django):
    django.body = gzip.compress(WORDS)
    django.headers |= {"Content-Encoding": "gzip", "Vary": "accept-encoding", "ETag": 'W/"a"'}
    assert get().body == WORDS
    assert brotli.decompress(get(HTTP_ACCEPT_ENCODING="br").body) == WORDS
    assert len(django.asked) == 1


def test_what_does_not_shrink_travels_as_it_is(get, django):
    for django.body, kind, path in ((b"ok", "text/plain", "/a"), (WORDS, "image/png", "/b")):
        django.headers["Content-Type"] = kind
        got = get(path, HTTP_ACCEPT_ENCODING="br, gzip")
        assert got.body == django.body
        assert "Content-Encoding" not in got.headers


@pytest.mark.parametrize("name", FORMS)
def test_a_browser_that_has_the_page_hears_so(get, django, name):
    django.headers["Content-Security-Policy"] = "default-src 'none'"
    etag = get(HTTP_ACCEPT_ENCODING=name).headers["ETag"]
    for asked in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        got = get(HTTP_ACCEPT_ENCODING=name, HTTP_IF_NONE_MATCH=asked)
        assert (got.status, got.body) == (304, b"")
        assert got.headers.items() >= {"ETag": etag, "Vary": "Accept-Encoding"}.items()
        assert got.headers["Cache-Control"] == "public, max-age=60"
        assert got.headers["Content-Security-Policy"] == "default-src 'none'"
        assert not {"Content-Length", "Content-Type", "Content-Encoding"} & got.headers.keys()


def test_a_browser_that_has_another_page_gets_this_one(get, clock, django):
    etag = get().headers["ETag"]
    for asked in ('"other"', "nonsense", etag[:-1], ""):
        assert get(HTTP_IF_NONE_MATCH=asked).status == 200
    assert get(HTTP_IF_NONE_MATCH=etag, HTTP_ACCEPT_ENCODING="br").status == 200
    clock.now += FRESH
    django.body = b"Another number"
    assert get(HTTP_IF_NONE_MATCH=etag).body == b"Another number"


def test_even_the_first_visitor_hears_that_they_have_the_page(get, django, clock):
    etag = get().headers["ETag"]
    fresh = MicroCache(django, {HOST}, clock)
    assert Got(fresh, environ_of(HTTP_IF_NONE_MATCH=etag)).status == 304


def test_the_etag_does_not_change_with_the_worker_or_the_time(get, django, clock):
    etag = get(HTTP_ACCEPT_ENCODING="br").headers["ETag"]
    clock.now += FRESH
    other = Got(MicroCache(django, {HOST}, clock), environ_of(HTTP_ACCEPT_ENCODING="br"))
    assert get(HTTP_ACCEPT_ENCODING="br").headers["ETag"] == other.headers["ETag"] == etag


def test_a_page_that_did_not_change_is_not_compressed_again(get, clock, monkeypatch):
    get()
    monkeypatch.setattr(microcache, "Page", None)
    clock.now += FRESH
    assert get(HTTP_ACCEPT_ENCODING="br").status == 200


def test_head_is_the_same_without_a_body(get, django, clock):
    django.headers["Content-Type"] = "text/html"
    django.body = b""
    assert get(method="HEAD").status == 200
    django.body = WORDS
    whole = get()
    clock.now += FRESH
    head = get(method="HEAD")
    assert (head.status, head.headers, head.body) == (200, whole.headers, b"")
    assert django.asked[-1]["REQUEST_METHOD"] == "GET"
    assert get(method="HEAD", HTTP_IF_NONE_MATCH=whole.headers["ETag"]).status == 304
