"""The desk's functions on its keys, called by hand: what they refuse and what they touch."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import timezone

from tests.access.false_keys import plant_desk_key
from tests.cast import Person
from tests.database.calling import CASTS, call
from tests.database.rotating import arguments, rotate
from tips.crypto import active_key
from tips.models import DeskKey, DeskKeyGrant, Event, Officer, OfficerKey


@pytest.fixture(autouse=True)
def casts(monkeypatch: pytest.MonkeyPatch) -> None:
    more = {"p_officers": "::uuid[]", "p_grants": "::bytea[]", "p_attestations": "::bytea[]"}
    for name, cast in {**more, "p_key_check_id": "::uuid"}.items():
        monkeypatch.setitem(CASTS, name, cast)


def test_a_rotation_writes_each_officers_own_grant_and_attestation(
    sam: Person, kim: Person, dana: Person
) -> None:
    old, before = DeskKey.objects.get(), OfficerKey.objects.get(officer=dana.officer)
    # A key that was retired long ago keeps its day.
    DeskKey.objects.bulk_create([retired(old)])
    # And one that claims to come from tomorrow does not stay the newest.
    DeskKey.objects.filter(kid=old.kid).update(created_at=datetime(2090, 1, 1, tzinfo=UTC))
    sent = arguments(sam, sam, kim)
    assert rotate(sent) == "rotated"
    new = DeskKey.objects.active().get()
    assert bytes(new.kid) == sent["p_kid"]
    assert new.created_at > DeskKey.objects.get(kid=old.kid).created_at
    assert bytes(new.predecessor or b"") == bytes(old.kid)
    assert bytes(new.recovery_public) == bytes(old.recovery_public)
    assert bytes(new.backup_recipient) == bytes(old.backup_recipient)
    for at, person in enumerate((sam, kim)):
        grant = DeskKeyGrant.objects.get(desk_key=new, officer_key=person.officer.pk)
        assert bytes(grant.sealed) == sent["p_grants"][at]
        attested = OfficerKey.objects.get(officer=person.officer).attestation
        assert bytes(attested) == sent["p_attestations"][at]
    assert bytes(OfficerKey.objects.get(officer=dana.officer).attestation) == bytes(
        before.attestation
    )
    assert DeskKey.objects.get(kid=b"retired1").retired_at == timezone.make_aware(LONG_AGO)
    assert DeskKey.objects.get(kid=old.kid).retired_at
    assert Event.objects.get(verb="key_rotated").count == 2


LONG_AGO = datetime(2020, 1, 1)


def retired(like: DeskKey) -> DeskKey:
    """A key that was in use years ago."""
    day = timezone.make_aware(LONG_AGO)
    row = DeskKey.objects.get(kid=like.kid)
    row.kid, row.public = b"retired1", b"retired" * 30
    row.created_at = row.activated_at = row.retired_at = day
    return row


def without(name: str) -> Any:
    return lambda sent: sent | {name: None}


WRONG = {
    "nobody": lambda sent: sent | {"p_by": ""},
    "a long name": lambda sent: sent | {"p_by": "k" * 41},
    "short key": lambda sent: sent | {"p_public": sent["p_public"][:-1]},
    "short kid": lambda sent: sent | {"p_kid": sent["p_kid"][:-1]},
    "short succession": lambda sent: sent | {"p_succession": bytes(31)},
    "short check": lambda sent: sent | {"p_key_check_value": bytes(999)},
    "long check": lambda sent: sent | {"p_key_check_value": bytes(4097)},
    "short copy": lambda sent: sent | {"p_recovery_copy": bytes(1167)},
    "nobody to grant it": lambda sent: (
        sent | {"p_officers": [], "p_grants": [], "p_attestations": []}
    ),
    "one grant too few": lambda sent: sent | {"p_grants": sent["p_grants"][:1]},
    "one attestation too few": lambda sent: sent | {"p_attestations": sent["p_attestations"][:1]},
    "short grant": lambda sent: sent | {"p_grants": [bytes(1167), sent["p_grants"][1]]},
    "short attestation": lambda sent: (
        sent | {"p_attestations": [bytes(31), sent["p_attestations"][1]]}
    ),
    "one officer twice": lambda sent: sent | {"p_officers": sent["p_officers"][:1] * 2},
    "a key there is": lambda sent: sent | {"p_kid": sent["p_old_kid"]},
    **{
        f"{name} is NULL": without(f"p_{name}")
        for name in ("old_kid", "kid", "public", "succession", "officers", "grants", "by")
    },
}


def test_a_rotation_that_no_session_sends_is_refused(sam: Person, kim: Person) -> None:
    before, right = list(DeskKey.objects.values()), arguments(sam, sam, kim)
    for name, wrong in WRONG.items():
        assert rotate(wrong(right)) == "refused", name
    assert list(DeskKey.objects.values()) == before


@pytest.mark.parametrize("who", ["deactivated", "an editor", "without a pair"])
def test_no_desk_key_is_granted_to_somebody_who_opens_no_tips(
    sam: Person, kim: Person, who: str
) -> None:
    sent, row = arguments(sam, sam, kim), Officer.objects.filter(pk=kim.officer.pk)
    if who == "deactivated":
        row.update(is_active=False)
    elif who == "an editor":
        row.update(role="editor")
    else:
        bare = Officer.objects.create(username="bare", role="officer")
        sent["p_officers"][1] = bare.pk
    assert rotate(sent) == "refused"


def test_a_rotation_from_another_key_than_the_active_one_is_stale(sam: Person, kim: Person) -> None:
    sent = arguments(sam, sam, kim)
    assert rotate(sent | {"p_old_kid": b"nokey123"}) == "stale"
    assert rotate(sent) == "rotated"
    assert rotate(arguments(sam, sam, kim) | {"p_old_kid": sent["p_old_kid"]}) == "stale"
    DeskKey.objects.update(retired_at=timezone.now())
    assert rotate(sent) == "stale"


def retire(false: bytes, true: bytes) -> bool:
    sent = {"p_kid": false, "p_true_kid": true}
    return call("desk", "retire_false_desk_key", sent) == "True"


def test_a_false_key_is_retired_and_the_true_one_back(sam: Person) -> None:
    true = bytes(DeskKey.objects.active().get().kid)
    false = bytes(plant_desk_key().row.kid)
    DeskKey.objects.bulk_create([retired(DeskKey.objects.get(kid=true))])
    assert not retire(false, false)
    assert not retire(false, b"nokey123")
    assert retire(false, true)
    assert not retire(false, true)
    assert bytes(DeskKey.objects.active().get().kid) == true
    assert DeskKey.objects.get(kid=b"retired1").retired_at == timezone.make_aware(LONG_AGO)
    assert Event.objects.get(verb="false_desk_key").about == false.hex()
    assert rotate(arguments(sam, sam)) == "rotated"  # though the false one is newer


def test_a_key_that_was_never_activated_takes_nobodys_place(sam: Person) -> None:
    active = DeskKey.objects.get()
    waiting = retired(active)
    waiting.activated_at = waiting.retired_at = None
    DeskKey.objects.bulk_create([waiting])
    assert not retire(bytes(active.kid), b"retired1")
    # Nor does one retire another than the one that is named.
    assert not retire(b"nokey123", bytes(active.kid))
    assert DeskKey.objects.get(kid=b"retired1").retired_at is None


def test_sheets_are_confirmed_once_and_for_every_key_that_follows(sam: Person) -> None:
    first = DeskKey.objects.get()
    assert call("desk", "confirm_sheets", {"p_kid": b"nokey123"}) == "False"
    assert not DeskKey.objects.exclude(sheets_confirmed_at=None).exists()
    assert call("desk", "confirm_sheets", {"p_kid": bytes(first.kid)}) == "True"
    since = DeskKey.objects.get().sheets_confirmed_at
    assert since
    assert call("desk", "confirm_sheets", {"p_kid": bytes(first.kid)}) == "False"
    assert rotate(arguments(sam, sam)) == "rotated"
    active_key.forget()
    assert active_key.current().kid != bytes(first.kid)
    assert active_key.are_sheets_confirmed()
    assert DeskKey.objects.get(kid=first.kid).sheets_confirmed_at == since
