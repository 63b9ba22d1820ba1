"""The log-in's own steps: opening an officer's wrap with their words, and the six digits."""

import time
from dataclasses import dataclass
from datetime import timedelta

import pyotp
from django.db.models import F
from django.utils import timezone

from tips.access import pairs
from tips.crypto import key_grants, passphrases, sealing, wraps
from tips.crypto.sealing import KeyPair
from tips.models import DeskKeyGrant, Event, Officer, OfficerKey

TOTP_SECONDS = 30


@dataclass(frozen=True)
class Unlocked:
    """An officer's key pair, opened with their words; `totp` is empty with one-time words.

    `anchor` names the first desk key (32 bytes, sealing.public_digest): wrapped with the secret,
    so that nobody who writes to the database can put another in its place.
    """

    officer: Officer
    wrapped: bytes
    secret: bytes
    anchor: bytes
    totp: str

    @property
    def pair(self) -> KeyPair:
        """The pair of which `secret` is one half."""
        return KeyPair(self.secret)


def unlock(*, username: str, words: str) -> Unlocked | None:
    """What the words open, after exactly one derivation, known name or not.

    Raises pairs.FalsePair for a pair that the trail does not explain: nobody gets in with it.
    """
    words = passphrases.normalise(words)
    officer = Officer.objects.active_named(username.strip())
    key = OfficerKey.objects.select_related("officer").filter(officer=officer).first()
    if officer is None or key is None:
        wraps.dummy_derivation(words)
        return None
    try:
        payload = wraps.unwrap(key.wrapped, words, key.officer_id)
    except sealing.CannotOpen:
        return None
    if key.has_expired():
        return None
    pairs.must_be_explained(key)
    secret, anchor, totp = pairs.parts_of(payload)
    return Unlocked(key.officer, bytes(key.wrapped), secret, anchor, totp)


def matching_step(totp: str, digits: str, after: int = 0) -> int | None:
    """The step (30 s) of the six digits: now, the last or the next, and later than `after`."""
    code = pyotp.TOTP(totp)
    now = int(time.time()) // TOTP_SECONDS
    digits = "".join(digits.split())
    for step in (now, now - 1, now + 1):
        if step > after and pyotp.utils.strings_equal(code.generate_otp(step), digits):
            return step
    return None


def digits_are_locked(unlocked: Unlocked) -> bool:
    """Whether five wrong digits within an hour closed the account for now."""
    hour_ago = timezone.now() - timedelta(hours=1)
    return OfficerKey.objects.filter(
        officer=unlocked.officer,
        wrong_digits__gte=OfficerKey.WRONG_DIGITS_AN_HOUR,
        wrong_digits_since__gt=hour_ago,
    ).exists()


def record_locked_out(unlocked: Unlocked) -> None:
    """Right words for an account that its wrong digits closed: an event each time."""
    Event.objects.record(Event.Verb.LOCKED_OUT, about=unlocked.officer.username)


def count_wrong_digits(unlocked: Unlocked) -> None:
    """Right words with wrong digits: counted in the key's row, whatever the network."""
    now = timezone.now()
    row = OfficerKey.objects.filter(officer=unlocked.officer)
    in_this_hour = row.filter(wrong_digits_since__gt=now - timedelta(hours=1))
    if not in_this_hour.update(wrong_digits=F("wrong_digits") + 1):
        row.update(wrong_digits=1, wrong_digits_since=now)


def record_wrong_words(username: str) -> None:
    """Wrong words for an account leave a trace: one event an account and hour."""
    officer = Officer.objects.active_named(username.strip())
    if officer is None:
        return
    events = Event.objects.filter(verb=Event.Verb.WRONG_WORDS, about=officer.username)
    if not events.filter(at__gt=timezone.now() - timedelta(hours=1)).exists():
        Event.objects.record(Event.Verb.WRONG_WORDS, about=officer.username)


def use_step(unlocked: Unlocked, step: int) -> bool:
    """Takes the step, once and only while the opened wrap is current.

    Call it in the transaction that writes the session.
    """
    return bool(
        OfficerKey.objects.filter(
            officer=unlocked.officer,
            # Not a join: Django would move every condition into a subquery, which a row that
            # changed while we waited for it does not have to meet again.
            officer__in=Officer.objects.filter(is_active=True),
            wrapped=unlocked.wrapped,
            one_time_until=None,
            totp_last__lt=step,
        ).update(totp_last=step, wrong_digits=0)
    )


def granted_secrets(unlocked: Unlocked) -> dict[bytes, bytes]:
    """Every desk secret granted to the pair, by key id; desk_keys judges which are true."""
    grants = DeskKeyGrant.objects.filter(officer_key__officer=unlocked.officer)
    opened = {
        bytes(grant.desk_key_id): opened_grant(grant, unlocked.pair, unlocked.officer)
        for grant in grants.select_related("desk_key")
    }
    return {kid: secret for kid, secret in opened.items() if secret}


def opened_grant(grant: DeskKeyGrant, pair: KeyPair, officer: Officer) -> bytes | None:
    """The desk's secret in a grant, if it is the one that the row's public half belongs to."""
    try:
        secret = key_grants.open_grant(grant.sealed, pair, officer.pk, grant.desk_key_id)
    except sealing.CannotOpen:
        return None
    return secret if KeyPair(secret).public == bytes(grant.desk_key.public) else None
