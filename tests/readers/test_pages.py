"""Every page as a browser sees it: rules kept, nothing out of reach, the promised sheets."""

import re

import pytest

from tests.browser.looking import UNFOLD, WIDE
from tests.campaign.places import FORMS, LANGUAGES, PAGES, TEMPLATES, in_language

# A machine has one or the other: Debian's usual one is wider than all that phones and offices have.
FONTS = {"DejaVu": "DejaVu Sans", "Liberation": "Liberation Sans"}
# What hides a part of itself, and what reaches beyond the sheet, its article, or the part it is in.
CUT = """() => {
  const found = [...document.querySelectorAll(".sheet, .sheet *")].filter(one =>
    getComputedStyle(one).overflow !== "visible" && !one.closest("svg, img"))
    .map(one => one.outerHTML);
  for (const part of document.querySelectorAll(".sheet, .sheet article, .sheet article > *")) {
    const box = part.getBoundingClientRect();
    for (const one of part.querySelectorAll("*")) {
      const its = one.getBoundingClientRect();
      if (its.right > box.right + 1 || its.bottom > box.bottom + 1 || its.left < box.left - 1)
        found.push(`${one.tagName} ${one.textContent} is beyond ${part.className}`);
    }
  }
  return found;
}"""
MATERIALS = [path for path in PAGES if re.fullmatch("/materials/.+/", path)]
# The same script goes with all pages; these have boxes, folds, and what is made to be printed.
SCRIPTED = ("/", "/signs/", "/get-help/", "/materials/poster/")
# Each kind of page is looked at once, in one of these turns; the audit looks at every combination.
TURNS = [
    ("es", "light", 320),
    ("fr", "dark", 320),
    ("en", "light", 768),
    ("en", "dark", 1280),
    ("en", "light", 320),
]


def look(visit, axe, paths, **options):
    """No complaint, nothing beyond the edge, no barrier, with everything unfolded."""
    came = visit(**options)
    for path in paths:
        came.goes(path)
        came.page.evaluate(UNFOLD)
        assert came.page.evaluate(WIDE) == [], path
        assert came.wrong == [], path  # before axe, which breaks the rule against styles itself
        axe(came.page)


@pytest.mark.parametrize(
    ("turn", "code", "scheme", "width"), [(n, *t) for n, t in enumerate(TURNS)]
)
def test_each_kind_of_page_in_one_language_scheme_and_width(visit, axe, turn, code, scheme, width):
    paths = [in_language(path, code) for path in (*TEMPLATES, *FORMS)[turn :: len(TURNS)]]
    look(visit, axe, paths, width=width, color_scheme=scheme)


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


@pytest.mark.parametrize(
    "paths", [SCRIPTED, pytest.param(TEMPLATES, marks=pytest.mark.audit)], ids=["some", "all"]
)
def test_a_page_needs_neither_scripts_nor_cookies(visit, paths):
    plain, scripted = visit(java_script_enabled=False), visit()
    for path in paths:
        words = [came.goes(path).page.inner_text("main") for came in (plain, scripted)]
        assert words[0] == words[1], path
    assert plain.page.context.cookies() == scripted.page.context.cookies() == []


def test_each_font_is_the_only_one_of_its_machine(typeset):
    for font, family in FONTS.items():
        page = typeset(font).goes("/materials/poster/").page
        session = page.context.new_cdp_session(page)
        session.send("DOM.enable")
        session.send("CSS.enable")
        root = session.send("DOM.getDocument")["root"]["nodeId"]
        main = session.send("DOM.querySelector", {"nodeId": root, "selector": ".poster h2 span"})
        used = session.send("CSS.getPlatformFontsForNode", {"nodeId": main["nodeId"]})["fonts"]
        assert {one["familyName"] for one in used} == {family}


# Every third page in each; the audit has every page in each language in both.
SET_IN_TURNS = [(0, "en", "Liberation"), (1, "es", "DejaVu"), (2, "fr", "Liberation")]


def scrolls_nowhere(typeset, font, paths):
    # WCAG 1.4.10: 1280 px at 400 %; and the narrowest phone.
    came = typeset(font, width=320, height=256)
    for path in paths:
        came.goes(path).page.evaluate(UNFOLD)
        assert came.page.evaluate(WIDE) == [], path


@pytest.mark.parametrize(("turn", "code", "font"), SET_IN_TURNS)
def test_no_kind_of_page_and_no_sheet_scrolls_sideways_in_its_turn(typeset, turn, code, font):
    paths = list(dict.fromkeys((*TEMPLATES, *MATERIALS)))
    scrolls_nowhere(typeset, font, [in_language(path, code) for path in paths[turn::3]])


@pytest.mark.audit
@pytest.mark.parametrize("font", FONTS)
@pytest.mark.parametrize("code", LANGUAGES)
def test_no_page_scrolls_sideways_in_either_font(typeset, code, font):
    scrolls_nowhere(typeset, font, [in_language(path, code) for path in PAGES])


def prints_on_one_page(typeset, font, code, sheets_of_it):
    came = typeset(font, width=794, height=1123)
    for path in sheets_of_it:
        came.page.emulate_media(media="screen")
        page = came.goes(in_language(path, code)).page
        page.emulate_media(media="print")
        assert sheets(page) == 1, path
        assert page.evaluate(CUT) == [], path
    assert sheets(came.goes(in_language("/get-help/card/", code)).page) == 1


@pytest.mark.parametrize(("turn", "code", "font"), SET_IN_TURNS)
def test_each_sheet_prints_on_one_page_in_its_turn_with_nothing_cut_off(typeset, turn, code, font):
    prints_on_one_page(typeset, font, code, MATERIALS[turn::3])


@pytest.mark.audit
@pytest.mark.parametrize("font", FONTS)
@pytest.mark.parametrize("code", LANGUAGES)
def test_every_sheet_prints_on_one_page_with_nothing_cut_off(typeset, code, font):
    prints_on_one_page(typeset, font, code, MATERIALS)


def sheets(page):
    """How many pages of A4 come out of the printer."""
    pdf = page.pdf(format="A4", prefer_css_page_size=True, print_background=False)
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))
