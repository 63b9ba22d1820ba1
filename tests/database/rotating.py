"""A desk key's rotation, as its function is sent it."""

from typing import Any

from tests.cast import Person
from tests.database.calling import call
from tips.access import desk_keys
from tips.models import DeskKey, OfficerKey


def arguments(sam: Person, *officers: Person) -> dict[str, Any]:
    """What a true rotation sends: Sam's session, for these officers."""
    old = DeskKey.objects.active().get()
    secret = sam.held[bytes(old.kid)]
    made = desk_keys.new_key(old, secret, bytes(old.recovery_public), bytes(old.backup_recipient))
    keys = [OfficerKey.objects.get(officer=person.officer) for person in officers]
    sent = desk_keys.rotation_arguments(old, made, keys, "sam")
    named = {"old": "p_old_kid", "check_id": "p_key_check_id", "check_value": "p_key_check_value"}
    named["copy"] = "p_recovery_copy"
    return {named.get(name, f"p_{name}"): value for name, value in sent.items()}


def rotate(sent: dict[str, Any]) -> str:
    """The outcome, called by hand as the desk's role."""
    return call("desk", "rotate_desk_key", sent)
