"""Whoever sets letters twice as large, and whoever shows a screen to somebody."""

import pytest

from tests.browser.looking import UNFOLD, WIDE
from tests.campaign.places import FORMS, LANGUAGES, TEMPLATES, in_language

TWICE = "document.documentElement.style.fontSize = '200%'"
# The part of the screen that the bar takes for good; nothing where it scrolls away.
BAR = """() => {
  const bar = document.querySelector(".bar");
  return getComputedStyle(bar).position === "sticky" ? bar.offsetHeight / innerHeight : 0;
}"""
# How many lines of the card are wholly on the screen under the bar, once the box for the helper is.
LINES = """() => {
  const bar = document.querySelector(".bar"), box = document.querySelector(".band--card .note");
  const top = box.getBoundingClientRect().top + scrollY - bar.offsetHeight;
  scrollTo({top, behavior: "instant"});
  return [...document.querySelectorAll(".say > li")].filter(
    one => one.getBoundingClientRect().bottom <= innerHeight).length;
}"""


PAGES = (*TEMPLATES, *FORMS)
READERS = [("es", 360, 740), ("fr", 740, 360), ("fr", 1280, 800)]


def stays_in_its_width(visit, paths, code, width, height):
    came = visit(width=width, height=height)
    for path in paths:
        page = came.goes(in_language(path, code)).page
        page.evaluate(UNFOLD)
        assert page.evaluate(BAR) <= 0.2, path
        page.evaluate(TWICE)
        assert page.evaluate(WIDE) == [], path
        assert page.evaluate(BAR) <= 0.2, path


@pytest.mark.parametrize("turn", range(len(READERS)))
def test_no_kind_of_page_scrolls_sideways_in_its_turn_and_the_bar_stays_small(visit, turn):
    stays_in_its_width(visit, PAGES[turn :: len(READERS)], *READERS[turn])


@pytest.mark.audit
@pytest.mark.parametrize(("code", "width", "height"), READERS)
def test_no_page_scrolls_sideways_and_the_bar_stays_small(visit, code, width, height):
    stays_in_its_width(visit, PAGES, code, width, height)


def test_the_helper_s_box_and_eight_lines_of_the_card_are_on_one_screen(visit):
    came = visit(width=360, height=740)
    for code in LANGUAGES:
        page = came.goes(in_language("/get-help/card/", code)).page
        assert page.evaluate(LINES) >= 8, code
        sizes = page.locator(".say b").evaluate_all(
            "all => [...new Set(all.map(one => getComputedStyle(one).fontSize))]"
        )
        assert len(sizes) == 1, code  # English as large as the reader's own language
