"""The browser is killed while the receipt stands, and opens its tabs again: the code comes back."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from slu_antitrafficking.start.processes import tied_to_us
from tests.chromium import WHOLE_CHROMIUM, flags
from tests.public.noise import photo
from tests.running import RunningSite, until

FORM = "/report/"
# Where a session's file has the title of the tab.
RECEIVED = "Received".encode("utf-16-le")


class Phone:
    """Chromium with a memory of its own on the disk, killed as a phone kills what lies behind."""

    def __init__(self, profile: Path, browser: Browser) -> None:
        self._profile, self._type = profile / "profile", browser.browser_type
        self._preferences = self._profile / "Default" / "Preferences"
        self._preferences.parent.mkdir(parents=True)
        self._remember({"session": {"restore_on_startup": 1}})

    def opens(self, address: str = "") -> Page:
        """The one tab: at this address, or where it was."""
        port = self._profile / "DevToolsActivePort"
        port.unlink(missing_ok=True)
        profile = f"--user-data-dir={self._profile}"
        command = [WHOLE_CHROMIUM, "--headless=new", *flags(), profile, "--remote-debugging-port=0"]
        self._process = subprocess.Popen(
            [*command, *([address] if address else [])],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            process_group=0,
            preexec_fn=tied_to_us(signal.SIGKILL),
        )
        number = until(lambda: port.exists() and port.read_text().split()[0])
        browser = self._type.connect_over_cdp(f"http://127.0.0.1:{number}")
        return until(lambda: browser.contexts[0].pages)[0]

    def is_killed(self) -> None:
        """Once it has written down where its tab is."""
        sessions = self._profile / "Default" / "Sessions"
        until(lambda: any(RECEIVED in file.read_bytes() for file in sessions.glob("Session_*")))
        self.ends()
        # A phone asks nothing before it opens the tabs of an app that it has killed.
        with suppress(ValueError):
            self._remember(json.loads(self._preferences.read_text()))

    def ends(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _remember(self, preferences: dict) -> None:
        preferences.setdefault("profile", {})["exit_type"] = "Normal"
        self._preferences.write_text(json.dumps(preferences))


@pytest.fixture
def phone(tmp_path: Path, browser: Browser) -> Iterator[Phone]:
    held = Phone(tmp_path, browser)
    yield held
    held.ends()


# Two whole browsers one after the other: on a busy machine a minute, and more.
@pytest.mark.audit
@pytest.mark.parametrize("with_photo", [True, False])
def test_the_restored_tab_shows_the_code_after_one_reload(
    phone: Phone, site: RunningSite, tmp_path: Path, with_photo: bool
) -> None:
    page = phone.opens(site.url + FORM)
    page.fill("#what_happened", "A house with many visitors at night")
    page.get_by_role("button", name="Send now").first.click()
    code = page.inner_text("#receipt-code")
    if with_photo:
        file = tmp_path / "IMG_0001.jpg"
        file.write_bytes(bytes(photo()["buffer"]))
        page.set_input_files("#photos", file)
        page.get_by_role("button", name="Send photos").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Your photo arrived")
        assert page.inner_text("#receipt-code") == code
    phone.is_killed()
    restored = phone.opens()
    # The browser asks whether to send again; the citizen says yes.
    until(lambda: is_reloaded(restored))
    assert restored.inner_text("#receipt-code") == code


def is_reloaded(page: Page) -> bool:
    try:
        page.reload()
    except Error:  # the browser's own page, which asks, is not there yet
        return False
    return page.locator("#receipt-code").count() == 1
