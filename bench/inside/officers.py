"""Sets officers up as the desk's own pages do."""

import pyotp
from django.conf import settings

from tips.access import accounts, authentication, desk_keys
from tips.crypto import passphrases
from tips.models import Officer


def main(count: str, *roles: str) -> list[tuple[str, str, str]]:
    """Name, words and second factor: of the first supervisor, of officers up to this count, and of
    one more of each of these roles."""
    line = settings.FIRST_SUPERVISOR_FILE.read_text().splitlines()[0]
    _account, name, one_time_words = line.split("\t")
    people = [_settled(name, one_time_words)]
    first = authentication.unlock(username=name, words=people[0][1])
    assert first
    held = desk_keys.judge(authentication.granted_secrets(first), first.anchor).true
    officers = [(f"officer{number}", Officer.Role.OFFICER) for number in range(1, int(count))]
    for username, role in (*officers, *((role, Officer.Role(role)) for role in roles)):
        officer = Officer.objects.create(username=username, role=role)
        given = accounts.give_access(officer=officer, by=first.officer, held=held)
        people.append(_settled(officer.username, given.words))
    return people


def _settled(name: str, one_time_words: str) -> tuple[str, str, str]:
    unlocked = authentication.unlock(username=name, words=one_time_words)
    assert unlocked
    words, totp = passphrases.new_passphrase(), pyotp.random_base32()
    accounts.set_up(unlocked=unlocked, words=words, totp=totp, step=0)
    return name, words, totp
