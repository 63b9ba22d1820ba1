"""What comes out of the printer: folds are open, and every page names the numbers."""

import pytest
from playwright.sync_api import Page

from tests.running import RunningSite
from tests.variants import played

PAGES = (
    "/",
    "/get-help/",
    "/contact/",
    "/law/",
    "/what-we-have-done/",
    "/es/signs/",
    "/fr/privacy/",
    "/follow-up/",
)
SHOWN = """() => [...document.querySelectorAll("details > :not(summary)")].every(one =>
    one.checkVisibility({contentVisibilityAuto: true}) && one.getBoundingClientRect().height > 0)"""


def prints(reader: Page, url: str) -> None:
    reader.emulate_media(media="print")
    reader.goto(url)
    for number in ("999", "911", "847"):
        assert reader.locator(f"a[href='tel:{number}'] >> visible=true").count(), url
    assert not reader.locator(".bar__leave").is_visible(), url
    assert reader.evaluate(SHOWN), url


def test_a_printed_page_names_the_numbers_and_hides_no_answer(site: RunningSite, plain_page: Page):
    for path in PAGES:
        prints(plain_page, site.url + path)


# The script opens folds where no style does; without it every page is printed.
@pytest.mark.parametrize("path", played(PAGES, "/law/"))
def test_a_page_with_its_script_prints_the_same(site: RunningSite, page: Page, path: str):
    prints(page, site.url + path)


def test_where_no_style_opens_a_fold_the_script_does_and_closes_it_again(
    site: RunningSite, page: Page
):
    page.goto(f"{site.url}/get-help/")
    open_ = "document.querySelectorAll('details[open]').length"
    before, folds = page.evaluate(open_), page.locator("details").count()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert before < folds == page.evaluate(open_)
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(open_) == before


def test_a_text_browser_reads_the_numbers_one_by_one(site: RunningSite, plain_page: Page):
    plain_page.goto(site.url)
    text = plain_page.evaluate("document.querySelector('.bar').textContent")
    assert "Call Police 999 Emergency 911 Hotline 847" in " ".join(text.split())


def test_no_line_crosses_the_first_words_on_paper(site: RunningSite, plain_page: Page):
    plain_page.emulate_media(media="print")
    plain_page.set_viewport_size({"width": 794, "height": 1123})
    plain_page.goto(site.url)
    sky, call = (plain_page.locator(part).bounding_box() for part in (".hero__sky", ".hero .call"))
    assert sky
    assert call
    assert sky["y"] + sky["height"] <= call["y"]
