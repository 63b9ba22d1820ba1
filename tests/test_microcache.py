"""The copies before Django: driven directly, over the real application, and at the real door."""

import gzip
import http.client
import threading
from contextlib import closing
from io import BytesIO
from urllib.parse import urlsplit

import brotli
import pytest
from django.core.handlers.wsgi import WSGIHandler

from campaign import addresses
from slu_antitrafficking import microcache
from slu_antitrafficking.encodings import encoding
from slu_antitrafficking.microcache import FRESH, GOOD, MicroCache, own_hosts
from tests.away import database_away

HOST = "site.example"
WORDS = b"<p>Who to call. " * 200
PUBLIC = {"Cache-Control": "public, max-age=60", "Content-Type": "text/html; charset=utf-8"}
FORMS = {"identity": bytes, "gzip": gzip.decompress, "br": brotli.decompress}


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


class Application:
    """Answers as it is told, and remembers what it was asked."""

    def __init__(self):
        self.status, self.body, self.headers = "200 OK", WORDS, dict(PUBLIC)
        self.asked = []
        self.closed = 0
        self.error = None
        self.meanwhile = lambda: None

    def __call__(self, environ, start_response):
        self.asked.append(environ)
        self.meanwhile()
        if self.error:
            raise self.error
        length = {"Content-Length": str(len(self.body))}
        start_response(self.status, list((length | self.headers).items()))
        return Chunks(self)


class Chunks:
    def __init__(self, application):
        self.application, self.body = application, application.body

    def __iter__(self):
        return iter((self.body[:100], self.body[100:]))

    def close(self):
        self.application.closed += 1


def environ_of(path="/", method="GET", **more):
    query = path.partition("?")[2]
    return {
        "REQUEST_METHOD": method,
        "PATH_INFO": path.partition("?")[0],
        "QUERY_STRING": query,
        "SCRIPT_NAME": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(),
        "HTTP_HOST": HOST,
        **more,
    }


class Got:
    """What a visitor received."""

    def __init__(self, cache, environ):
        said = {}

        def start_response(status, headers, exc_info=None):
            said.update(status=int(status[:3]), headers=dict(headers))

        chunks = cache(environ, start_response)
        self.body = b"".join(chunks)
        if hasattr(chunks, "close"):
            chunks.close()
        self.status, self.headers = said["status"], said["headers"]


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def django():
    return Application()


@pytest.fixture
def get(django, clock):
    cache = MicroCache(django, {HOST}, clock)
    return lambda *path, **more: Got(cache, environ_of(*path, **more))


# What is kept


def test_a_page_is_asked_for_once_in_five_seconds(get, django, clock):
    for _visitor in range(5):
        assert get().body == WORDS
        clock.now += 0.9
    assert len(django.asked) == 1
    clock.now += FRESH
    django.body = b"Another number"
    assert get().body == b"Another number"
    assert len(django.asked) == 2
    assert django.closed == 2


def test_each_address_has_a_copy_of_its_own(get, django):
    get("/")
    django.body = b"signs"
    assert get("/signs/").body == b"signs"
    assert get("/").body == WORDS


@pytest.mark.parametrize(
    "headers",
    [
        {"Cache-Control": "no-store"},
        {"Cache-Control": "private, max-age=60"},
        {"Cache-Control": "public, no-store"},
        {"Cache-Control": ""},
        {"Set-Cookie": "a=b"},
        {"Vary": "Cookie"},
        {"Vary": "Accept-Encoding, Accept-Language"},
        {"Content-Encoding": "zstd"},
        {"Content-Length": str(2_000_000)},
        {"Content-Length": ""},
    ],
)
def test_an_answer_that_is_not_everybody_s_is_never_kept(get, django, headers):
    django.headers |= headers
    for visit in (1, 2):
        got = get()
        assert len(django.asked) == django.closed == visit
        assert got.headers.items() >= headers.items()
        assert got.body == WORDS


@pytest.mark.parametrize("status", ["404 Not Found", "301 Moved Permanently", "500 Oh", "206 Part"])
def test_an_answer_that_is_no_page_is_never_kept(get, django, status):
    django.status = status
    assert get("/nothing/").status == int(status[:3])
    django.status = "200 OK"
    assert get("/nothing/").status == 200


@pytest.mark.parametrize(
    ("path", "more"),
    [
        ("/?a=b", {}),
        ("/desk/", {}),
        ("/static/site.css", {}),
        ("/health/", {}),
        ("/", {"method": "POST"}),
        ("/", {"method": "OPTIONS"}),
        ("/", {"HTTP_HOST": "evil.example"}),
        ("/", {"HTTP_HOST": f"{HOST}:81"}),
        ("/", {"HTTP_HOST": ""}),
        ("/", {"HTTP_X_FORWARDED_PROTO": "https, http"}),
        ("/", {"CONTENT_LENGTH": "3"}),
        ("/", {"HTTP_TRANSFER_ENCODING": "chunked"}),
        ("/", {"SCRIPT_NAME": "/elsewhere"}),
    ],
)
def test_what_is_not_ours_to_answer_passes_untouched(django, clock, path, more):
    cache = MicroCache(django, {HOST}, clock)
    Got(cache, environ_of("/"))
    for visit in (2, 3):
        environ = environ_of(path, **more)
        Got(cache, environ)
        assert django.asked[-1] is environ
        assert len(django.asked) == visit


def test_http_and_https_do_not_share_a_copy(get, django):
    get()
    django.headers["Strict-Transport-Security"] = "max-age=1"
    for secure in ({"wsgi.url_scheme": "https"}, {"HTTP_X_FORWARDED_PROTO": "https"}):
        assert "Strict-Transport-Security" in get(**secure).headers
    assert "Strict-Transport-Security" not in get().headers


def test_the_application_s_headers_come_along(get, django):
    django.headers["Content-Security-Policy"] = "default-src 'none'"
    for _visit in (1, 2):
        headers = get().headers
        assert headers["Content-Security-Policy"] == "default-src 'none'"
        assert headers["Cache-Control"] == "public, max-age=60"
        assert headers["Vary"] == "Accept-Encoding"
        assert headers["Content-Length"] == str(len(WORDS))


def test_a_page_asked_for_again_carries_nothing_of_whoever_asks(get, django, clock):
    get()
    clock.now += FRESH
    visitor = {"HTTP_COOKIE": "a=b", "HTTP_ACCEPT_LANGUAGE": "es", "HTTP_ACCEPT_ENCODING": "br"}
    get(**visitor, HTTP_X_FORWARDED_PROTO="", HTTP_IF_NONE_MATCH='"x"', HTTP_REFERER="http://x")
    carried = {name for name in django.asked[-1] if name.startswith("HTTP_")}
    assert carried <= {"HTTP_HOST", "HTTP_X_FORWARDED_PROTO"}


# Encodings and ETags


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


# When the application or its database is away


@pytest.mark.parametrize("trouble", ["503 Service Unavailable", "500 Oh", RuntimeError("secret")])
def test_the_last_good_copy_stays_for_a_day(get, django, clock, caplog, trouble):
    get()
    if isinstance(trouble, str):
        django.status = trouble
    else:
        django.error = trouble
    clock.now += GOOD - FRESH
    for _visit in range(3):
        got = get(HTTP_ACCEPT_ENCODING="br")
        assert brotli.decompress(got.body) == WORDS
        assert got.headers["Cache-Control"] == "public, max-age=60"
        assert got.headers["Age"] == str(int(GOOD - FRESH))
    assert len(django.asked) == 2, "a broken page is asked for once in five seconds, too"
    assert "secret" not in caplog.text
    assert "/" not in "".join(caplog.messages)
    clock.now += FRESH + 1
    if isinstance(trouble, str):
        assert get().status == int(trouble[:3])
    else:
        with pytest.raises(RuntimeError):
            get()


def test_it_is_new_again_as_soon_as_the_application_is_back(get, django, clock):
    get()
    django.status = "503 Service Unavailable"
    clock.now += FRESH
    assert get().status == 200
    django.status, django.body = "200 OK", b"Back"
    clock.now += FRESH
    got = get()
    assert got.body == b"Back"
    assert "Age" not in got.headers


def test_an_answer_that_breaks_off_does_not_replace_the_copy(get, django, clock):
    get()
    django.body = 7  # cannot be sliced
    django.headers["Content-Length"] = "7"
    clock.now += FRESH
    assert get().body == WORDS


def test_a_page_that_is_gone_is_gone(get, django, clock):
    get()
    django.status = "404 Not Found"
    clock.now += FRESH
    assert get().status == 404
    clock.now += FRESH
    django.error = RuntimeError()
    with pytest.raises(RuntimeError):
        get()


def test_a_page_that_may_no_longer_be_kept_is_not(get, django, clock):
    get()
    django.headers["Cache-Control"] = "no-store"
    clock.now += FRESH
    assert get().headers["Cache-Control"] == "no-store"
    asked = len(django.asked)
    get()
    assert len(django.asked) == asked + 1


# Many at once, and much


def test_while_one_asks_the_others_get_the_old_copy(get, django, clock):
    get()
    clock.now += FRESH
    inside, go_on, found = threading.Event(), threading.Event(), []

    def wait():
        inside.set()
        assert go_on.wait(10)

    django.meanwhile, django.body = wait, b"New"
    asking = threading.Thread(target=lambda: found.append(get().body))
    asking.start()
    assert inside.wait(10)
    for _visitor in range(5):
        assert get().body == WORDS
    go_on.set()
    asking.join()
    assert found == [b"New"]
    assert get().body == b"New"
    assert len(django.asked) == 2


def test_many_threads_never_get_a_mixed_page(django):
    now = iter(range(10**9))  # at every question five seconds and more have gone by
    cache = MicroCache(django, {HOST}, lambda: next(now) * (FRESH + 1))
    bodies = [b"a" * 3000, b"b" * 3000]
    wrong = []

    def visit(number):
        for turn in range(200):
            django.body = bodies[(number + turn) % 2]
            got = Got(cache, environ_of(HTTP_ACCEPT_ENCODING="gzip"))
            body = gzip.decompress(got.body)
            if body not in bodies or got.headers["Content-Length"] != str(len(got.body)):
                wrong.append(body)

    threads = [threading.Thread(target=visit, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_it_does_not_grow_without_end(get, django, clock, monkeypatch):
    monkeypatch.setattr(microcache, "MOST_COPIES", 3)
    for name in "abcd":
        get(f"/{name}/")
        clock.now += 1
    asked = len(django.asked)
    for name in "bcd":
        get(f"/{name}/")
    assert len(django.asked) == asked
    monkeypatch.setattr(microcache, "MOST_BYTES", 10)
    assert get("/a/").body == WORDS
    get("/a/")
    assert len(django.asked) == asked + 2


# The site's own names


def test_the_names_that_a_copy_may_be_asked_for_by():
    assert own_hosts("https://www.site.example", ["site.example", "*", ".lc"]) == {
        "www.site.example",
        "site.example",
    }
    loopback = own_hosts("http://127.0.0.1:8000", ["localhost", "[::1]"])
    assert {"127.0.0.1:8000", "localhost:8000", "[::1]:8000", "localhost"} <= loopback
    assert not {"localhost:80", "127.0.0.1:8001"} & loopback


# Before the real application

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
def test_every_page_of_every_language_is_kept_and_does_not_change_by_itself(real):
    paths = [path for code in addresses.languages() for path in addresses.awareness(code)]
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
