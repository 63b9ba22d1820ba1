"""Every page as a browser sees it: rules kept, nothing out of reach, the promised sheets."""

import re

import pytest

from tests.browser.conftest import UNFOLD, WIDE
from tests.campaign.places import FORMS, LANGUAGES, PAGES, TEMPLATES, in_language

MATERIALS = [path for path in PAGES if re.fullmatch("/materials/.+/", path)]
# The English pages in light are looked at one and all.
SCHEMES = [(code, scheme) for code in LANGUAGES for scheme in ("light", "dark")][1:]


def look(visit, axe, paths, **options):
    """No complaint, nothing beyond the edge, no barrier, with everything unfolded."""
    came = visit(paths[0], **options)
    for path in paths:
        came.goes(path)
        came.page.evaluate(UNFOLD)
        assert came.page.evaluate(WIDE) == [], path
        assert came.wrong == [], path  # before axe, which breaks the rule against styles itself
        axe(came.page)


@pytest.mark.parametrize("half", [0, 1])
def test_every_english_page_on_the_narrowest_phone(visit, axe, half):
    look(visit, axe, [*PAGES, *FORMS][half::2], width=320)


@pytest.mark.parametrize(("code", "scheme"), SCHEMES)
def test_each_kind_of_page_in_each_language_and_scheme(visit, axe, code, scheme):
    paths = [in_language(path, code) for path in (*TEMPLATES, *FORMS)]
    look(visit, axe, paths, width=320, color_scheme=scheme)


@pytest.mark.audit
@pytest.mark.parametrize("width", [320, 768, 1280])
@pytest.mark.parametrize("mode", ["light", "dark", "contrast", "forced"])
@pytest.mark.parametrize("code", LANGUAGES)
def test_every_page_in_every_language_and_mode(visit, axe, code, mode, width):
    options = {
        "color_scheme": "dark" if mode == "dark" else "light",
        "contrast": "more" if mode == "contrast" else "no-preference",
        "forced_colors": "active" if mode == "forced" else "none",
    }
    paths = [in_language(path, code) for path in (*PAGES, *FORMS)]
    look(visit, axe, paths, width=width, **options)


@pytest.mark.parametrize("path", TEMPLATES)
def test_a_page_needs_neither_scripts_nor_cookies(visit, path):
    plain = visit(path, java_script_enabled=False).page
    with_scripts = visit(path).page
    assert plain.inner_text("main") == with_scripts.inner_text("main")
    assert plain.context.cookies() == with_scripts.context.cookies() == []


@pytest.mark.parametrize("path", TEMPLATES)
def test_a_page_at_400_per_cent_scrolls_one_way_only(visit, path):
    # WCAG 1.4.10: 1280 px at 400 % are 320 by 256.
    page = visit(path, width=320, height=256).page
    page.evaluate(UNFOLD)
    assert page.evaluate(WIDE) == []


@pytest.mark.parametrize("path", MATERIALS)
@pytest.mark.parametrize("code", LANGUAGES)
def test_a_sheet_prints_on_one_page_with_nothing_cut_off(visit, code, path):
    page = visit(in_language(path, code), width=794, height=1123).page
    page.emulate_media(media="print")
    assert sheets(page) == 1
    hidden = page.evaluate(
        """() => [...document.querySelectorAll(".sheet article, .sheet")].filter(
          one => one.scrollHeight > one.clientHeight + 2 || one.scrollWidth > one.clientWidth + 2
        ).map(one => one.className + " " + one.scrollHeight + ">" + one.clientHeight)"""
    )
    assert hidden == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_card_to_show_prints_on_one_page(visit, code):
    page = visit(in_language("/get-help/card/", code), width=794, height=1123).page
    assert sheets(page) == 1


def sheets(page):
    """How many pages of A4 come out of the printer."""
    pdf = page.pdf(format="A4", prefer_css_page_size=True, print_background=False)
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))
