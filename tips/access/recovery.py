"""The first desk key, and what two of the three recovery sheets can do.

The sheets' secret opens the recovery copy of every desk key. Commands of the database's owner alone
come here with it, and the page on which sheets are typed back.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from slu_antitrafficking import is_by_starter
from slu_antitrafficking.refusal import Refused
from tips.access import authentication, desk_keys, pairs
from tips.access.desk_keys import NewKey
from tips.crypto import (
    active_key,
    associated_data,
    attestations,
    key_grants,
    passphrases,
    recovery_sheets,
    sealing,
    wraps,
)
from tips.crypto.sealing import KeyPair, Keyring
from tips.models import DeskKey, DeskKeyGrant, Event, Officer, OfficerKey, Tip

Sheets = tuple[str, str, str]
NOT_THESE = "These are not recovery sheets of this desk."


@dataclass(frozen=True)
class FirstAccess:
    """What must be handed to people: the first one-time words, and the words of three sheets."""

    username: str
    words: str
    sheets: Sheets


Keep = Callable[[Sheets], object]


@transaction.atomic
def set_up_desk(
    username: str = "supervisor", keep: Callable[[FirstAccess], object] = lambda first: None
) -> FirstAccess:
    """Makes the desk key, the recovery sheets and the first supervisor, and tries both ways in.

    `keep` writes down what nobody could make again, before anything is committed. Raises Refused
    when something that was made cannot be read back.
    """
    secret = sealing.new_secret()
    sheets = recovery_sheets.split(secret)
    backups = sealing.backup_recipient(secret)
    made = desk_keys.new_key(None, b"", KeyPair(secret).public, backups)
    _activate(made)
    officer = Officer.objects.create(username=username, role=Officer.Role.SUPERVISOR)
    held = {bytes(made.row.kid): made.secret}
    words = _one_time_access(officer, held, Event.Verb.ACCESS_GIVEN, by="system")
    unlocked = authentication.unlock(username=username, words=words)
    if unlocked is None or _opened(unlocked) != held or open_copies(sheets[0], sheets[2]) != held:
        raise Refused("The first passphrase or the recovery sheets could not be read back.")
    first = FirstAccess(username, words, sheets)
    keep(first)
    return first


def open_copies(sheet_1: str, sheet_2: str) -> dict[bytes, bytes]:
    """Every true desk secret by key id, oldest first.

    Raises SheetError for a slip, Refused for another desk's sheets.
    """
    return _open_copies(recovery_sheets.join(sheet_1, sheet_2))


def confirm_sheets(sheet_1: str, sheet_2: str, *, by: str) -> None:
    """Two sheets of this desk: tips are taken from now on, and the files with their words go.

    Raises SheetError for a slip, Refused for another desk's.
    """
    held = open_copies(sheet_1, sheet_2)
    Event.objects.record(Event.Verb.SHEETS_CONFIRMED, by=by)
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.confirm_sheets(p_kid => %s)", [next(reversed(held))])
    active_key.forget()
    for file in (settings.FIRST_SUPERVISOR_FILE, settings.RECOVERY_SHEETS_FILE):
        if is_by_starter(file):
            file.unlink()


@transaction.atomic
def recover(
    *, sheet_1: str, sheet_2: str, officer: Officer, keep_new_sheets: Keep | None = None
) -> str:
    """Nobody is left: one-time words for this officer with all desk keys and a new one.

    With `keep_new_sheets` the old sheets open nothing of what is in the database from now on; it
    writes the new ones down before anything is committed. Raises SheetError for a slip, Refused for
    another desk's sheets and for an officer whose role opens no tips.
    """
    secret = recovery_sheets.join(sheet_1, sheet_2)
    held = _open_copies(secret)
    if not officer.opens_tips:
        raise Refused(f"{officer} is no officer and no supervisor.")
    OfficerKey.objects.filter(officer=officer).delete()
    officer.sessions.all().delete()
    if keep_new_sheets:
        secret = _replace_sheets(held, keep_new_sheets)
    held = succeed(held, secret, by="recovery")
    return _one_time_access(officer, held, Event.Verb.RECOVERED, by="recovery")


@transaction.atomic
def rotate_desk_key(*, sheet_1: str, sheet_2: str) -> list[str]:
    """A new desk key for every true holder, from now on the one that is sealed to.

    Gives their names. Keys that nobody at the desk made are deleted. Raises SheetError for a slip,
    Refused for another desk's sheets and where there is no true holder.
    """
    secret = recovery_sheets.join(sheet_1, sheet_2)
    held = _open_copies(secret)
    newest = next(reversed(held.values()))
    if not pairs.true_holders(newest):
        raise Refused("Nobody holds a key that a colleague gave: use recover NAME instead.")
    DeskKeyGrant.objects.exclude(desk_key__in=list(held)).delete()
    DeskKey.objects.exclude(kid__in=list(held)).delete()
    succeed(held, secret, by="command")
    return newest_granted()


@transaction.atomic
def replace_sheets(*, sheet_1: str, sheet_2: str, keep: Keep) -> None:
    """Three new sheets; the old ones open nothing that is in the database any more.

    The desk key is a new one too. Copies of the database from before still open with the old
    sheets. `keep` writes the new ones down before anything is committed. Raises SheetError for a
    slip, Refused for another desk's sheets.
    """
    held = open_copies(sheet_1, sheet_2)
    succeed(held, _replace_sheets(held, keep), by="command")


def drill(*, sheet_1: str, sheet_2: str) -> tuple[int, int]:
    """How many tips the sheets open, of how many; changes nothing but the trail.

    Raises SheetError for a slip, Refused for another desk's sheets.
    """
    ring = Keyring(open_copies(sheet_1, sheet_2))
    opened = total = 0
    for pk, sealed in Tip.objects.exclude(sealed=None).values_list("pk", "sealed").iterator():
        total += 1
        try:
            ring.open(sealed or b"", associated_data.of_tip(pk))
            opened += 1
        except sealing.CannotOpen:
            continue
    Event.objects.record(Event.Verb.DRILLED, by="recovery", count=opened)
    return opened, total


def _open_copies(secret: bytes) -> dict[bytes, bytes]:
    """The true desk secrets in the recovery copies. Raises Refused for sheets of another desk.

    A row that the sheets do not open, or that does not succeed another, is none of this desk's: it
    keeps nobody from recovering the rest.
    """
    recovery = KeyPair(secret)
    opened: dict[bytes, bytes] = {}
    rows = list(DeskKey.objects.order_by("created_at"))
    for row in rows:
        try:
            copy = key_grants.open_recovery_copy(row.recovery_copy, recovery, row.kid)
        except sealing.CannotOpen:
            continue
        if KeyPair(copy).public == bytes(row.public):
            opened[bytes(row.kid)] = copy
    roots = [row for row in rows if row.predecessor is None and bytes(row.kid) in opened]
    if not roots:
        raise Refused(NOT_THESE)
    chains = [
        desk_keys.judge(opened, sealing.public_digest(bytes(root.public))).true for root in roots
    ]
    # Two that both hold together: one was planted. Tips were sealed to the other.
    return max(chains, key=_count_of_tips) if len(chains) > 1 else chains[0]


def _count_of_tips(held: dict[bytes, bytes]) -> int:
    ring = Keyring(held)
    blobs = Tip.objects.values_list("sealed", flat=True)
    return sum(ring.fits(blob) for blob in blobs.iterator() if blob)


def _activate(made: NewKey) -> None:
    """Stores the key as the active one, once its check value was opened; older ones retire."""
    if not desk_keys.opens(made.row, made.secret):
        raise Refused("The desk key could not be opened.")
    made.row.activated_at = timezone.now()
    made.row.save(force_insert=True)
    DeskKey.objects.exclude(kid=made.row.kid).filter(retired_at=None).update(
        retired_at=timezone.now()
    )
    Event.objects.record(Event.Verb.KEY_MADE, by="system")


def succeed(held: dict[bytes, bytes], recovery_secret: bytes, *, by: str) -> dict[bytes, bytes]:
    """A new desk key after the newest of these, granted to every true holder of that one."""
    kid, newest = next(reversed(held.items()))
    holders = pairs.true_holders(newest)
    made = desk_keys.new_key(
        DeskKey.objects.get(kid=kid),
        newest,
        KeyPair(recovery_secret).public,
        sealing.backup_recipient(recovery_secret),
    )
    _activate(made)
    for key in holders:
        public = bytes(key.public)
        attestation = attestations.attestation(made.secret, key.officer_id, public)
        OfficerKey.objects.filter(pk=key.pk, public=public).update(attestation=attestation)
        pairs.grant(key, {bytes(made.row.kid): made.secret}, by="rotation")
    Event.objects.record(Event.Verb.KEY_ROTATED, by=by, count=len(holders))
    return {**held, bytes(made.row.kid): made.secret}


def _replace_sheets(held: dict[bytes, bytes], keep: Keep) -> bytes:
    """A new secret on new sheets, to which every desk key's copy is sealed anew."""
    secret = sealing.new_secret()
    public, backups = KeyPair(secret).public, sealing.backup_recipient(secret)
    for kid, desk_secret in held.items():
        row = DeskKey.objects.get(kid=kid)
        before = held.get(bytes(row.predecessor or b""), desk_secret)
        DeskKey.objects.filter(kid=kid).update(
            recovery_public=public,
            backup_recipient=backups,
            recovery_copy=key_grants.recovery_copy(desk_secret, public, kid),
            succession=attestations.succession(before, bytes(row.public), public, backups),
        )
    Event.objects.record(Event.Verb.SHEETS_REPLACED, by="recovery")
    keep(recovery_sheets.split(secret))
    return secret


def _one_time_access(officer: Officer, held: dict[bytes, bytes], verb: str, *, by: str) -> str:
    """One-time words with these desk keys, for a command that no officer stands behind."""
    words, pair = passphrases.new_passphrase(), sealing.new_pair()
    payload = pairs.payload(pair.secret, desk_keys.anchor_of(held))
    wrapped = wraps.wrap(payload, words, officer.pk)
    digest = pairs.store(officer, pair, wrapped, held, by=by, one_time=True)
    Event.objects.record(verb, by=by, about=officer.username, pair_digest=digest)
    return words


def _opened(unlocked: authentication.Unlocked) -> dict[bytes, bytes]:
    secrets = authentication.granted_secrets(unlocked)
    return dict(desk_keys.judge(secrets, unlocked.anchor).true)


def newest_granted() -> list[str]:
    """Names of those who hold the active desk key."""
    keys = OfficerKey.objects.filter(grants__desk_key__in=DeskKey.objects.active())
    return list(keys.order_by("officer__username").values_list("officer__username", flat=True))
