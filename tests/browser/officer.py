"""Somebody at the desk, with words on paper and six digits on a phone."""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyotp
from playwright.sync_api import Page, expect

from tests.browser.citizen import Look
from tests.running import until

STEP = 30


class Phone:
    """An authenticator; the desk takes the digits of one step before and after now, each once."""

    def __init__(self, secret: str) -> None:
        self.app = pyotp.TOTP(secret)
        self.last = 0

    def digits(self) -> str:
        """The earliest digits that the desk still takes, so that the next ones can follow soon."""
        self.last = until(self._next, 2 * STEP, "the next six digits")
        return self.app.generate_otp(self.last)

    def _next(self) -> int:
        now, gone = divmod(int(time.time()), STEP)
        earliest = max(self.last + 1, now - 1 if gone < STEP - 10 else now)
        return earliest if earliest <= now + 1 else 0


@dataclass
class Account:
    """What an officer carries: a name, five words on paper, a phone once it is set up, a session.

    A second log-in has to wait for the phone's next digits, up to half a minute.
    """

    name: str
    words: str
    phone: Phone | None = None
    cookies: Sequence[Any] = ()


class Officer:
    """One browser at the desk; `look` is what is done to each page that comes up."""

    def __init__(self, page: Page, url: str, account: Account, look: Look) -> None:
        self.page, self.url, self.account, self.look = page, url, account, look

    def opens(self, path: str = "/desk/") -> None:
        """Follows an address."""
        self.page.goto(self.url + path)

    def sets_up(self) -> None:
        """From the one-time words to words of one's own and a second factor."""
        page, account = self.page, self.account
        self.opens()
        self._fills_log_in("")
        expect(page).to_have_url(self.url + "/desk/set-up/")
        account.phone = Phone("".join(page.inner_text("#otp-secret").split()))
        account.words = page.inner_text("#offered-passphrase")
        page.fill("[name=otp_token]", "12")
        page.fill("[name=new_passphrase]", "five other words than these")
        page.click("button:text-is('Set up')")
        expect(page.locator("[role=alert]")).to_contain_text("not the five words")
        self.look(page)
        page.fill("[name=otp_token]", account.phone.digits())
        page.fill("[name=new_passphrase]", f" {account.words.upper()} ")
        page.click("button:text-is('Set up')")
        expect(page.locator("main, #content").first).to_contain_text("Your access is set up")

    def logs_in(self) -> None:
        """With both."""
        assert self.account.phone
        self._fills_log_in(self.account.phone.digits())
        expect(self.page.locator("#logout-form")).to_be_visible()

    def comes_in(self) -> None:
        """Where an earlier browser of theirs left off; else from the start."""
        context, account = self.page.context, self.account
        context.add_cookies(account.cookies)
        self.opens()
        if account.phone is None:
            self.sets_up()
        if not self.page.locator("#logout-form").count():
            self.logs_in()
        account.cookies = context.cookies()

    def adds(self, name: str, role: str) -> Account:
        """An account with one-time words."""
        page = self.page
        self.opens("/desk/tips/officer/add/")
        page.fill("[name=username]", name)
        page.locator(f"[name=role][value={role}]").check()
        page.click("[name=_save]")
        self.look(page)
        page.click("button:text-is('Give access')")
        self.look(page)
        return Account(name, page.inner_text("#one-time-passphrase"))

    def queue(self, tab: str = "take") -> list[str]:
        """The references under a tab, top first."""
        self.opens(f"/desk/tips/tip/?tab={tab}")
        return self.page.locator(".field-ref a").all_inner_texts()

    def opens_tip(self, reference: str) -> None:
        """By the box in the head of every page."""
        self.page.fill("#find", reference.lower())
        self.page.press("#find", "Enter")
        expect(self.page.locator("h1")).to_have_text(reference)

    def opens_tip_in_vain(self, reference: str) -> None:
        """By the same box, which knows of none."""
        self.page.fill("#find", reference)
        self.page.press("#find", "Enter")
        expect(self.page.locator("main, #content").first).to_be_visible()
        assert f"There is no tip {reference} that you may open" in self.said

    def shows_photo(self, number: int) -> tuple[str, bytes]:
        """Asks for it; what kind the answer says it is, and its bytes."""
        with self.page.expect_response(re.compile(rf"/photo/{number}/$")) as answer:
            self.page.click(f"text=Show photo {number}")
        shown = answer.value
        assert self.page.url.endswith(f"photo={number}#h-photos")
        return shown.headers["content-type"], shown.body()

    def presses(self, verb: str) -> None:
        """A verb without words."""
        self.page.click(f".verbs button:text-is('{verb}')")

    def notes(self, words: str) -> None:
        """For the desk only."""
        self.page.fill("#note", words)
        self.page.click("button:text-is('Add note')")

    def asks(self, words: str) -> None:
        """The citizen; then it waits."""
        self.page.fill("#answer", words)
        self.page.click("button:text-is('Send answer')")

    def closes(self, outcome: str, reason: str) -> None:
        """With the reason that the desk keeps."""
        self.page.click(".verbs button:has-text('Close')")
        self.look(self.page)
        self.page.click("button:text-is('Close tip')")
        expect(self.page.locator("[role=alert]")).to_be_visible()
        self.look(self.page)
        self.page.locator(f"[name=outcome][value={outcome}]").check()
        self.page.fill("#reason", reason)
        self.page.click("button:text-is('Close tip')")

    def status(self) -> str:
        """Where the tip stands, beside its reference."""
        return self.page.inner_text(".tip-id .status")

    @property
    def said(self) -> str:
        """All that the page says, once it is whole."""
        self.page.wait_for_load_state()
        return " ".join(self.page.inner_text("body").split())

    def _fills_log_in(self, digits: str) -> None:
        self.page.fill("[name=username]", self.account.name)
        self.page.fill("[name=password]", self.account.words)
        self.page.fill("[name=otp_token]", digits)
        self.page.click("#login-form button")
