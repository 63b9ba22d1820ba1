"""The four accounts of the demonstration, each set up as the set-up page does it."""

from collections.abc import Sequence
from dataclasses import dataclass

import pyotp

from tips.access import accounts, authentication
from tips.crypto import passphrases
from tips.models import Officer

NEWCOMERS = (Officer.Role.OFFICER, Officer.Role.AUDITOR, Officer.Role.EDITOR)


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


def settled(one_time_words: str, username: str) -> tuple[Account, tuple[bytes, ...]]:
    """The account after its set-up, and the desk's secrets that it holds; raises access.Refused."""
    unlocked = authentication.unlock(username=username, words=one_time_words)
    if unlocked is None:
        raise accounts.Refused(f"The one-time words of {username} do not open.")
    account = Account(unlocked.officer, passphrases.new_passphrase(), pyotp.random_base32())
    keys = authentication.desk_secrets(unlocked)
    accounts.set_up(unlocked=unlocked, words=account.words, totp=account.totp, step=0)
    return account, keys


def hired(role: str, by: Officer, keys: Sequence[bytes]) -> Account:
    """An account named after its role, to which the supervisor gave access."""
    officer = Officer.objects.create(username=role, role=role)
    words = accounts.give_access(officer=officer, by=by, keys=keys)
    return settled(words, officer.username)[0]
