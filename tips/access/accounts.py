"""Every way to give, change and take access to the desk.

Every change of a key pair is one act: new pair, all grants anew, the old pair, its grants and the
officer's sessions gone, in one transaction, and only where the old wrap is still the one opened.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from tips import actions
from tips.access.authentication import Unlocked, opened_grant
from tips.crypto import passphrases, sealing
from tips.crypto.sealing import KeyPair
from tips.models import DeskKey, DeskSession, Event, Grant, Officer, OfficerKey


class Refused(Exception):
    """Nothing was changed; the sentence says why."""


def false_vouchers(keys: Sequence[bytes]) -> list[Officer]:
    """Officers whose pair no holder of the newest desk key gave: it was written into the database.

    Without that key in hand nothing can be said, and nobody is named.
    """
    newest = _newest(keys)
    if newest is None:
        return []
    return [key.officer for key in _holders_keys() if not _is_vouched(key, newest)]


def give_access(*, officer: Officer, by: Officer, keys: Sequence[bytes]) -> str:
    """One-time words for 72 hours, under a new pair with every grant; the old pair is gone."""
    if not by.is_supervisor or not keys:
        raise Refused("Only a supervisor who can open tips gives access.")
    if officer.pk == by.pk:
        raise Refused("You have access. Change your passphrase, or ask another supervisor.")
    held = {sealing.key_id(sealing.pair_of(key).public): key for key in keys}
    words, pair = passphrases.new_passphrase(), sealing.new_pair()
    wrapped = sealing.wrap(pair.secret, words, officer.pk)
    with transaction.atomic():
        # As the account is now: deactivated or made an editor meanwhile, it gets no tips.
        officer = Officer.objects.select_for_update().get(pk=officer.pk)
        every = list(DeskKey.objects.order_by("created_at"))
        if not officer.is_active:
            raise Refused(f"{officer} is deactivated.")
        if any(bytes(row.kid) not in held for row in every):
            raise Refused("There is a newer desk key than yours: log out, log in, and try again.")
        grants = [(row, held[bytes(row.kid)]) for row in every] if officer.opens_tips else []
        OfficerKey.objects.filter(officer=officer).delete()
        _end_sessions(officer)
        store_pair(officer, pair, wrapped, grants, by=by.username, one_time=True)
        Event.objects.record(Event.Verb.ACCESS_GIVEN, by=by.username, about=officer.username)
    return words


def set_up(*, unlocked: Unlocked, words: str, totp: str, step: int) -> None:
    """The officer's own words and second factor in the place of one-time words."""
    key = OfficerKey.objects.filter(officer=unlocked.officer, wrapped=unlocked.wrapped).first()
    if key is None or not key.is_one_time or key.has_expired():
        raise Refused("These one-time words are no longer valid. Ask a supervisor for new ones.")
    _replace_pair(unlocked, words, totp, step, Event.Verb.SET_UP)


def change_passphrase(*, unlocked: Unlocked, words: str, step: int) -> Unlocked:
    """New words and a new pair, which it gives back opened; the second factor stays."""
    return _replace_pair(unlocked, words, unlocked.totp, step, Event.Verb.PASSPHRASE_CHANGED)


@transaction.atomic
def deactivate(*, officer: Officer, by: Officer) -> None:
    """Key, grants, sessions and ownership are gone at once; the account and what it did stay."""
    _refuse_losing(officer)
    OfficerKey.objects.filter(officer=officer).delete()
    _end_sessions(officer)
    Officer.objects.filter(pk=officer.pk).update(is_active=False)
    actions.give_back(owner=Officer.objects.get(pk=officer.pk), by=by)
    Event.objects.record(Event.Verb.DEACTIVATED, by=by.username, about=officer.username)


@transaction.atomic
def activate(*, officer: Officer, by: Officer) -> None:
    """The account may be given access again."""
    Officer.objects.filter(pk=officer.pk).update(is_active=True)
    Event.objects.record(Event.Verb.ACTIVATED, by=by.username, about=officer.username)


@transaction.atomic
def change_role(*, officer: Officer, role: str, by: Officer) -> None:
    """Another role; when it opens tips and the old did not, or not any more, the key is gone."""
    before = Officer.objects.get(pk=officer.pk)
    after = Officer(role=role)
    if (before.is_supervisor and not after.is_supervisor) or before.opens_tips != after.opens_tips:
        if before.opens_tips:
            _refuse_losing(before, still_opens=after.opens_tips)
        if before.opens_tips != after.opens_tips:
            OfficerKey.objects.filter(officer=officer).delete()
        _end_sessions(officer)
    Officer.objects.filter(pk=officer.pk).update(role=role)
    actions.give_back(owner=Officer.objects.get(pk=officer.pk), by=by)
    Event.objects.record(Event.Verb.ROLE_CHANGED, by=by.username, about=officer.username)


@transaction.atomic
def sign_out_everywhere(*, officer: Officer, by: Officer) -> None:
    """Every session of the officer is gone; an answer still in flight revives none."""
    _end_sessions(officer)
    Event.objects.record(Event.Verb.LOGGED_OUT, by=by.username, about=officer.username)


def grant_every(
    officer_key: OfficerKey, desk_keys: Iterable[tuple[DeskKey, bytes]], by: str
) -> None:
    """Grants these desk keys, each with its private half, to an officer's pair."""
    Grant.objects.bulk_create(
        Grant(
            officer_key=officer_key,
            desk_key=row,
            sealed=sealing.grant(secret, bytes(officer_key.public)),
            by=by,
        )
        for row, secret in desk_keys
    )


def _replace_pair(unlocked: Unlocked, words: str, totp: str, step: int, verb: str) -> Unlocked:
    officer, pair = unlocked.officer, sealing.new_pair()
    wrapped = sealing.wrap(pair.secret + totp.encode(), passphrases.tidy(words), officer.pk)
    with transaction.atomic():
        current = OfficerKey.objects.select_for_update().filter(
            officer=officer, wrapped=unlocked.wrapped, officer__is_active=True
        )
        if not list(current):
            raise Refused("Your access was changed meanwhile. Log in again.")
        grants = Grant.objects.filter(officer_key__officer=officer).select_related("desk_key")
        held = [
            (grant.desk_key, secret)
            for grant in grants
            if (secret := opened_grant(grant, unlocked.pair))
        ]
        current.delete()
        _end_sessions(officer)
        store_pair(officer, pair, wrapped, held, by=officer.username, step=step)
        Event.objects.record(verb, by=officer.username, about=officer.username)
    return Unlocked(officer, wrapped, pair.secret, totp)


def store_pair(
    officer: Officer,
    pair: KeyPair,
    wrapped: bytes,
    held: Sequence[tuple[DeskKey, bytes]],
    *,
    by: str,
    one_time: bool = False,
    step: int = 0,
) -> None:
    """Writes a pair with its voucher and a grant for each desk key held."""
    newest = max(held, key=lambda item: item[0].created_at)[1] if held else None
    key = OfficerKey.objects.create(
        officer=officer,
        public=pair.public,
        wrapped=wrapped,
        voucher=sealing.voucher(newest, officer.pk, pair.public) if newest else b"",
        one_time_until=timezone.now() + OfficerKey.ONE_TIME_FOR if one_time else None,
        totp_last=step,
    )
    grant_every(key, held, by)


def _holders_keys() -> Iterable[OfficerKey]:
    keys = OfficerKey.objects.select_related("officer").filter(officer__is_active=True)
    return (key for key in keys if key.officer.opens_tips)


def _is_vouched(key: OfficerKey, newest: bytes) -> bool:
    made = sealing.voucher(newest, key.officer_id, bytes(key.public))
    return made == bytes(key.voucher)


def _newest(keys: Sequence[bytes]) -> bytes | None:
    """Of these secrets, the one of the newest desk key there is."""
    public = DeskKey.objects.order_by("-created_at").values_list("public", flat=True).first()
    found = (key for key in keys if public and sealing.pair_of(key).public == bytes(public))
    return next(found, None)


def vouched_keys(keys: Sequence[bytes]) -> list[OfficerKey]:
    """The pairs of active officers that a holder of the newest desk key gave; locked."""
    newest = _newest(keys)
    list(OfficerKey.objects.select_for_update().order_by("pk"))
    return [key for key in _holders_keys() if newest and _is_vouched(key, newest)]


def vouch_again(keys: Sequence[OfficerKey], newest: bytes) -> None:
    """Vouchers under a new desk key: whoever knows an older one vouches for nobody any more."""
    for key in keys:
        made = sealing.voucher(newest, key.officer_id, bytes(key.public))
        OfficerKey.objects.filter(pk=key.pk, public=key.public).update(voucher=made)


def _refuse_losing(officer: Officer, still_opens: bool = False) -> None:
    """Refuses to lose the last officer who opens tips, or the last supervisor."""
    list(Officer.objects.select_for_update().order_by("pk"))  # two such acts, one after the other
    others = Officer.objects.holders().exclude(pk=officer.pk).distinct()
    if officer.opens_tips and not still_opens and not others.exists():
        raise Refused(f"{officer} is the last who can open tips. Give somebody else access first.")
    if officer.is_supervisor and not others.filter(role=Officer.Role.SUPERVISOR).exists():
        raise Refused(f"{officer} is the last supervisor. Make somebody else one first.")


def _end_sessions(officer: Officer) -> None:
    DeskSession.objects.filter(officer=officer).delete()


def officer_named(officer: UUID | str) -> Officer | None:
    """The active officer of that name or id."""
    by = {"pk": officer} if isinstance(officer, UUID) else {"username__iexact": officer}
    return Officer.objects.filter(is_active=True, **by).first()
