"""What holds for every page of the campaign."""

import gzip
import re
from pathlib import Path

import brotli
import pytest
from django.conf import settings

from campaign import offers
from campaign.models import Contact, Notice, Text
from tests.away import database_away
from tests.reading import Reading

pytestmark = pytest.mark.django_db
PAGES = ("/", "/contact/", "/get-help/", "/privacy/")
AWARENESS = ("/", "/contact/", "/privacy/")
# facts.md and the design keep these off the site, or they name accused or officials of today.
NEVER = (
    "456-3700",
    "453-1521",
    "Lambirds",
    "first conviction",
    "child prostitute",
    "Operation Underground",
    "Norbert",
    "Tier 2",
    "federal",
    "alerted",
    "will be told",
)


def read(client, path, status=200):
    response = client.get(path)
    assert response.status_code == status
    return Reading(response.content.decode())


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_valid_html_with_one_heading_a_language_and_unique_ids(client, path):
    page = read(client, path)
    assert page.root.attrib["lang"] == "en"
    assert len(page.all("h1")) == 1
    assert len(page.ids) == len(set(page.ids))
    assert page.all("title")[0].text.strip()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_sets_no_cookie_and_varies_on_nothing_a_reader_sends(client, path):
    client.cookies["desk"] = "x"
    response = client.get(path, headers={"accept-language": "es"})
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")
    assert "Accept-Language" not in response.get("Vary", "")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_asks_no_other_host_and_holds_nothing_inline(client, path):
    html = client.get(path).content.decode()
    page = Reading(html)
    loaded = [s.attrib["src"] for s in page.all("script")] + [
        i.attrib["src"] for i in page.all("img")
    ]
    loaded += [link.attrib["href"] for link in page.all("link")]
    assert all(address.startswith("/static/") for address in loaded)
    assert not page.all("style")
    assert not re.search(r"<[^>]+\s(style|on[a-z]+)=", html)
    assert not page.all("form"), "these pages collect nothing"


@pytest.mark.parametrize("path", PAGES)
def test_every_link_and_anchor_of_a_page_leads_somewhere(client, path):
    page = read(client, path)
    for href in set(page.hrefs()):
        if href.startswith(("tel:", "mailto:")) or href == settings.EXIT_URL:
            continue
        target, _, anchor = href.partition("#")
        response = client.get(target or path)
        assert response.status_code in (200, 503), href
        if anchor:
            assert anchor in Reading(response.content.decode()).ids, href


@pytest.mark.parametrize("path", PAGES)
def test_every_number_on_a_page_is_a_live_contact_s(client, path):
    live = {contact.href for contact in offers.contacts().values()}
    page = read(client, path)
    assert set(page.hrefs("tel:") + page.hrefs("mailto:")) <= live
    assert {"tel:999", "tel:911", "tel:847"} <= set(page.hrefs("tel:"))


@pytest.mark.parametrize("path", PAGES)
def test_a_dead_hotline_is_off_every_page_and_another_stands_in(client, path):
    office = Contact.objects.get(slug="office")
    Contact.objects.filter(slug="847").update(out_of_order=True, instead=office)
    page = read(client, path)
    assert "847" not in page.text
    assert "tel:847" not in page.hrefs()
    assert "{" not in page.text


@pytest.mark.parametrize("path", PAGES)
def test_what_must_not_be_printed_is_not_there(client, path):
    text = read(client, path).text
    assert [words for words in NEVER if words.casefold() in text.casefold()] == []


@pytest.mark.parametrize("path", PAGES)
def test_leave_is_a_plain_link_that_tells_the_other_site_nothing(client, path):
    page = read(client, path)
    leave = next(a for a in page.all("a") if a.attrib.get("class") == "bar__leave")
    assert leave.attrib["href"] == settings.EXIT_URL
    assert leave.attrib["rel"] == "noreferrer noopener"


@pytest.mark.parametrize("path", PAGES)
def test_only_the_icons_in_use_are_sent(client, path):
    page = read(client, path)
    sent = {symbol.attrib["id"] for symbol in page.all("symbol")}
    assert sent == {use.attrib["href"].removeprefix("#") for use in page.all("use")}


def test_languages_that_are_not_published_do_not_exist_and_show_no_row(client):
    assert "langs" not in client.get("/").content.decode()
    for path in ("/es/", "/fr/", "/es/contact/", "/en/"):
        response = client.get(path, headers={"accept-language": "es"})
        assert response.status_code == 404
        assert 'lang="en"' in response.content.decode()


@pytest.mark.parametrize("path", PAGES)
def test_a_notice_stands_on_top_of_every_page(client, path):
    notice = Notice.objects.create(slug="x", starts="2020-01-01", ends="2100-01-01")
    Text.objects.create(
        item=notice, title="Closed on Friday.", body="Call {847}.", state="reviewed"
    )
    assert "Closed on Friday." in read(client, path).text


def test_the_demo_says_so_on_every_page(client, settings):
    settings.DEMO = True
    for path in PAGES:
        assert "Demonstration." in read(client, path).text


@pytest.mark.parametrize("path", PAGES)
def test_a_page_asks_the_database_a_few_questions(client, path, django_assert_max_num_queries):
    offers.contacts()
    with django_assert_max_num_queries(9):
        client.get(path)


@pytest.mark.parametrize("path", PAGES)
def test_without_the_database_the_numbers_stand(client, path, django_db_blocker):
    client.get(path)
    client.raise_request_exception = False
    with database_away(django_db_blocker):
        response = client.get(path)
    assert response.status_code == 503
    assert response["Cache-Control"] == "no-store"
    assert {"tel:999", "tel:911", "tel:847"} <= set(
        Reading(response.content.decode()).hrefs("tel:")
    )


def test_only_reading_is_allowed(client):
    assert client.post("/contact/").status_code == 405
    assert client.head("/contact/").status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_the_first_view_fits_one_round_trip_and_the_page_thirty_kilobytes(client, path, capsys):
    html = len(client.get(path, headers={"accept-encoding": "gzip"}).content)
    css = weigh("site.css")
    rest = sum(weigh(name) for name in ("site.js", "favicon.svg", "pitons.svg"))
    with capsys.disabled():
        print(f"\nweight {path}: html {html} + css {css} = {html + css}, all {html + css + rest}")
    assert html + css <= 14_000
    assert html + css + rest <= 30_000


def weigh(name):
    data = (Path(settings.BASE_DIR) / "static/site" / name).read_bytes()
    return min(len(brotli.compress(data)), len(gzip.compress(data, 9)))
