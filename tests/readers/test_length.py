"""How long a page is on a small phone: whoever scrolls with one thumb reaches its end."""

import pytest

from tests.campaign.places import FORMS, LANGUAGES, PAGES, TEMPLATES, in_language

SCREENS = "document.documentElement.scrollHeight / innerHeight"
FIRST = ".bar a, .doors a, .call a.btn"
BOTTOMS = """all => all.filter(one => one.checkVisibility())
  .map(one => one.getBoundingClientRect().bottom)"""


def ends_within_ten_screens(came, paths, code):
    for path in paths:
        assert came.goes(in_language(path, code)).page.evaluate(SCREENS) <= 10, path


def test_no_kind_of_page_is_longer_than_ten_phone_screens_in_its_turn(typeset):
    came = typeset("Liberation", width=360, height=640)
    for turn, code in enumerate(LANGUAGES):
        ends_within_ten_screens(came, (*TEMPLATES, *FORMS)[turn :: len(LANGUAGES)], code)


@pytest.mark.audit
@pytest.mark.parametrize("code", LANGUAGES)
def test_no_page_is_longer_than_ten_phone_screens(typeset, code):
    came = typeset("Liberation", width=360, height=640)
    ends_within_ten_screens(came, (*PAGES, *FORMS), code)


def test_the_home_page_is_eight_phone_screens_and_begins_with_what_is_needed_first(typeset):
    came = typeset("Liberation", width=360, height=640)
    for code in LANGUAGES:
        page = came.goes(in_language("/", code)).page
        assert page.evaluate(SCREENS) <= 8, code
        ends = page.locator(FIRST).evaluate_all(BOTTOMS)
        assert len(ends) == 8, code  # 999, 911, 847, Leave; help, saw, code; call
        assert max(ends) <= 640 * 1.5, code


def test_what_a_phone_folds_is_open_on_a_wide_screen(visit):
    came = visit(width=1280, height=800)
    for code in LANGUAGES:
        folds = came.goes(in_language("/", code)).page.locator("details.fold")
        assert folds.count() == 5
        for fold in folds.all():
            assert fold.locator("> div").is_visible(), code
            assert not fold.locator("> summary").is_visible(), code
