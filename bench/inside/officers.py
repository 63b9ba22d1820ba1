"""Sets officers up as the desk's own pages do."""

import pyotp

from tips.access import accounts, authentication, recovery
from tips.crypto import passphrases
from tips.models import Officer


def main(count: str) -> list[tuple[str, str, str]]:
    """Name, words and second factor of the first supervisor and of others."""
    line = recovery.first_supervisor_file().read_text().splitlines()[0]
    _account, name, one_time_words = line.split("\t")
    people = [_settled(name, one_time_words)]
    first = authentication.unlock(username=name, words=people[0][1])
    assert first
    keys = authentication.desk_secrets(first)
    for number in range(1, int(count)):
        officer = Officer.objects.create(username=f"officer{number}", role=Officer.Role.OFFICER)
        words = accounts.give_access(officer=officer, by=first.officer, keys=keys)
        people.append(_settled(officer.username, words))
    return people


def _settled(name: str, one_time_words: str) -> tuple[str, str, str]:
    unlocked = authentication.unlock(username=name, words=one_time_words)
    assert unlocked
    words, totp = passphrases.new_passphrase(), pyotp.random_base32()
    accounts.set_up(unlocked=unlocked, words=words, totp=totp, step=0)
    return name, words, totp
