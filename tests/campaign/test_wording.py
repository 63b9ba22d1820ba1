import re
from contextlib import suppress
from dataclasses import dataclass

import html5lib
import pytest
from django.core.exceptions import ValidationError
from hypothesis import example, given
from hypothesis import strategies as st

from campaign import text_rules, wording


@dataclass(frozen=True)
class Live:
    number: str
    href: str


NUMBERS = {"847": "847", "police": "999", "office": "(758) 468-3754", "email": "desk@example.org"}
LIVE = {"847": Live("847", "tel:847"), "office": Live("(758) 468-3754", "tel:+17584683754")}


def codes(title="", summary="", body=""):
    with pytest.raises(ValidationError) as refusal:
        text_rules.check(title, summary, body, NUMBERS)
    return {error.code for error in refusal.value.error_list}


@pytest.mark.parametrize(
    "text",
    [
        "Call 847.",
        "Call 8 4 7",
        "Call 8-4-7",
        "Call **847**",
        "847",
        "８４７",
        "٨٤٧",
        "on 999",
        "758 468 3754",
        "(758)468-3754",
        "+1 758 468-3754",
        "468.3754",
        "4683754",
        "write to Desk@Example.org",
    ],
)
def test_a_spelled_out_number_is_refused_in_every_field(text):
    assert codes(title=text) == codes(summary=text) == codes(body=text) == {"number"}


@pytest.mark.parametrize(
    "text",
    ["In 1999", "8470 people", "1,847 people", "20.999", "section 84", "No. 7 of 2010", "9 of 99"],
)
def test_other_numbers_are_no_contact_s(text):
    text_rules.check(text, text, text, NUMBERS)


def test_placeholders_are_the_way_to_name_a_number():
    text_rules.check("Call {847}", "or {office}", "or **{police}** or {email}", NUMBERS)


@pytest.mark.parametrize("text", ["{nobody}", "{ 847 }", "{847", "a } b", "{{847}}"])
def test_braces_hold_a_known_name_or_nothing(text):
    assert "placeholder" in codes(body=text)


@pytest.mark.parametrize(
    "text",
    ["<b>x</b>", "a <script>alert(1)</script>", "<!-- x -->", "<img src=x>", "<br/>", "</p>"],
)
def test_raw_html_is_refused(text):
    assert codes(body=text) == codes(title=text) == {"html"}


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org",
        "javascript:alert(1)",
        "//example.org",
        "ftp://x",
        "data:text/html,x",
        "tel:1",
    ],
)
def test_a_link_leads_to_our_pages_or_by_https(url):
    assert "link" in codes(body=f"[x]({url})")


def test_our_kinds_of_links_are_allowed():
    text_rules.check("", "", "[a](https://example.org/x) [b](/contact/) [c](#signs)", NUMBERS)


def test_pictures_page_titles_and_second_link_texts_are_refused():
    assert codes(body="![x](https://example.org/x.png)") == {"picture"}
    assert codes(body="# One more title") == {"heading"}
    assert codes(body='[x](/y/ "z")') == {"link_title"}


def test_less_than_between_words_is_no_html():
    text_rules.check("3 < 4", "", "3 < 4 and 5 > 4", NUMBERS)


def test_a_number_is_rendered_from_the_live_contacts():
    assert wording.body("Call **{847}**.", LIVE) == (
        '<p>Call <strong><a href="tel:847">847</a></strong>.</p>\n'
    )
    assert (
        wording.line("Call {office}", LIVE) == 'Call <a href="tel:+17584683754">(758) 468-3754</a>'
    )


def test_a_number_inside_a_link_does_not_become_a_link_in_a_link():
    assert wording.body("[call {847}](/contact/)", LIVE) == (
        '<p><a href="/contact/">call 847</a></p>\n'
    )


def test_words_between_single_stars_are_english():
    assert wording.body("Diga “*I need help*”.", LIVE) == (
        '<p>Diga “<i lang="en">I need help</i>”.</p>\n'
    )


def test_a_number_that_is_gone_leaves_the_police():
    assert wording.line("{email}", LIVE) == '<a href="tel:999">999</a>'


TAGS = {
    "p",
    "strong",
    "i",
    "a",
    "ul",
    "ol",
    "li",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "br",
    "hr",
    "blockquote",
}
nasty = st.text(alphabet="ab<>\"'&/\\(){}[]!#*_` \n847:;=-jsdatp", max_size=80)


@given(nasty | st.text(max_size=200))
@example("[x](javascript:alert(1))")
@example("[x](/\\evil.example)")
@example("<svg/onload=alert(1)>")
@example('[x](https://a"onclick="b)')
def test_no_text_whatever_becomes_foreign_html(text):
    html = wording.body(text, LIVE)
    tree = html5lib.parseFragment(html, namespaceHTMLElements=False)
    for element in tree.iter():
        assert element.tag == "DOCUMENT_FRAGMENT" or element.tag in TAGS
        assert set(element.attrib) <= {"href", "title", "start", "lang"}
        assert element.attrib.get("lang", "en") == "en"
        href = element.attrib.get("href", "#").replace("\\", "/")
        assert re.match(r"https://|#|/(?!/)|tel:", href)


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=120))
def test_checking_any_text_ends_in_yes_or_a_sentence(title, summary, body):
    with suppress(ValidationError):
        text_rules.check(title, summary, body, NUMBERS)


words = st.text(alphabet="abc ()-\n", max_size=20)


@given(words, st.sampled_from(list(NUMBERS.values())), words)
def test_a_number_among_words_is_always_found(before, number, after):
    assert text_rules.holds_number(f"{before} {number} {after}", number)


@given(st.text(max_size=100))
def test_a_plain_line_is_always_escaped(text):
    tree = html5lib.parseFragment(wording.line(text, LIVE), namespaceHTMLElements=False)
    assert {element.tag for element in tree.iter()} <= {"DOCUMENT_FRAGMENT", "a"}


@pytest.mark.parametrize(
    "text",
    [
        "Call 1-900-222-1234 now",
        "Call (758) 222-1234 now",
        "Call 2221234 now",
        "[{847}](https://evil.example/)",
        "[8&#52;7](https://evil.example/)",
        "|a|\n|:-:|\n|b|",
    ],
)
def test_a_number_that_nobody_called_is_refused(text):
    with pytest.raises(ValidationError):
        text_rules.check("A title", "", text, NUMBERS)


def test_years_sums_and_laws_are_no_telephone_numbers():
    text_rules.check(
        "From 2015-2018", "", "EC$100,000 under Act No. 7 of 2010, 2019-01-29", NUMBERS
    )


def test_a_long_gap_between_digits_is_read_at_once():
    text_rules.check("A title", "", "8" + " " * 200_000 + "x", NUMBERS)
