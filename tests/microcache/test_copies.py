"""What is kept, for how long, and what is shown while the application is away."""

import gzip
import threading

import brotli
import pytest

from slu_antitrafficking import microcache
from slu_antitrafficking.microcache import FRESH, GOOD, MicroCache, own_hosts
from tests.microcache.visiting import (
    HOST,
    WORDS,
    Got,
    environ_of,
)


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
