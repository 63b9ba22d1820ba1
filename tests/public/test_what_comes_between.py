"""Old browsers, and what answers in our place: the script helps, or is out of the way."""

import re
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.citizen import told
from tests.chromium import PHONE
from tests.public.noise import photo
from tests.running import RunningSite
from tests.variants import played

# What browsers of 2020 lack of what a script might take for granted today.
OF_2020 = """
    for (const each of [Element, Document, DocumentFragment]) {
        delete each.prototype.replaceChildren;
    }
    delete Array.prototype.at;
    delete String.prototype.replaceAll;
    delete Object.hasOwn;
    delete Element.prototype.ariaLabel;
    for (const name of ["BroadcastChannel", "structuredClone"]) delete window[name];
    delete Crypto.prototype.randomUUID;
    delete AbortSignal.timeout;
"""
# And what some, and some that save data, cannot do at all.
WITHOUT = {
    "FormData": "delete window.FormData;",
    "upload": "delete XMLHttpRequest.prototype.upload;",
    "XMLHttpRequest": "delete window.XMLHttpRequest;",
    "DOMParser": "delete window.DOMParser;",
    "HTML in DOMParser": "DOMParser.prototype.parseFromString = () => null;",
    "adoptNode": "Document.prototype.adoptNode = null;",
}
PORTAL = """<!doctype html><title>Hotel Wi-Fi</title><main id="main">
    <form action="/login"><input name="code" value="12"><button>Log in</button></form></main>"""
WORDS = "They moved her to another house."


@pytest.fixture
def lacking(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    with browser.new_context(viewport=PHONE) as context:
        page = context.new_page()
        page.add_init_script(OF_2020 + WITHOUT.get(request.param, ""))
        yield page


def open_receipt(page: Page, site: RunningSite) -> str:
    page.goto(f"{site.url}/report/")
    page.fill("#what_happened", "A house with many visitors at night")
    page.click("[name=danger_now][value=yes]")
    page.get_by_role("button", name="Send now").first.click()
    expect(page.locator("#receipt-code")).to_be_visible()
    return page.inner_text("#receipt-code")


@pytest.fixture
def writing(site: RunningSite, page: Page) -> Page:
    """Words and a photo in the conversation, not sent yet."""
    page.goto(f"{site.url}/follow-up/")
    page.fill("#code", told(site.url, "A house with many visitors at night").code)
    page.press("#code", "Enter")
    page.fill("#message", WORDS)
    page.set_input_files("#photos", [photo()])
    return page


# What fails before the browser has sent, and what fails once it was answered.
FAILING = played(["2020", *WITHOUT], "2020", "FormData", "adoptNode")


@pytest.mark.parametrize("lacking", FAILING, indirect=True)
def test_photos_and_words_arrive_from_a_browser_that_lacks_it(site, lacking):
    page = lacking
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    code = open_receipt(page, site)
    page.set_input_files("#photos", [photo()])
    page.get_by_role("button", name="Send photos").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your photo arrived")
    assert page.inner_text("#receipt-code") == code
    page.fill("#code", code)
    page.get_by_role("button", name="Check my code").click()
    page.fill("#message", WORDS)
    page.set_input_files("#photos", [photo()])
    page.get_by_role("button", name="Send now").click()
    # Where it could not be shown, the browser sent it again.
    expect(page.get_by_text(re.compile(r"^(Received|We have this already)\.$"))).to_be_visible()
    assert errors == []


@pytest.mark.parametrize("lacking", ["2020"], indirect=True)
def test_a_browser_of_2020_has_the_progress_bar(site, lacking):
    open_receipt(lacking, site)
    lacking.route("**/follow-up/", lambda route: route.abort())
    lacking.set_input_files("#photos", [photo()])
    lacking.get_by_role("button", name="Send photos").click()
    expect(lacking.get_by_role("status").filter(has_text="Not sent.")).to_be_visible()


def test_the_script_has_no_syntax_younger_than_2017():
    script = (settings.BASE_DIR / "static/site/site.js").read_text()
    code = re.sub(r"/\*.*?\*/|//[^\n]*", "", script, flags=re.DOTALL)
    assert not re.search(r"\?\.|\?\?|\|\|=|&&=|catch \{|\.\.\.|\basync\b|/s\b|#\w+\(", code)


def kept(page: Page) -> None:
    """The words and the photo are still there, and the page says so."""
    expect(page.get_by_role("status").filter(has_text="Not sent.")).to_be_visible()
    assert page.input_value("#message") == WORDS
    assert page.evaluate("document.querySelector('#photos').files.length") == 1


def in_our_place(what: str) -> Callable[[Route], None]:
    """Answers with a page of this status, or with a copy of ours as somebody else got it."""

    def answer(route: Route) -> None:
        if what == "copy":
            route.fulfill(response=route.fetch(method="GET", post_data=""))
        else:
            route.fulfill(status=int(what), body=PORTAL, content_type="text/html")

    return answer


def test_no_page_that_is_not_ours_takes_anything_away(site, writing):
    for what in ("200", "403", "429", "503", "copy"):
        writing.route("**/follow-up/", in_our_place(what))
        writing.get_by_role("button", name="Send now").click()
        kept(writing)
        writing.unroute("**/follow-up/")
    writing.get_by_role("button", name="Send now").click()
    expect(writing.get_by_text("Received.")).to_be_visible()


def test_where_scripts_alone_get_nothing_through_the_third_press_is_the_browser_s(site, writing):
    def block(route: Route) -> None:
        if route.request.resource_type == "xhr":
            route.abort()
        else:
            route.continue_()

    writing.route("**/follow-up/", block)
    for _ in range(2):
        writing.get_by_role("button", name="Send now").click()
        kept(writing)
    writing.get_by_role("button", name="Send now").click()
    expect(writing.get_by_text("Received.")).to_be_visible()


def test_two_presses_are_one_sending(site, writing):
    asked = []
    writing.on("request", lambda request: asked.append(request.method))
    writing.evaluate(
        "for (let n = 0; n < 2; n += 1) document.querySelector('#form').requestSubmit()"
    )
    expect(writing.get_by_text("Received.")).to_be_visible()
    assert asked.count("POST") == 1
