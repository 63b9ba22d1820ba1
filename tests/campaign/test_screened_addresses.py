"""What in a text or a link leads to a host that is not known; and what does not."""

import pytest

from campaign import screening
from tests.campaign.known_hosts import KNOWN


@pytest.mark.parametrize(
    "text",
    [
        "evil.example",
        "www.evil.example/report",
        "https://evil.example",
        "EVIL.Example",
        "ｅｖｉｌ．ｅｘａｍｐｌｅ",
        "evil。example",
        "evil\u200b.example",
        "evi&#108;.example",
        "gоvt.lc",
        "xn--gvt-8cd.lc",
        "кремль.рф",
        "evil[.]example",
        "evil (dot) example",
        "evil dot com",
        "evil punto com",
        "evil . com",
        "sub.govt.lc",
        "govt.lc.evil.example",
        "scribd.com",
        "t.me/evil",
        "me@evil.example",
        "me @ evil",
        "＠evil",
        "me (at) evil",
        "@evil",
        "tel:999",
        "sms:evil",
        "mailto:evil",
        "x@govt.lc",
    ],
)
def test_an_address_is_seen_however_it_is_written(text):
    assert screening.addresses(text, KNOWN)


@pytest.mark.parametrize(
    "text",
    [
        "govt.lc",
        "www.govt.lc/news",
        "e.g. a.m. p.m. i.e. U.S. No.7 3.5 St. Lucia",
        "Signal: a flag. Tel: {847}",
        "At this point the office, en este punto de la ley, un point de contact.",
        "Get ready. Help is near. In it, live or work. Club, bar; net of fish",
        "either/or, and/or",
    ],
)
def test_known_hosts_and_abbreviations_are_no_addresses(text):
    assert screening.addresses(text, KNOWN) == []


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example",
        "https://govt.lc@evil.example",
        "https://evil.example\\@govt.lc",
        "https://govt.lc:pass@evil.example/",
        "https://govt.lc:8443/",
        "https://govt.lc.evil.example",
        "https://sub.govt.lc",
        "https://govt.lc./",
        "https://g%6fvt.lc",
        "https://gоvt.lc",
        "https://xn--gvt-8cd.lc",
        "https:///evil.example",
        "https:evil.example",
        "http://govt.lc",
        "//govt.lc",
        "https://govt.lc\n.evil.example",
        "https://[::1]/",
        "https://2130706433/",
        "https://scribd.com/document/2",
        "https://scribd.com/document/1?x",
        "https://wa.me/4477",
        "https://m.facebook.com/evil",
    ],
)
def test_a_link_is_known_by_exactly_the_host_that_a_browser_asks(url):
    assert screening.links([url], KNOWN) == [url]


@pytest.mark.parametrize(
    "url",
    [
        "https://govt.lc",
        "https://GOVT.lc/news?x=1#y",
        "https://www.govt.lc/a@b",
        "https://scribd.com/document/1",
    ],
)
def test_a_link_to_a_known_host_is_known(url):
    assert screening.links([url], KNOWN) == []


def test_links_are_found_as_markdown_finds_them():
    body = "[a](https://a.example) [b][1] [c](/contact/) [d](#x)\n\n[1]: https://b.example"
    assert list(screening.links_of(body)) == ["https://a.example", "https://b.example"]
