"""The people of the tests: who works at the desk, and what citizens send them."""

from dataclasses import dataclass

import pyotp
from django.utils import timezone

from tips import actions
from tips.access import accounts, authentication, desk_keys
from tips.access.authentication import Unlocked
from tips.crypto import associated_data, passphrases, receipts, sealing
from tips.crypto.sealing import Keyring
from tips.models import DeskSession, Officer, Tip


@dataclass
class Person:
    """Somebody at the desk, with their words and second factor."""

    officer: Officer
    words: str
    totp: str

    def unlock(self) -> Unlocked:
        """The pair that the words open."""
        unlocked = authentication.unlock(username=self.officer.username, words=self.words)
        assert unlocked is not None
        return unlocked

    @property
    def held(self) -> dict[bytes, bytes]:
        """The desk's secrets by key id, as a session holds them."""
        unlocked = self.unlock()
        secrets = authentication.granted_secrets(unlocked)
        return desk_keys.judge(secrets, unlocked.anchor).true

    @property
    def keys(self) -> Keyring:
        """What opens tips with them."""
        return Keyring(self.held)

    @property
    def digits(self) -> str:
        """The six digits of this moment."""
        return pyotp.TOTP(self.totp).now()


def settled(officer: Officer, one_time_words: str) -> Person:
    """The officer after the set-up page."""
    unlocked = authentication.unlock(username=officer.username, words=one_time_words)
    assert unlocked is not None
    person = Person(officer, passphrases.new_passphrase(), pyotp.random_base32())
    accounts.set_up(unlocked=unlocked, words=person.words, totp=person.totp, step=0)
    officer.refresh_from_db()
    return person


def hire(name: str, role: str, by: Person) -> Person:
    """A new account with access."""
    officer = Officer.objects.create(username=name, role=role)
    given = accounts.give_access(officer=officer, by=by.officer, held=by.held)
    return settled(officer, given.words)


FIELDS = {
    "what_happened": "They keep her passport in a drawer.",
    "danger_now": "",
    "under_18": "",
    "district": "castries",
    "place": "",
    "relation": "",
    "first_hand": "",
    "signs": [],
    "when": "",
    "people_harmed": "",
    "people_responsible": "",
    "vehicles_phones_online": "",
    "official_involved": "",
    "reported_before": "",
    "may_share": "",
    "answer_language": "",
    "contact_name": "",
    "contact_details": "",
    "contact_safely": "",
}


def send(page: str = "", set_aside: int = 0, **fields: object) -> actions.Receipt:
    """A tip from a page of its own."""
    return actions.receive_tip(
        fields=FIELDS | fields,
        idempotency_key=page or receipts.new_idempotency_key(),
        language="en",
        set_aside=set_aside,
    )


def write(
    receipt: actions.Receipt, message: str = "More.", *photos: bytes, danger: bool = False
) -> actions.Delivery:
    """Words and photos under the code of a receipt, from a page of their own."""
    return actions.receive_message(
        code=receipt.code or "",
        message=message,
        photos=photos,
        idempotency_key=receipts.new_idempotency_key(),
        danger=danger,
    )


def tip_of(receipt: actions.Receipt) -> Tip:
    """The row behind a receipt."""
    return Tip.objects.get(reference=receipt.reference)


def opens(person: Person, tip: Tip) -> bool:
    """Whether the officer's words open the tip."""
    unlocked = authentication.unlock(username=person.officer.username, words=person.words)
    if unlocked is None:
        return False
    try:
        person.keys.open(tip.sealed, associated_data.of_tip(tip.pk))
    except sealing.CannotOpen:
        return False
    return True


def session_of(officer: Officer) -> None:
    """Logs the officer in somewhere."""
    DeskSession.objects.create(
        session_key=officer.username, session_data=b"", expire_date=timezone.now(), officer=officer
    )
