"""Of which pages nginx keeps a copy, for how long, and of which none."""

import re
import time

import pytest

from slu_antitrafficking.middleware import NOT_KEPT
from tests.operations.serving.behind_nginx import CONF, ask
from tests.reading import Reading


@pytest.mark.parametrize("language", ["", "es/", "acf/"])
def test_what_nobody_may_keep_has_a_place_without_copies(language):
    apart = re.search(r'location ~ "(\^.+report.+)" \{', CONF)[1]
    for section in NOT_KEPT:
        assert re.search(apart, f"/{language}{section}/")
    for path in ("", "signs/", "types/report-it/", "contact/"):
        assert not re.search(apart, f"/{language}{path}")


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
