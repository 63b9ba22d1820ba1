"""What the pages claim: live numbers, named sources, nothing that no source carries."""

import re

import pytest
import segno
from django.conf import settings

from campaign import offers, release
from campaign.models import Contact
from tests.campaign.places import (
    LANGUAGES,
    PAGES,
    QUIET,
    in_language,
)
from tests.campaign.showing import fresh, pages_in, read

pytestmark = pytest.mark.django_db
# What no source confirms, what names accused or officials of today, and what promises too much.
NEVER = (
    "456-3700",
    "453-1521",
    "Lambirds",
    "first conviction",
    "child prostitute",
    "child pornography",
    "Operation Underground",
    "Norbert",
    "Tier 2",
    "federal",
    "alerted",
    "will be told",
    "in confidence",
    "confidential",
    "go to jail for",
    # The same in Spanish and in French.
    "primera condena",
    "première condamnation",
    "prostituta infantil",
    "prostituée mineure",
    "pornografía infantil",
    "pornographie infantile",
    "pédopornographi",
    "confidencial",
    "confidentiel",
    "Mongiraud",
)
PHONE = re.compile(r"\(?\b758\)?[ -]?\d{3}[ -]?\d{4}\b|\b\d{3}-\d{4}\b")
# Recalled by whoever gathered the facts, and marked so: no date is claimed for them.
RECALLED = {
    *("always-on-call", "sleeps-at-work", "moved-often"),
    *("child-works", "one-phone", "scar"),
}
ARRANGEMENT = "Counter-Trafficking Act, No. 7 of 2010, arrangement of sections"
SOURCED_ONCE = {row.slug for row in release.rows() if row.values["source"] == ARRANGEMENT}
# Families whose every row states a fact.
FACTUAL = ("sign", "type", "provision", "milestone", "contact")


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_number_on_a_page_is_a_live_contact_s(client, code):
    for path in pages_in(code):
        live = offers.contacts().values()
        page = read(client, path)
        # A mail without a recipient is the reader's own, to share a page.
        mails = [href for href in page.hrefs("mailto:") if not href.startswith("mailto:?")]
        hrefs = set(page.hrefs("tel:") + mails)
        assert hrefs <= {contact.href for contact in live}, path
        assert {"tel:999", "tel:911", "tel:847"} <= hrefs, path
        assert {n.lstrip("(") for n in PHONE.findall(page.text)} <= {
            contact.number.lstrip("(") for contact in live
        }
        assert "{" not in page.text


def test_a_dead_hotline_is_off_every_page_and_another_stands_in(client):
    office = Contact.objects.get(slug="office")
    Contact.objects.filter(slug="847").update(out_of_order=True, instead=office)
    for path in PAGES:
        page = fresh(client, path)
        assert "847" not in page.text, path
        assert "tel:847" not in page.hrefs(), path
        assert "{" not in page.text, path
        assert page.hrefs("tel:")[:2] == ["tel:999", "tel:911"], path


@pytest.mark.parametrize("code", LANGUAGES)
def test_what_must_not_be_printed_is_not_there(client, code):
    for path in pages_in(code):
        text = read(client, path).text
        assert [words for words in NEVER if words.casefold() in text.casefold()] == [], path


def test_every_factual_row_has_a_source_and_the_day_it_was_checked():
    rows = [row for row in release.rows() if row.family in FACTUAL]
    assert [row.slug for row in rows if not row.values["source"]] == []
    undated = [row.slug for row in rows if not row.values["checked_on"]]
    assert set(undated) == RECALLED


@pytest.mark.parametrize("path", ["/law/", "/what-we-have-done/"])
def test_every_row_of_a_list_shows_its_source(client, path):
    page = read(client, path)
    rows = [
        row
        for tag in ("ul", "ol")
        for one in page.all(tag)
        if one.attrib.get("class") in ("law", "time")
        for row in one
    ]
    assert len(rows) > 20
    for row in rows:
        said = ["".join(p.itertext()) for p in row.iter("p") if p.attrib.get("class") == "source"]
        if not said:  # the Act's sections whose source stands once above them
            assert row.attrib["id"] in SOURCED_ONCE, "".join(row.itertext())
            continue
        assert "Source:" in said[0]
        assert "Checked " in said[0]
    if path == "/law/":
        assert f"names no source of its own: {ARRANGEMENT}. Checked " in page.text


@pytest.mark.parametrize("code", ["es", "fr"])
def test_the_name_of_a_source_is_english_in_every_language(client, code):
    named = 0
    for path in ("/", "/signs/", "/law/", "/types/debt-bondage/", "/press/", "/what-we-have-done/"):
        page = read(client, in_language(path, code))
        lines = (p for p in page.all("p") if (p.text or "").strip() in ("Fuente:", "Source\u00a0:"))
        for line in lines:
            (name, *_rest) = line.iter("span")
            assert name.get("lang") == "en", path
            assert "".join(name.itertext()).strip(), path
            named += 1
    assert named > 30


def test_an_official_name_leads_to_no_copy_at_a_stranger_s():
    copies = ("lawsdocbox", "scribd", "acrath", "statenewswire", "studylib", "readkong", "9dok")
    urls = [row.values["source_url"] for row in release.rows()]
    assert [url for url in urls if any(name in url for name in copies)] == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_page_says_what_its_writers_could_not_read(client, code):
    excuses = (
        *("could not read", "we do not know", "fairly sure", "our own sum", "could not confirm"),
        *("no pudimos", "no sabemos", "nuestra propia suma"),
        *("pas pu lire", "ne savons pas", "notre propre addition"),
    )
    for path in pages_in(code):
        text = read(client, path).text.casefold().replace("\xa0", " ")
        assert [words for words in excuses if words in text] == [], path


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_link_to_another_site_is_a_named_source_or_the_way_out(client, code):
    for path in pages_in(code):
        sources = {row.values["source_url"] for row in release.rows()}
        found = set(read(client, path).hrefs("http"))
        found = {href for href in found if not href.startswith("https://wa.me/?text=")}
        assert found - {settings.EXIT_URL} <= sources, path
        if path.endswith(QUIET):
            assert found == {settings.EXIT_URL}, path


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_square_on_a_sheet_leads_to_the_form_in_its_language(client, code):
    sheet = client.get(in_language("/materials/poster/", code)).content.decode()
    form = segno.make(f"{settings.SITE_URL}{in_language('/report/', code)}", error="m", micro=False)
    assert form.svg_inline(omitsize=True, border=2, svgclass="qr__code", lineclass=None) in sheet
