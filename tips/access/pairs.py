"""Officers' key pairs: how they are stored, and how a true one is told from a planted one.

A pair is true when two things say so. The trail: the newest event about its officer carries a hash
of the public half that it left behind, so that rows from before a change, put back into the
database, open nothing. And for whoever opens tips the desk key: a holder of it attested the pair.
"""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from tips.access import mails
from tips.crypto import attestations, key_grants, sealing
from tips.crypto.sealing import KeyPair
from tips.models import DeskKey, DeskKeyGrant, Event, Officer, OfficerKey

NO_PAIR = b""  # what an act leaves behind that takes a pair away
NO_ANCHOR = bytes(32)  # of whoever holds no desk key
_SECRET, _ANCHOR = sealing.KEY_BYTES, 32


class FalsePair(Exception):
    """A pair that nobody at the desk gave, or that was taken away; it opens nothing."""


def payload(secret: bytes, anchor: bytes, totp: str = "") -> bytes:
    """What a wrap holds: the secret, the first desk key's digest, the second factor's secret."""
    return secret + anchor + totp.encode()


def parts_of(payload: bytes) -> tuple[bytes, bytes, str]:
    """The secret, the anchor and the second factor's secret in a wrap's payload."""
    end = _SECRET + _ANCHOR
    return payload[:_SECRET], payload[_SECRET:end], payload[end:].decode()


def store(
    officer: Officer,
    pair: KeyPair,
    wrapped: bytes,
    held: dict[bytes, bytes],
    *,
    by: str,
    one_time: bool = False,
    step: int = 0,
) -> bytes:
    """Writes a pair with its attestation and a grant for each desk secret held, by key id.

    Gives the digest that the event of this act has to carry.
    """
    newest = newest_of(held)
    key = OfficerKey.objects.create(
        officer=officer,
        public=pair.public,
        wrapped=wrapped,
        attestation=attestations.attestation(newest, officer.pk, pair.public) if newest else b"",
        one_time_until=timezone.now() + OfficerKey.ONE_TIME_FOR if one_time else None,
        totp_last=step,
    )
    grant(key, held, by)
    return sealing.public_digest(pair.public)


def grant(key: OfficerKey, secrets: dict[bytes, bytes], by: str) -> None:
    """Grants these desk secrets, by key id, to an officer's pair."""
    DeskKeyGrant.objects.bulk_create(
        DeskKeyGrant(
            officer_key=key,
            desk_key_id=kid,
            sealed=key_grants.grant(secret, bytes(key.public), key.officer_id, kid),
            by=by,
        )
        for kid, secret in secrets.items()
    )


def must_be_explained(key: OfficerKey) -> None:
    """Raises FalsePair where the trail left another public half; then an event and a mail too."""
    if unexplained([key]):
        tell_of_false_pair(key.officer)
        raise FalsePair


def unexplained(keys: Iterable[OfficerKey]) -> list[OfficerKey]:
    """Those of which the newest event about their officer left another public half behind."""
    keys = list(keys)
    officers = Officer.objects.filter(key__in=keys).annotate(left=newest_digest())
    left = dict(officers.values_list("pk", "left"))
    return [key for key in keys if not is_explained(key, left[key.officer_id])]


def all_unexplained() -> list[OfficerKey]:
    """Those of every row: whoever was deactivated has none either, but one that was put back."""
    return unexplained(OfficerKey.objects.select_related("officer").order_by("pk"))


def is_explained(key: OfficerKey, left: bytes | memoryview | None) -> bool:
    """Whether this digest, which the newest event left behind, is of exactly this public half."""
    return left is not None and bytes(left) == sealing.public_digest(bytes(key.public))


def newest_digest() -> Subquery:
    """For a query of officers: the digest of the pair that the newest event left them with."""
    events = Event.objects.filter(about=OuterRef("username"), pair_digest__isnull=False)
    return Subquery(events.order_by("-at").values("pair_digest")[:1])


def is_attested(key: OfficerKey, newest: bytes) -> bool:
    """Whether a holder of the newest desk secret gave this pair."""
    made = attestations.attestation(newest, key.officer_id, bytes(key.public))
    return made == bytes(key.attestation)


def true_holders(newest: bytes) -> list[OfficerKey]:
    """The pairs of active officers who open tips, true by trail and attestation; now locked.

    One-time words that are not over count; those that are over do not.
    """
    list(OfficerKey.objects.select_for_update().order_by("pk"))
    keys = [key for key in live() if key.officer.opens_tips and is_attested(key, newest)]
    strangers = unexplained(keys)
    return [key for key in keys if key not in strangers]


def false_pairs(held: dict[bytes, bytes]) -> list[Officer]:
    """Officers with a pair that nobody at the desk gave, as whoever holds these desk secrets sees.

    Without the newest secret in hand nothing can be said of attestations, and nobody is accused
    of theirs.
    """
    newest = newest_of(held)
    false = all_unexplained()
    if newest:
        false += [
            key
            for key in live()
            if key not in false and key.officer.opens_tips and not is_attested(key, newest)
        ]
    return [key.officer for key in false]


def tell_of_false_pair(officer: Officer) -> None:
    """An event and a mail to the supervisors, once a day."""
    events = Event.objects.filter(verb=Event.Verb.FALSE_PAIR, about=officer.username)
    if not events.filter(at__gt=timezone.now() - timedelta(days=1)).exists():
        Event.objects.record(Event.Verb.FALSE_PAIR, about=officer.username)
        mails.something_is_wrong()


def newest_of(held: dict[bytes, bytes]) -> bytes | None:
    """The last of these desk secrets by key id; None where another key succeeds it.

    The chain says which is newest, and never which key is active just now: whoever writes to the
    database can make an old one active.
    """
    kid = next(reversed(held), None)
    if kid is None or any(
        succeeds(row, held[kid]) for row in DeskKey.objects.filter(predecessor=kid)
    ):
        return None
    return held[kid]


def succeeds(row: DeskKey, predecessor: bytes) -> bool:
    """Whether a holder of this secret made the desk key its successor."""
    made = attestations.succession(
        predecessor, bytes(row.public), bytes(row.recovery_public), bytes(row.backup_recipient)
    )
    return made == bytes(row.succession) and sealing.key_id(bytes(row.public)) == bytes(row.kid)


def live() -> list[OfficerKey]:
    """The pairs that active officers could use: one-time words that are over do not count."""
    keys = OfficerKey.objects.select_related("officer").filter(officer__is_active=True)
    return [key for key in keys.order_by("pk") if not key.has_expired()]
