"""How long a page is on a small phone: whoever scrolls with one thumb reaches its end."""

import pytest

from tests.campaign.places import FORMS, LANGUAGES, PAGES, in_language

SCREENS = "document.documentElement.scrollHeight / innerHeight"
FIRST = ".bar a, .doors a, .call a.btn"


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_home_page_is_eight_phone_screens_and_every_other_page_ten(typeset, code):
    came = typeset("Liberation", width=360, height=640)
    for path in (*PAGES, *FORMS):
        screens = came.goes(in_language(path, code)).page.evaluate(SCREENS)
        assert screens <= (8 if path == "/" else 10), path


@pytest.mark.parametrize("code", LANGUAGES)
def test_what_is_needed_first_is_on_the_first_screen_and_a_half(typeset, code):
    page = typeset("Liberation", width=360, height=640).goes(in_language("/", code)).page
    first = page.locator(FIRST)
    assert first.count() == 8  # 999, 911, 847, Leave; help, saw, code; call
    for one in first.all():
        box = one.bounding_box()
        assert box
        assert box["y"] + box["height"] <= 640 * 1.5


@pytest.mark.parametrize("code", LANGUAGES)
def test_what_a_phone_folds_is_open_on_a_wide_screen(visit, code):
    page = visit(in_language("/", code), width=1280, height=800).page
    folds = page.locator("details.fold")
    assert folds.count() == 5
    for fold in folds.all():
        assert fold.locator("> div").is_visible()
        assert not fold.locator("> summary").is_visible()
