"""Desk keys: which are true, how the next one is made, and what becomes of a false one.

Every desk key carries a keyed hash under its predecessor (attestations.succession); the first
one's is under itself, and its digest lies in every officer's wrap. So a session tells by the
secrets that it holds whether a key that stands in the database was made at the desk.
"""

from collections.abc import Collection
from typing import Any, NamedTuple

from django.db import connection

from slu_antitrafficking.refusal import Refused
from tips.access import mails, pairs
from tips.crypto import active_key, associated_data, attestations, key_grants, sealing
from tips.crypto.sealing import KeyPair, Keyring
from tips.models import DeskKey, Event, OfficerKey

KEY_CHECK = b"desk key"
# Desk keys, in number: each costs a log-in one opening, and a session the room of a secret.
WARN_ABOVE = 50
NEWER_KEY = "There is a newer desk key than yours: log out, log in, and try again."


class Judgement(NamedTuple):
    """What somebody's secrets say of the desk keys in the database."""

    true: dict[bytes, bytes]  # the secrets of true keys, by key id, each after its predecessor
    lacking: Collection[bytes]  # key ids of true keys whose secret they lack
    false: Collection[bytes]  # key ids of keys that nobody at the desk made

    @property
    def end(self) -> bytes | None:
        """The key that no other succeeds: the only one to seal to. None where its secret lacks."""
        return None if self.lacking else next(reversed(self.true), None)


class NewKey(NamedTuple):
    """A desk key that is not in the database yet."""

    row: DeskKey
    secret: bytes


def judge(secrets: dict[bytes, bytes], anchor: bytes) -> Judgement:
    """The desk keys as the holder of these secrets sees them; `anchor` names the first one."""
    rows = list(DeskKey.objects.order_by("created_at"))
    roots = {
        bytes(row.kid): secrets[bytes(row.kid)]
        for row in rows
        if sealing.public_digest(bytes(row.public)) == anchor
        and bytes(row.kid) in secrets
        and pairs.succeeds(row, secrets[bytes(row.kid)])
    }
    return _judge_from(roots, rows, secrets)


def judge_newer(held: dict[bytes, bytes]) -> Judgement:
    """As `judge`, for a session whose secrets were judged when it began."""
    return _judge_from(held, list(DeskKey.objects.order_by("created_at")), held)


def _judge_from(
    trusted: dict[bytes, bytes], rows: Collection[DeskKey], secrets: dict[bytes, bytes]
) -> Judgement:
    """Walks from key to successor: whoever writes to the database can change any date."""
    by_kid = {bytes(row.kid): row for row in rows}
    true = {kid: secret for kid, secret in trusted.items() if kid in by_kid}
    have_heir = {bytes(by_kid[kid].predecessor or b"") for kid in true}
    followers: dict[bytes, list[DeskKey]] = {}
    for kid, row in by_kid.items():
        if kid not in true:
            followers.setdefault(bytes(row.predecessor or b""), []).append(row)
    lacking: set[bytes] = set()
    walk = list(true)
    for before in walk:  # grows while it goes
        # Nothing can be said without the predecessor's secret.
        rest = followers.get(before, [])
        if before in true:
            rest = [row for row in rest if pairs.succeeds(row, true[before])]
        kids = [bytes(row.kid) for row in rest]
        heirs = {kid: secrets[kid] for kid in kids if before in true and kid in secrets}
        true |= heirs
        # A second heir is of somebody who left with the predecessor's secret.
        others = [] if heirs or before in have_heir else kids
        lacking |= set(others)
        walk += [*heirs, *others]
    return Judgement(true, lacking, by_kid.keys() - true.keys() - lacking)


def set_right(judged: Judgement) -> bool:
    """Makes the end of the true chain the active key where another is, with event and mail.

    Whether there was another: a false one, or a true one that was succeeded. Does nothing without
    the end's secret: that takes a log-in.
    """
    end = judged.end
    others = [*judged.false, *(kid for kid in judged.true if kid != end)] if end else []
    usable = DeskKey.objects.filter(kid__in=others, retired_at=None)
    found = list(usable.exclude(activated_at=None).values_list("kid", flat=True))
    for kid in found:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT public.retire_false_desk_key(p_kid => %s, p_true_kid => %s)",
                [bytes(kid), end],
            )
        mails.something_is_wrong()
    if found:
        active_key.forget()
    return bool(found)


def old_one_came_back(judged: Judgement) -> bool:
    """Whether a succeeded key is active, or was since the present one was made."""
    active = DeskKey.objects.active().first()
    if active is None:
        return False
    if bytes(active.kid) in judged.true and bytes(active.kid) != judged.end:
        return True
    return Event.objects.filter(
        verb=Event.Verb.FALSE_DESK_KEY,
        about__in=[kid.hex() for kid in judged.true],
        at__gte=active.activated_at,
    ).exists()


def new_key(
    predecessor: DeskKey | None,
    predecessor_secret: bytes,
    recovery_public: bytes,
    backup_recipient: bytes,
) -> NewKey:
    """A desk key that succeeds this one; the first succeeds itself."""
    pair = sealing.new_pair()
    row = DeskKey(
        kid=sealing.key_id(pair.public),
        public=pair.public,
        predecessor=predecessor.kid if predecessor else None,
        succession=attestations.succession(
            predecessor_secret if predecessor else pair.secret,
            pair.public,
            recovery_public,
            backup_recipient,
        ),
        recovery_public=recovery_public,
        recovery_copy=key_grants.recovery_copy(
            pair.secret, recovery_public, sealing.key_id(pair.public)
        ),
        backup_recipient=backup_recipient,
    )
    check = associated_data.of_key_check(row.key_check_id)
    row.key_check_value = sealing.seal(KEY_CHECK, [pair.public], check)
    return NewKey(row, pair.secret)


def opens(row: DeskKey, secret: bytes) -> bool:
    """Whether this secret opens what is sealed to the key."""
    ring = Keyring({bytes(row.kid): secret})
    try:
        check = associated_data.of_key_check(row.key_check_id)
        return ring.open(row.key_check_value, check) == KEY_CHECK
    except sealing.CannotOpen:
        return False


def rotate(held: dict[bytes, bytes], *, by: str) -> dict[bytes, bytes]:
    """A new desk key for every true holder, from now on the one that is sealed to.

    Gives the held secrets and the new one. Raises Refused when these secrets lack the active key.
    Call it in the transaction of the act that makes it necessary.
    """
    old = DeskKey.objects.active().first()
    secret = held.get(bytes(old.kid)) if old else None
    if old is None or secret is None:
        raise Refused(NEWER_KEY)
    if secret != pairs.newest_of(held):
        raise Refused("The desk's keys are not in order: log out, log in, and try again.")
    holders = pairs.true_holders(secret)
    made = new_key(old, secret, bytes(old.recovery_public), bytes(old.backup_recipient))
    if not opens(made.row, made.secret):
        raise Refused("The new desk key could not be opened; nothing was changed.")
    with connection.cursor() as cursor:
        cursor.execute(_ROTATE, rotation_arguments(old, made, holders, by))
        (outcome,) = cursor.fetchone()
    if outcome != "rotated":
        raise Refused("Somebody else changed the desk's keys just now: try again.")
    active_key.forget()
    return {**held, bytes(made.row.kid): made.secret}


_ROTATE = """
SELECT public.rotate_desk_key(
  p_old_kid => %(old)s, p_kid => %(kid)s, p_public => %(public)s, p_succession => %(succession)s,
  p_key_check_id => %(check_id)s::uuid, p_key_check_value => %(check_value)s,
  p_recovery_copy => %(copy)s, p_officers => %(officers)s::uuid[], p_grants => %(grants)s::bytea[],
  p_attestations => %(attestations)s::bytea[], p_by => %(by)s
)
"""


def rotation_arguments(
    old: DeskKey, made: NewKey, holders: Collection[OfficerKey], by: str
) -> dict[str, Any]:
    """What the database's function rotate_desk_key is given, its lists in the holders' order."""
    row, secret = made
    return {
        "old": bytes(old.kid),
        "kid": row.kid,
        "public": row.public,
        "succession": row.succession,
        "check_id": row.key_check_id,
        "check_value": row.key_check_value,
        "copy": row.recovery_copy,
        "officers": [key.officer_id for key in holders],
        "grants": [
            key_grants.grant(secret, bytes(key.public), key.officer_id, bytes(row.kid))
            for key in holders
        ],
        "attestations": [
            attestations.attestation(secret, key.officer_id, bytes(key.public)) for key in holders
        ],
        "by": by,
    }


def anchor_of(held: dict[bytes, bytes]) -> bytes:
    """The digest of the first desk key, which these judged secrets begin with."""
    first = next(iter(held.values()), None)
    return sealing.public_digest(KeyPair(first).public) if first else pairs.NO_ANCHOR
