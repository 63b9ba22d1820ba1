"""The desk key's life: made at the first start, proven, rotated, and recovered from paper."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from tips.access import accounts, authentication
from tips.crypto import associated_data, passphrases, sealing
from tips.models import DeskKey, Event, Officer, OfficerKey, Tip

CANARY = b"canary"


@dataclass(frozen=True)
class FirstAccess:
    """What must be handed to people: the first one-time words, and the recovery key for paper."""

    username: str
    words: str
    recovery_key: str


def first_supervisor_file() -> Path:
    """The file of the first start; while it exists, the recovery key lies on the disk."""
    path: Path = settings.VAR / settings.FIRST_SUPERVISOR_FILE
    return path


@transaction.atomic
def set_up_desk(
    username: str = "supervisor", keep: Callable[[FirstAccess], object] = lambda first: None
) -> FirstAccess:
    """Makes the desk key, the recovery key and the first supervisor, and proves both ways in.

    `keep` writes down what nobody could make again, before anything is committed.
    """
    recovery = sealing.new_pair()
    written = passphrases.written_recovery_key(recovery.secret)
    row, secret = make_desk_key(recovery.public)
    officer = Officer.objects.create(username=username, role=Officer.Role.SUPERVISOR)
    words = one_time_access(officer, [(row, secret)], by="system")
    unlocked = authentication.unlock(username=username, words=words)
    read_back = passphrases.parse_recovery_key(written)
    if unlocked is None or read_back is None:
        raise accounts.Refused("The first passphrase or the recovery key could not be read back.")
    for way in (authentication.desk_secrets(unlocked), open_recovery_grants(read_back)):
        prove(way)
    if not DeskKey.objects.active().exists():
        raise accounts.Refused("The desk key could not be proven.")
    first = FirstAccess(username, words, written)
    keep(first)
    return first


def make_desk_key(recovery_public: bytes) -> tuple[DeskKey, bytes]:
    """A new desk key, not yet proven, with the recovery key's grant; its row and private half."""
    pair = sealing.new_pair()
    row = DeskKey(
        kid=sealing.key_id(pair.public),
        public=pair.public,
        recovery_public=recovery_public,
        recovery_grant=sealing.grant(pair.secret, recovery_public),
    )
    row.canary = sealing.seal(CANARY, [pair.public], associated_data.of_canary(row.canary_id))
    row.save(force_insert=True)
    Event.objects.record(Event.Verb.KEY_MADE, by="system")
    return row, pair.secret


def prove(keys: Sequence[bytes]) -> None:
    """Opens each unproven key's canary with these secrets; only proven keys are sealed to."""
    for row in DeskKey.objects.filter(proven_at=None):
        try:
            opened = sealing.open_sealed(row.canary, keys, associated_data.of_canary(row.canary_id))
        except sealing.CannotOpen:
            continue
        if opened == CANARY:
            with connection.cursor() as cursor:
                cursor.execute("SELECT public.prove_desk_key(%s)", [bytes(row.kid)])
            Event.objects.record(Event.Verb.KEY_PROVEN, by="system")


def open_recovery_grants(recovery_secret: bytes) -> tuple[bytes, ...]:
    """Every desk key's private half, newest last; Refused for another recovery key."""
    recovery = sealing.pair_of(recovery_secret)
    secrets = []
    for row in DeskKey.objects.order_by("created_at"):
        try:
            secret = sealing.open_grant(row.recovery_grant, recovery)
        except sealing.CannotOpen:
            secret = b""
        if not secret or sealing.pair_of(secret).public != bytes(row.public):
            raise accounts.Refused("This is not the recovery key of this desk.")
        secrets.append(secret)
    if not secrets:
        raise accounts.Refused("There is no desk key yet.")
    return tuple(secrets)


def typed_back(text: str, *, by: str) -> bool:
    """Whether this is the recovery key; then the first start's file goes, with an event."""
    secret = passphrases.parse_recovery_key(text)
    if secret is None:
        return False
    try:
        open_recovery_grants(secret)
    except accounts.Refused:
        return False
    Event.objects.record(Event.Verb.RECOVERY_KEPT, by=by)
    first_supervisor_file().unlink(missing_ok=True)
    return True


@transaction.atomic
def recover(*, recovery_secret: bytes, officer: Officer) -> str:
    """Nobody is left: one-time words for this officer with all desk keys and a new one."""
    secrets = open_recovery_grants(recovery_secret)
    if not officer.opens_tips:
        raise accounts.Refused(f"{officer} is no officer and no supervisor.")
    rows = list(DeskKey.objects.order_by("created_at"))
    vouched = accounts.vouched_keys(secrets)
    new, new_secret = make_desk_key(sealing.pair_of(recovery_secret).public)
    prove([new_secret])
    accounts.vouch_again(vouched, new_secret)
    held = [*zip(rows, secrets, strict=True), (new, new_secret)]
    OfficerKey.objects.filter(officer=officer).delete()
    officer.sessions.all().delete()
    words = one_time_access(officer, held, by="recovery")
    Event.objects.record(Event.Verb.RECOVERED, by="recovery", about=officer.username)
    return words


def drill(recovery_secret: bytes) -> tuple[int, int]:
    """How many tips the recovery key opens, of how many; changes nothing but the trail."""
    secrets = open_recovery_grants(recovery_secret)
    opened = total = 0
    for pk, sealed in Tip.objects.exclude(sealed=None).values_list("pk", "sealed").iterator():
        total += 1
        try:
            sealing.open_sealed(sealed or b"", secrets, associated_data.of_tip(pk))
            opened += 1
        except sealing.CannotOpen:
            continue
    Event.objects.record(Event.Verb.DRILLED, by="recovery", count=opened)
    return opened, total


@transaction.atomic
def rotate_desk_key(recovery_secret: bytes) -> list[str]:
    """A new desk key for every vouched officer; until a log-in proves it, the old one seals.

    Gives the names of those who were granted it.
    """
    secrets = open_recovery_grants(recovery_secret)
    granted = accounts.vouched_keys(secrets)
    if not granted:
        raise accounts.Refused(
            "Nobody holds a key that a colleague gave: use recover NAME instead."
        )
    new, new_secret = make_desk_key(sealing.pair_of(recovery_secret).public)
    accounts.vouch_again(granted, new_secret)
    for key in granted:
        accounts.grant_every(key, [(new, new_secret)], by="rotation")
    Event.objects.record(Event.Verb.KEY_ROTATED, by="system", count=len(granted))
    return [key.officer.username for key in granted]


def one_time_access(officer: Officer, held: Sequence[tuple[DeskKey, bytes]], *, by: str) -> str:
    """One-time words with these desk keys, for a command that no officer stands behind."""
    words, pair = passphrases.new_passphrase(), sealing.new_pair()
    wrapped = sealing.wrap(pair.secret, words, officer.pk)
    accounts.store_pair(officer, pair, wrapped, held, by=by, one_time=True)
    return words
