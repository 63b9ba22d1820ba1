"""Whatever a citizen does next in the half hour after the receipt, the code comes back."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from tests.chromium import PHONE, WHOLE_CHROMIUM, flags
from tests.public.noise import photo
from tests.running import RunningSite, until
from tests.variants import played

FORM, FOLLOW_UP = "/report/", "/follow-up/"


@pytest.fixture(scope="module")
def whole(browser: Browser) -> Iterator[Browser]:
    """Chromium as people have it."""
    launched = browser.browser_type.launch(
        executable_path=WHOLE_CHROMIUM,
        args=flags(),
        ignore_default_args=["--disable-back-forward-cache"],
    )
    with closing(launched):
        yield launched


@pytest.fixture
def phone(scripts: bool, whole: Browser) -> Iterator[Page]:
    with whole.new_context(viewport=PHONE, java_script_enabled=scripts) as context:
        yield context.new_page()


@pytest.fixture
def code(photos: bool, phone: Page, site: RunningSite) -> str:
    """The code of a tip that was just sent, photos and all, as the receipt shows it."""
    send_tip(phone, site)
    if photos:
        send_photo(phone)
    return phone.inner_text("#receipt-code")


def send_tip(phone: Page, site: RunningSite) -> None:
    phone.goto(site.url + FORM)
    phone.fill("#what_happened", "A house with many visitors at night")
    phone.click("[name=danger_now][value=yes]")
    phone.get_by_role("button", name="Send now").first.click()
    expect(phone.locator("#receipt-code")).to_be_visible()


def send_photo(phone: Page) -> None:
    phone.set_input_files("#photos", [photo()])
    phone.get_by_role("button", name="Send photos").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Your photo arrived")


def go(phone: Page, step: str) -> None:
    """Back or forward; where the browser asks first, the citizen says yes to sending again."""
    until(lambda: goes(phone, step))


def goes(phone: Page, step: str) -> bool:
    try:
        getattr(phone, step)()
    except Error as error:
        if "Not attached to an active page" in str(error):
            return False  # between two pages
        if "ERR_CACHE_MISS" not in str(error):
            raise
        until(lambda: is_reloaded(phone))
    return True


def is_reloaded(phone: Page) -> bool:
    try:
        phone.reload()
    except Error:  # the browser's own page, which asks, is not there yet
        return False
    return True


def after_a_reload(phone: Page, code: str) -> None:
    phone.reload()
    assert phone.inner_text("#receipt-code") == code


def after_another_page_and_back(phone: Page, code: str) -> None:
    phone.click("header a[href='/'] >> nth=0")
    expect(phone.locator("#receipt-code")).to_have_count(0)
    go(phone, "go_back")
    assert phone.inner_text("#receipt-code") == code


def after_back_to_the_form_and_forward(phone: Page, code: str) -> None:
    for _ in range(3):
        go(phone, "go_back")
        if phone.locator("#what_happened").count():
            break
    assert phone.input_value("#what_happened") == ""
    go(phone, "go_forward")
    assert phone.inner_text("#receipt-code") == code


def after_a_slip_in_typing_it_back(phone: Page, code: str) -> None:
    phone.fill("#code", code[:-1] + ("2" if code[-1] != "2" else "3"))
    phone.get_by_role("button", name="Check my code").click()
    expect(phone.get_by_role("alert")).to_contain_text("At least one letter is wrong")
    go(phone, "go_back")
    assert phone.inner_text("#receipt-code") == code


# The receipt of a tip, that of photos, and the latter put by a script into the place of the former.
RECEIPTS = [(False, False), (False, True), (True, True)]


@pytest.mark.parametrize(("scripts", "photos"), played([*RECEIPTS, (True, False)], *RECEIPTS))
def test_whatever_comes_next_the_code_comes_back(phone: Page, code: str) -> None:
    after_a_reload(phone, code)
    after_another_page_and_back(phone, code)
    after_a_slip_in_typing_it_back(phone, code)
    after_back_to_the_form_and_forward(phone, code)
