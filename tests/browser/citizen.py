"""Somebody with a tip, at the public door."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from playwright.sync_api import FilePayload, Page, expect

from tests.attacks.visitor import Visitor
from tips.crypto import receipts

Look = Callable[[Page], None]
EVERY_WORD = {
    "what_happened": "The girl at the guest house may not go out.\nI heard her cry. 😢 فتاة",
    "place": "The yellow gate behind the old bakery",
    "when": "Every Friday since March",
    "people_harmed": "A girl of about 15",
    "people_responsible": "The owner's brother",
    "vehicles_phones_online": "White van, PA 1234",
    "reported_before": "No",
    "contact_name": "Neighbour",
    "contact_details": "758 555 0142",
    "contact_safely": "After 8 pm, by text",
}
EVERY_TICK = {
    "danger_now": "no",
    "under_18": "yes",
    "relation": "noticed",
    "first_hand": "mixed",
    "official_involved": "no",
    "may_share": "ask",
}
EVERY_CHOICE = {"district": "castries", "answer_language": "es"}


@dataclass(frozen=True)
class Receipt:
    """What the page after a tip shows."""

    reference: str
    code: str

    @property
    def misread(self) -> str:
        """The code as somebody copies it from paper: lower case, with spaces, O for 0, l for 1."""
        return self.code.replace("-", " ").replace("0", "O").replace("1", "l").lower()


def told(url: str, words: str) -> Receipt:
    """A tip whose sending is not what a test is about: from no browser at all."""
    key = receipts.new_idempotency_key()
    answer = Visitor().send(f"{url}/report/", what_happened=words, submission=key)
    return Receipt(answer.output("reference"), answer.output("receipt-code"))


class Citizen:
    """One browser; `look` is what is done to each page that comes up."""

    def __init__(self, page: Page, url: str, look: Look) -> None:
        self.page, self.url, self.look = page, url, look

    def opens(self, path: str) -> None:
        """Follows an address."""
        self.page.goto(self.url + path)

    def fills_in_everything(self) -> list[str]:
        """Every field and three signs; the signs' titles."""
        page = self.page
        page.click("summary:has-text('I can tell more')")
        for name, words in EVERY_WORD.items():
            page.fill(f"#{name}", words)
        for name, value in EVERY_TICK.items():
            page.locator(f"[name={name}][value={value}]").check()
        for name, value in EVERY_CHOICE.items():
            page.select_option(f"#{name}", value)
        signs = page.locator("#signs label")
        for number in range(3):
            signs.nth(number).locator("input").check()
        return [signs.nth(number).inner_text().strip() for number in range(3)]

    def sends_tip(self) -> Receipt:
        """Presses Send; what came back."""
        self.page.locator("main form button").first.click()
        expect(self.page.locator("h1")).to_have_text("Received. Thank you.")
        return Receipt(self._shown("reference"), self._shown("receipt-code"))

    def adds_photos(self, *photos: FilePayload) -> None:
        """From the receipt."""
        self._chooses(photos)
        self.page.click("text=Send photos")

    def types_back(self, code: str) -> None:
        """Into the small form of the receipt, or the page for it."""
        self.page.fill("#code", code)
        self.page.locator("form:has(#code) button").click()

    def writes(self, words: str, *photos: FilePayload) -> None:
        """Into the conversation that is open."""
        self.page.fill("#message", words)
        if photos:
            self._chooses(photos)
        self.page.locator("main form:has(#message) button").click()

    @property
    def said(self) -> str:
        """What the page says between its head and its foot, once it is whole."""
        self.page.wait_for_load_state()
        return " ".join(self.page.inner_text("main").split())

    def _chooses(self, photos: Sequence[FilePayload]) -> None:
        self.page.set_input_files("#photos", list(photos))

    def _shown(self, name: str) -> str:
        return self.page.inner_text(f"output#{name}").strip()
