"""Calling the database's functions by hand, with the rights of the role that may."""

from tests.database.acting import acting_as, ask
from tips.models import DeskKey

LARGEST_TEXT = 262_144 + 4_096  # a form's longest answers, padded and sealed
LARGEST_PHOTO = 12 * 1024 * 1024

GOOD: dict[str, object] = {
    "p_id": "6f0e0b4e-4a3b-4c3e-9d57-0a4c3a2b1c0d",
    "p_kid": None,  # the active one's
    "p_sealed": b"x",
    "p_lookup_id": bytes(32),
    "p_citizen_key": bytes(1216),
    "p_content_digest": bytes(32),
    "p_page_digest": bytes(32),
    "p_box": b"x",
    "p_district": "castries",
    "p_signs": ["papers-held"],
    "p_types": [],
    "p_danger": "yes",
    "p_under_18": "",
    "p_for_self": False,
    "p_restricted": False,
    "p_set_aside": 0,
    "p_language": "en",
}

CALL = {name: value for name, value in GOOD.items() if name != "p_set_aside"}
REST = ("p_id", "p_kid", "p_sealed", "p_district", "p_signs", "p_types", "p_danger", "p_under_18")
REST += ("p_for_self", "p_restricted", "p_language")


def short(arguments: dict[str, object]) -> str:
    return ",".join(f"{name}={str(value)[:20]}" for name, value in arguments.items())


# What PostgreSQL cannot tell from the value alone.
CASTS = {
    "p_id": "::uuid",
    "p_signs": "::text[]",
    "p_types": "::text[]",
    "p_photo_ids": "::uuid[]",
    "p_photos": "::bytea[]",
}


def call(kind: str, function: str, values: dict[str, object]) -> str:
    """The first column of the function's answer to a role that calls it by hand."""
    named = ", ".join(f"{name} => %s{CASTS.get(name, '')}" for name in values)
    with acting_as(kind):
        return str(ask(f"SELECT * FROM {function}({named})", *values.values())[0][0])


def active_kid() -> bytes:
    return bytes(DeskKey.objects.get(retired_at=None).kid)


def receive(**changes: object) -> str:
    """receive_tip's outcome, called by hand as the public role."""
    return call("public", "receive_tip", GOOD | {"p_kid": active_kid()} | changes)


def add(**changes: object) -> str:
    """receive_message's outcome, called by hand as the public role."""
    message: dict[str, object] = {
        "p_lookup_id": bytes(32),
        "p_id": "6f0e0b4e-4a3b-4c3e-9d57-0a4c3a2b1c0e",
        "p_kid": active_kid(),
        "p_sealed": b"x",
        "p_content_digest": bytes(32),
        "p_photo_ids": [],
        "p_photos": [],
        "p_danger": False,
    }
    return call("public", "receive_message", message | changes)


def receive_call(by: str, **changes: object) -> str:
    """The outcome of taking a call, by hand as the desk's role."""
    right = {"p_kid": active_kid(), "p_danger": "", "p_channel": "phone", "p_by": by}
    return call("desk", "receive_call", CALL | right | changes)


def complete_call(by: str, **changes: object) -> str:
    """The outcome of completing the call of GOOD's id."""
    right = {name: GOOD[name] for name in REST} | {"p_kid": active_kid(), "p_by": by}
    right |= {"p_sealed": b"whole", "p_once": b"1" * 32}
    return call("desk", "complete_call", right | changes)
