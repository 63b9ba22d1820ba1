"""Every way to give, change and take access to the desk.

Every change of a key pair is one act: new pair, all grants anew, the old pair, its grants and the
officer's sessions gone, in one transaction, and only where the old wrap is still the one opened.
Whoever loses access to tips is out of everything that comes later: the act that takes it away
makes a new desk key, from the session of the supervisor who does it.
"""

from collections.abc import Sequence
from typing import NamedTuple

from django.db import transaction

from slu_antitrafficking.refusal import Refused
from tips import actions
from tips.access import authentication, desk_keys, mails, pairs
from tips.access.authentication import Unlocked
from tips.crypto import passphrases, sealing, wraps
from tips.models import DeskSession, Event, Officer, OfficerKey, Tip

Secrets = dict[bytes, bytes]  # desk secrets by key id, oldest first


class NewAccess(NamedTuple):
    """One-time words to be said to somebody, and the desk secrets of whoever gave them."""

    words: str
    held: Secrets


@transaction.atomic
def add(*, officer: Officer, by: Officer) -> None:
    """Stores a new account, which opens nothing until access is given.

    Raises Refused when `by` is no supervisor.
    """
    _must_be_supervisor(by)
    officer.save(force_insert=True)
    _record(Event.Verb.ACCOUNT_ADDED, officer, by)


def give_access(*, officer: Officer, by: Officer, held: Secrets) -> NewAccess:
    """One-time words for 72 hours, under a new pair with every grant; the old pair is gone.

    Where the old pair opened tips, the desk key is a new one from now on. Raises Refused for
    whoever may not give access, for oneself and a deactivated account, and when `held` lacks a key.
    """
    _must_be_supervisor(by)
    if not held:
        raise Refused("Only a supervisor who can open tips gives access.")
    if officer.pk == by.pk:
        raise Refused("You have access. Change your passphrase, or ask another supervisor.")
    words, pair = passphrases.new_passphrase(), sealing.new_pair()
    anchor = desk_keys.anchor_of(held)
    with transaction.atomic():
        # As the account is now: deactivated or made an editor meanwhile, it gets no tips.
        officer = Officer.objects.select_for_update().get(pk=officer.pk)
        if not officer.is_active:
            raise Refused(f"{officer} is deactivated.")
        _must_hold_every_key(held)
        had_keys = _holds_desk_keys(officer)
        payload = pairs.payload(pair.secret, anchor if officer.opens_tips else pairs.NO_ANCHOR)
        wrapped = wraps.wrap(payload, words, officer.pk)
        _take_pair(officer)
        granted = held if officer.opens_tips else {}
        digest = pairs.store(officer, pair, wrapped, granted, by=by.username, one_time=True)
        _record(Event.Verb.ACCESS_GIVEN, officer, by, pair_digest=digest)
        mails.access_given(by)
        # Until they have set it up they open nothing, and nobody would look at what was theirs.
        actions.give_back_all_of(owner=officer, by=by)
        if had_keys:
            held = desk_keys.rotate(held, by=by.username)
    return NewAccess(words, held)


def set_up(*, unlocked: Unlocked, words: str, totp: str, step: int) -> None:
    """The officer's own words and second factor in the place of one-time words.

    Raises Refused when those are over or were replaced meanwhile.
    """
    key = OfficerKey.objects.filter(officer=unlocked.officer, wrapped=unlocked.wrapped).first()
    if key is None or not key.is_one_time or key.has_expired():
        raise Refused("These one-time words are no longer valid. Ask a supervisor for new ones.")
    _replace_pair(unlocked, words, totp, step, Event.Verb.SET_UP)


def change_passphrase(*, unlocked: Unlocked, words: str, step: int) -> Unlocked:
    """New words and a new pair, which it gives back opened; the second factor stays.

    Raises Refused when the access was changed since it was opened.
    """
    return _replace_pair(unlocked, words, unlocked.totp, step, Event.Verb.PASSPHRASE_CHANGED)


@transaction.atomic
def deactivate(*, officer: Officer, by: Officer, held: Secrets) -> Secrets:
    """Key, grants, sessions and ownership are gone at once; the account and what it did stay.

    Gives the desk secrets of whoever did it: a new one among them where the officer had one.
    Raises Refused when `by` is no supervisor, when this is the last who opens tips, or one of them,
    or the last supervisor, and when `held` lacks the active desk key.
    """
    _must_be_supervisor(by)
    _refuse_losing(officer)
    had_keys = _holds_desk_keys(officer)
    _take_pair(officer)
    Officer.objects.filter(pk=officer.pk).update(is_active=False)
    actions.give_back_all_of(owner=Officer.objects.get(pk=officer.pk), by=by)
    _record(Event.Verb.DEACTIVATED, officer, by, pair_digest=pairs.NO_PAIR)
    return desk_keys.rotate(held, by=by.username) if had_keys else held


@transaction.atomic
def activate(*, officer: Officer, by: Officer) -> None:
    """The account may be given access again. Raises Refused when `by` is no supervisor."""
    _must_be_supervisor(by)
    Officer.objects.filter(pk=officer.pk).update(is_active=True)
    _record(Event.Verb.ACTIVATED, officer, by)


@transaction.atomic
def change_role(*, officer: Officer, role: str, by: Officer, held: Secrets) -> Secrets:
    """Another role; when it opens tips and the old did not, or not any more, the key is gone.

    Gives the desk secrets of whoever did it. Raises Refused when `deactivate` does.
    """
    _must_be_supervisor(by)
    before = Officer.objects.get(pk=officer.pk)
    after = Officer(role=role)
    had_keys, loses_key = _holds_desk_keys(officer), before.opens_tips != after.opens_tips
    if (before.is_supervisor and not after.is_supervisor) or loses_key:
        if before.opens_tips:
            _refuse_losing(before, still_opens=after.opens_tips)
        if loses_key:
            _take_pair(officer)
        _end_sessions(officer)
    Officer.objects.filter(pk=officer.pk).update(role=role)
    actions.give_back_all_of(owner=Officer.objects.get(pk=officer.pk), by=by)
    digest = {"pair_digest": pairs.NO_PAIR} if loses_key else {}
    _record(Event.Verb.ROLE_CHANGED, officer, by, **digest)
    return desk_keys.rotate(held, by=by.username) if had_keys and loses_key else held


@transaction.atomic
def change_email(*, officer: Officer, email: str, by: Officer) -> None:
    """Another address, or none; the old one is told.

    Raises Refused when `by` is no supervisor.
    """
    _must_be_supervisor(by)
    old = Officer.objects.select_for_update().get(pk=officer.pk).email
    if email == old:
        return
    Officer.objects.filter(pk=officer.pk).update(email=email)
    _record(Event.Verb.EMAIL_CHANGED, officer, by)
    mails.address_changed(old)


@transaction.atomic
def change_languages(*, officer: Officer, reads: Sequence[str], by: Officer) -> None:
    """The languages that an officer reads. Raises Refused when `by` is no supervisor."""
    _must_be_supervisor(by)
    Officer.objects.filter(pk=officer.pk).update(reads=list(reads))
    _record(Event.Verb.LANGUAGES_CHANGED, officer, by)


@transaction.atomic
def sign_out_everywhere(*, officer: Officer, by: Officer) -> None:
    """Every session of the officer is gone; an answer still in flight revives none.

    Raises Refused when `by` is neither the officer nor a supervisor.
    """
    if by.pk != officer.pk:
        _must_be_supervisor(by)
    _end_sessions(officer)
    _record(Event.Verb.SIGNED_OUT, officer, by)


def _replace_pair(unlocked: Unlocked, words: str, totp: str, step: int, verb: str) -> Unlocked:
    officer, pair = unlocked.officer, sealing.new_pair()
    payload = pairs.payload(pair.secret, unlocked.anchor, totp)
    wrapped = wraps.wrap(payload, passphrases.normalise(words), officer.pk)
    with transaction.atomic():
        current = OfficerKey.objects.select_for_update().filter(
            officer=officer, wrapped=unlocked.wrapped, officer__is_active=True
        )
        if not list(current):
            raise Refused("Your access was changed meanwhile. Log in again.")
        secrets = authentication.granted_secrets(unlocked)
        held = desk_keys.judge(secrets, unlocked.anchor).true
        _take_pair(officer)
        digest = pairs.store(officer, pair, wrapped, held, by=officer.username, step=step)
        _record(verb, officer, officer, pair_digest=digest)
    return Unlocked(officer, wrapped, pair.secret, unlocked.anchor, totp)


def _must_be_supervisor(by: Officer) -> None:
    """Raises Refused for anybody else; by the row, for a role may have changed since the log-in."""
    row = Officer.objects.filter(pk=by.pk, is_active=True, role=Officer.Role.SUPERVISOR)
    if not row.exists():
        raise Refused("Only a supervisor changes accounts.")


def _must_hold_every_key(held: Secrets) -> None:
    """Raises Refused where a true desk key is missing: the access would open half the tips."""
    lacking = desk_keys.judge_newer(held).lacking
    if lacking:
        raise Refused(desk_keys.NEWER_KEY)


def _holds_desk_keys(officer: Officer) -> bool:
    return OfficerKey.objects.filter(officer=officer, grants__isnull=False).exists()


def _take_pair(officer: Officer) -> None:
    """Deletes the officer's pair with its grants, and every session."""
    OfficerKey.objects.filter(officer=officer).delete()
    _end_sessions(officer)


def _refuse_losing(officer: Officer, still_opens: bool = False) -> None:
    """Refuses to lose the last officer who opens tips or one of them, or the last supervisor."""
    list(Officer.objects.select_for_update().order_by("pk"))  # two such acts, one after the other
    others = Officer.objects.holders().exclude(pk=officer.pk).distinct()
    if officer.opens_tips and not still_opens and not others.exists():
        raise Refused(f"{officer} is the last who can open tips. Give somebody else access first.")
    if officer.is_supervisor and not others.filter(role=Officer.Role.SUPERVISOR).exists():
        raise Refused(f"{officer} is the last supervisor. Make somebody else one first.")
    # Tips that others are out of, because they know the people. Which, `by` may not be told.
    for tip in Tip.objects.visible_to(officer).without_blobs().filter(recusals__isnull=False):
        loses = tip.restricted or not still_opens
        if loses and not tip.who_open().exclude(pk=officer.pk).exists():
            raise Refused(
                f"{officer} is the last who can open one of the tips: everybody else knows its"
                " people. Give somebody else access first."
            )


def _end_sessions(officer: Officer) -> None:
    DeskSession.objects.filter(officer=officer).delete()


def _record(verb: str, officer: Officer, by: Officer, **more: bytes) -> None:
    Event.objects.record(verb, by=by.username, about=officer.username, **more)
