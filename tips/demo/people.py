"""The accounts of the demonstration, each set up as the set-up page does it."""

from dataclasses import dataclass

import pyotp

from slu_antitrafficking.refusal import Refused
from tips.access import accounts, authentication, desk_keys
from tips.access.accounts import Secrets
from tips.crypto import passphrases
from tips.models import Officer
from tips.models.vocabulary import Language

# Role and name; Winston leaves, so that access is seen taken.
NEWCOMERS = (
    (Officer.Role.OFFICER, "officer"),
    (Officer.Role.AUDITOR, "auditor"),
    (Officer.Role.EDITOR, "editor"),
    (Officer.Role.OFFICER, "marva"),
    (Officer.Role.OFFICER, "winston"),
)
READS = {
    "officer": [Language.EN],
    "marva": [Language.EN, Language.ES, Language.FR, Language.ACF],
    "supervisor": [Language.EN, Language.FR],
}


@dataclass(frozen=True)
class Account:
    """Somebody who can log in: with these words, and digits from this secret."""

    officer: Officer
    words: str
    totp: str

    @property
    def line(self) -> str:
        """As it stands in demo-accounts.txt."""
        return f"account\t{self.officer.username}\t{self.words}\t{self.totp}\n"


def settled(one_time_words: str, username: str) -> tuple[Account, Secrets]:
    """The account after its set-up, and the desk secrets that it holds.

    Raises Refused when the one-time words do not open.
    """
    unlocked = authentication.unlock(username=username, words=one_time_words)
    if unlocked is None:
        raise Refused(f"The one-time words of {username} do not open.")
    account = Account(unlocked.officer, passphrases.new_passphrase(), pyotp.random_base32())
    secrets = authentication.granted_secrets(unlocked)
    held = desk_keys.judge(secrets, unlocked.anchor).true
    accounts.set_up(unlocked=unlocked, words=account.words, totp=account.totp, step=0)
    return account, held


def hired(role: str, by: Officer, held: Secrets, name: str) -> Account:
    """An account to which the supervisor gave access."""
    officer = Officer(username=name, role=role)
    accounts.add(officer=officer, by=by)
    given = accounts.give_access(officer=officer, by=by, held=held)
    return settled(given.words, officer.username)[0]
