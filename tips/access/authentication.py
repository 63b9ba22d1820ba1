"""The log-in's own steps: opening an officer's wrap with their words, and the six digits."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import pyotp
from django.db.models import F
from django.utils import timezone

from tips.crypto import passphrases, sealing
from tips.crypto.desk_key import NoDeskKey, active
from tips.crypto.sealing import KeyPair
from tips.models import Event, Grant, Officer, OfficerKey

TOTP_SECONDS = 30
_SECRET = sealing.KEY_BYTES


@dataclass(frozen=True)
class Unlocked:
    """An officer's key pair, opened with their words; `totp` is empty with one-time words."""

    officer: Officer
    wrapped: bytes
    secret: bytes
    totp: str

    @property
    def pair(self) -> KeyPair:
        """The officer's pair."""
        return sealing.pair_of(self.secret)


def unlock(*, username: str, words: str) -> Unlocked | None:
    """What the words open, after exactly one derivation, known name or not."""
    words = passphrases.tidy(words)
    key = (
        OfficerKey.objects.select_related("officer")
        .filter(officer__username__iexact=username.strip(), officer__is_active=True)
        .first()
    )
    if key is None:
        sealing.waste(words)
        return None
    try:
        payload = sealing.unwrap(key.wrapped, words, key.officer_id)
    except sealing.CannotOpen:
        return None
    if key.has_expired():
        return None
    totp = payload[_SECRET:].decode()
    return Unlocked(key.officer, bytes(key.wrapped), payload[:_SECRET], totp)


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
    """Whether five wrong digits in this hour closed the account for now; then in the trail."""
    hour_ago = timezone.now() - timedelta(hours=1)
    locked = OfficerKey.objects.filter(
        officer=unlocked.officer,
        wrong_digits__gte=OfficerKey.WRONG_DIGITS_AN_HOUR,
        wrong_digits_since__gt=hour_ago,
    ).exists()
    if locked:
        Event.objects.record(Event.Verb.LOCKED_OUT, about=unlocked.officer.username)
    return locked


def count_wrong_digits(unlocked: Unlocked) -> None:
    """Right words with wrong digits: counted in the key's row, whatever the network."""
    now = timezone.now()
    row = OfficerKey.objects.filter(officer=unlocked.officer)
    in_this_hour = row.filter(wrong_digits_since__gt=now - timedelta(hours=1))
    if not in_this_hour.update(wrong_digits=F("wrong_digits") + 1):
        row.update(wrong_digits=1, wrong_digits_since=now)


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


def desk_secrets(unlocked: Unlocked) -> tuple[bytes, ...]:
    """Every desk key granted to the pair, retired ones too; none for auditors and editors."""
    grants = Grant.objects.filter(officer_key__officer=unlocked.officer).select_related("desk_key")
    secrets = (opened_grant(grant, unlocked.pair) for grant in grants)
    return tuple(secret for secret in secrets if secret)


def lacks_active_key(officer: Officer, held: Sequence[bytes]) -> bool:
    """Whether a newer desk key was granted to the officer since these secrets were opened."""
    try:
        key = active()
    except NoDeskKey:
        return False
    if not held or any(sealing.pair_of(secret).public == key.public for secret in held):
        return False
    return Grant.objects.filter(officer_key__officer=officer, desk_key_id=key.kid).exists()


def opened_grant(grant: Grant, pair: KeyPair) -> bytes | None:
    """The desk's secret in a grant, if it is the one that the row's public half belongs to."""
    try:
        secret = sealing.open_grant(grant.sealed, pair)
    except sealing.CannotOpen:
        return None
    return secret if sealing.pair_of(secret).public == bytes(grant.desk_key.public) else None
