"""What holds for every page of the campaign, in every language."""

import gzip
import re
from functools import cache, partial
from pathlib import Path
from xml.etree import ElementTree

import brotli
import pytest
from django.conf import settings
from django.test import Client

from campaign.models import Notice, Text
from slu_antitrafficking.encodings import Page
from slu_antitrafficking.static_files import short
from tests.away import database_away
from tests.campaign.places import (
    AWARENESS,
    LANGUAGES,
    QUIET,
    TEMPLATES,
    in_language,
    language_of,
)
from tests.campaign.showing import answer, fresh, pages_in, read

pytestmark = pytest.mark.django_db

KEY = rb"\b[0-9a-f]{32}\b"  # of a form, in each answer another


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_page_is_valid_html_with_one_heading_a_language_and_unique_ids(client, code):
    for path in pages_in(code):
        page = read(client, path)
        assert page.root.attrib["lang"] == language_of(path), path
        assert len(page.all("h1")) == 1, path
        assert len(page.ids) == len(set(page.ids)), path
        assert page.all("title")[0].text.strip(), path


@pytest.mark.parametrize("code", LANGUAGES)
def test_headings_leave_out_no_level(client, code):
    for path in pages_in(code):
        levels = [
            int(e.tag[1]) for e in read(client, path).root.iter() if re.fullmatch("h[1-6]", e.tag)
        ]
        jumps = [(a, b) for a, b in zip([1, *levels], levels, strict=False) if b > a + 1]
        assert not jumps, path


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_page_sets_no_cookie_and_varies_on_nothing_a_reader_sends(client, code):
    for path in pages_in(code):
        response, _ = answer(client, path)
        assert not response.cookies, path
        assert "Cookie" not in response.get("Vary", ""), path
        assert "Accept-Language" not in response.get("Vary", ""), path
        assert response["Content-Language"] == language_of(path), path


def test_a_desk_s_cookie_or_a_browser_s_language_changes_nothing(client):
    for path in TEMPLATES:
        before = Client().get(path).content
        client.cookies["desk"] = "x"
        after = client.get(path, headers={"accept-language": "es"}).content
        assert re.sub(KEY, b"", after) == re.sub(KEY, b"", before), path


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_page_asks_no_other_host_and_holds_nothing_inline(client, code):
    for path in pages_in(code):
        response, page = answer(client, path)
        html = response.content.decode()
        loaded = [e.attrib["src"] for tag in ("script", "img") for e in page.all(tag)]
        loaded += [
            link.attrib["href"]
            for link in page.all("link")
            if link.attrib["rel"] not in ("canonical", "alternate")
        ]
        assert all(address.startswith("/static/") for address in loaded), path
        assert not page.all("style"), path
        assert not re.search(r"<[^>]+\s(style|on[a-z]+)=", html), path
        ours = {in_language("/report/", language_of(path))}
        assert {form.attrib["action"] for form in page.all("form")} <= ours, path


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_link_and_anchor_of_a_page_leads_somewhere(client, code):
    looked_at = set()
    for path in pages_in(code):
        page = read(client, path)
        for href in set(page.hrefs()):
            if href.startswith(("tel:", "sms:", "mailto:", "https://")):
                continue
            target, _, anchor = href.partition("#")
            if target.endswith(("/report/", "/follow-up/", "security.txt", "/data/")):
                if target not in looked_at:
                    assert client.get(target).status_code in (200, 503), href
                looked_at.add(target)
                continue
            found = read(client, target or path)
            if anchor:
                assert anchor in found.ids, href
            # Only the language row and the offer of English lead out of the reader's language.
            assert language_of(target or path) == language_of(path) or is_switch(page, href), href


def is_switch(page, href):
    return all("hreflang" in a.attrib for a in page.all("a") if a.attrib.get("href") == href)


@pytest.mark.parametrize("code", LANGUAGES)
def test_from_any_page_any_other_is_two_taps_away(client, code):
    pages = set(pages_in(code))
    links = {
        path: {href.partition("#")[0] for href in read(client, path).hrefs()} for path in pages
    }
    for path in pages:
        second = set().union(*(links[each] for each in links[path] & pages))
        assert pages - links[path] - second - {path} == set(), path


@pytest.mark.parametrize("code", LANGUAGES)
def test_leave_is_a_plain_link_that_tells_the_other_site_nothing(client, code):
    for path in pages_in(code):
        page = read(client, path)
        leave = next(a for a in page.all("a") if a.attrib.get("class") == "bar__leave")
        assert leave.attrib["href"] == settings.EXIT_URL, path
        assert leave.attrib["rel"] == "noreferrer noopener", path


@pytest.mark.parametrize("code", LANGUAGES)
def test_only_the_icons_in_use_are_sent(client, code):
    for path in pages_in(code):
        page = read(client, path)
        sent = {symbol.attrib["id"] for symbol in page.all("symbol")}
        assert sent == {use.attrib["href"].removeprefix("#") for use in page.all("use")}, path


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_language_row_leads_to_the_same_page(client, code):
    for path in pages_in(code):
        page = read(client, path)
        bare = path if language_of(path) == "en" else path[3:]
        row = [
            (a.attrib["lang"], a.attrib["href"], a.attrib.get("aria-current"))
            for nav in page.all("nav")
            if nav.attrib.get("class") == "langs"
            for a in nav.iter("a")
        ]
        assert row == [
            (code, in_language(bare, code), "true" if code == language_of(path) else None)
            for code in LANGUAGES
        ]


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_page_that_a_machine_translated_says_so_and_leads_to_english(client, code):
    for path in pages_in(code):
        lines = [p for p in read(client, path).all("p") if p.attrib.get("class") == "machine"]
        assert len(lines) == (0 if language_of(path) == "en" else 1), path
        for line in lines:
            assert [a.attrib["href"] for a in line.iter("a")] == [path[3:]], path


@pytest.mark.parametrize("code", LANGUAGES)
def test_awareness_pages_can_be_found_and_shared_and_quiet_ones_cannot(client, code):
    for path in pages_in(code):
        response, page = answer(client, path)
        html = response.content.decode()
        bare = path if language_of(path) == "en" else path[3:]
        if bare in QUIET:
            assert response["Cache-Control"] == "no-store", path
            assert response["X-Robots-Tag"] == "noindex", path
            assert "og:" not in html, path
            assert "canonical" not in html, path
            assert "raffick" not in page.all("title")[0].text, path
            assert "favicon-plain" in html, path
            continue
        links = page.all("link")
        assert [one.attrib["href"] for one in links if one.attrib["rel"] == "canonical"] == [
            f"{settings.SITE_URL}{path}"
        ]
        assert {
            one.attrib["hreflang"]: one.attrib["href"]
            for one in links
            if one.attrib["rel"] == "alternate"
        } == {code: f"{settings.SITE_URL}{in_language(bare, code)}" for code in LANGUAGES}
        assert f"/static/site/share-{language_of(path)}." in html, path
        description = next(m for m in page.all("meta") if m.attrib.get("name") == "description")
        assert 20 < len(description.attrib["content"]) < 400, path
        assert "noindex" not in html, path
        assert response["Cache-Control"] == "public, max-age=60", path


def test_the_sitemap_lists_every_awareness_page_in_every_language_and_no_other(client):
    response = client.get("/sitemap.xml")
    assert response["Content-Type"].startswith("application/xml")
    spaces = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
    found = [e.text for e in ElementTree.fromstring(response.content).iterfind(".//s:loc", spaces)]
    wanted = {
        f"{settings.SITE_URL}{in_language(path, code)}" for code in LANGUAGES for path in AWARENESS
    }
    assert len(found) == len(set(found))
    assert set(found) == wanted
    assert f"Sitemap: {settings.SITE_URL}/sitemap.xml" in client.get("/robots.txt").content.decode()


def test_languages_that_are_not_published_do_not_exist(client):
    for path in ("/acf/", "/ht/", "/de/", "/acf/get-help/card/"):
        response = client.get(path, headers={"accept-language": "es"})
        assert response.status_code == 404
        assert 'lang="en"' in response.content.decode()


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_page_that_is_not_there_says_so_in_the_reader_s_language(client, code):
    page = fresh(client, in_language("/nothing/", code), 404)
    assert page.root.attrib["lang"] == code
    assert ("There is no such page" in page.text) == (code == "en")
    assert {"tel:999", "tel:911", "tel:847"} <= set(page.hrefs("tel:"))


def test_a_notice_and_that_it_is_a_demo_stand_on_top_of_every_page(client, settings):
    settings.DEMO = True
    notice = Notice.objects.create(slug="x", starts="2020-01-01", ends="2100-01-01")
    Text.objects.create(
        item=notice, title="Closed on Friday.", body="Call {847}.", state="reviewed"
    )
    for path in TEMPLATES:
        text = fresh(client, path).text
        assert "Closed on Friday." in text, path
        assert "Demonstration." in text, path


@pytest.mark.usefixtures("read_once")
def test_a_page_asks_the_database_nothing(client, django_assert_num_queries):
    for code in LANGUAGES:
        client.get(in_language("/", code))
    for path in TEMPLATES:
        with django_assert_num_queries(0):
            client.get(path)


def test_reading_everything_anew_takes_a_fixed_number_of_questions(
    client, django_assert_max_num_queries
):
    with django_assert_max_num_queries(22):
        client.get("/")


def test_without_the_database_every_page_stays(client, django_db_blocker):
    with database_away(django_db_blocker):
        for path in TEMPLATES:
            assert {"tel:999", "tel:911", "tel:847"} <= set(fresh(client, path).hrefs("tel:")), path


def test_only_reading_is_allowed(client):
    assert client.post("/contact/").status_code == 405
    assert client.head("/contact/").status_code == 200


# As the micro-cache serves them, br on https and gzip on plain http, which is the larger.
PACKED = {"br": partial(brotli.compress, mode=brotli.MODE_TEXT), "gzip": gzip.compress}


@pytest.mark.parametrize("form", ["gzip", pytest.param("br", marks=pytest.mark.audit)])
@pytest.mark.parametrize("code", LANGUAGES)
def test_the_first_view_fits_one_round_trip_and_the_page_thirty_kilobytes(client, code, form):
    for path in pages_in(code):
        response, page = answer(client, path)
        html = len(PACKED[form](response.content))
        links = page.all("link")
        print_only = [one.attrib["href"] for one in links if one.get("media") == "print"]
        sheets = {one.attrib["href"] for one in links if one.get("rel") == "stylesheet"}
        css = sum(weigh(sheet, form) for sheet in sheets.difference(print_only))
        pictures = {one.attrib["src"].partition("#")[0] for one in page.all("img")}
        scene = [one.attrib["href"] for one in links if one.get("rel") == "preload"]
        rest = [f"/static/site/{name}" for name in ("site.js", "favicon.svg", "icons.svg")]
        whole = sum(weigh(one, form) for one in (*rest, *print_only, *scene, *pictures))
        assert html + css <= 14_000, (path, html, css)
        assert html + css + whole <= 30_000, path


@cache
def weigh(address, form):
    data = (Path(settings.BASE_DIR) / "static" / address.removeprefix("/static/")).read_bytes()
    if address.endswith(".css"):
        data = short(data.decode()).encode()  # as the door serves it
    return min(len(PACKED[form](data)), len(data))


def test_over_https_a_page_is_smaller_still(client):
    response, _ = answer(client, "/")
    served = Page.of(response.content, [("Content-Type", "text/html")])
    assert len(served.forms["br"].body) < len(served.forms["gzip"].body)
