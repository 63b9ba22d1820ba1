"""What a citizen does: send a tip, add to it, keep its code. One round trip each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from campaign import offers
from slu_antitrafficking import database_deadline
from tips.crypto import active_key, associated_data, receipts, sealing
from tips.crypto.active_key import ActiveKey, NoDeskKey
from tips.models.vocabulary import Relation, SetAside, YesNo

DOCUMENT_VERSION = 1


@dataclass(frozen=True)
class Receipt:
    """What the citizen keeps; no code where it may no longer be shown."""

    reference: str
    code: str | None
    is_new: bool  # whether this sending stored it, and none before


class Delivery(StrEnum):
    """What became of a message."""

    RECEIVED = "received"
    REPEATED = "repeated"
    UNKNOWN = "unknown"
    TOO_MANY = "too_many"


def receive_tip(
    *,
    fields: Mapping[str, Any],
    idempotency_key: str,
    language: str,
    set_aside: int = SetAside.NO,
) -> Receipt:
    """Seals and stores a tip, or finds the one that this page already sent with the same content.

    `fields` are TipForm's. Raises NoDeskKey where none is active, and the database's errors when it
    is away.
    """
    content = receipts.content_digest(idempotency_key, "tip", "", fields)
    more = {"p_set_aside": int(set_aside)}
    return store_tip("receive_tip", fields, idempotency_key, content, language, more)


def store_tip(
    function: str,
    fields: Mapping[str, Any],
    idempotency_key: str,
    content: bytes,
    language: str,
    more: Mapping[str, Any],
) -> Receipt:
    """A new tip by this function of the database, which also takes `more`; or what it had.

    Raises as `call_function` does.
    """
    code = receipts.new_code()
    row = uuid4()
    document = without_codes(fields)

    def arguments(key: ActiveKey) -> dict[str, Any]:
        return {
            "p_lookup_id": receipts.lookup_id(code),
            "p_citizen_key": receipts.citizen_pair(code).public,
            "p_content_digest": content,
            "p_page_digest": receipts.page_digest(idempotency_key),
            "p_box": receipts.escrow(code, idempotency_key, content),
            **columns(row, fields, document, language, key),
            **more,
        }

    outcome, reference, box = call_function(function, arguments)
    if outcome == "received":
        return Receipt(reference, code, is_new=True)
    shown = receipts.open_escrow(box, idempotency_key, content) if box is not None else None
    return Receipt(reference, shown, is_new=False)


def columns(
    row: UUID, fields: Mapping[str, Any], document: Mapping[str, Any], language: str, key: ActiveKey
) -> dict[str, Any]:
    """What a tip's row holds of the answers: `document` sealed, and what triage needs in clear."""
    whole = {"version": DOCUMENT_VERSION} | dict(document)
    signs = list(fields["signs"])
    return {
        "p_id": row,
        "p_kid": key.kid,
        "p_sealed": sealing.seal_json(whole, [key.public], associated_data.of_tip(row)),
        "p_district": fields["district"],
        "p_signs": signs,
        "p_types": _types_of(signs),
        "p_danger": fields["danger_now"],
        "p_under_18": fields["under_18"],
        "p_for_self": fields["relation"] == Relation.SELF,
        "p_restricted": fields["official_involved"] == YesNo.YES,
        "p_language": fields["answer_language"] or language,
    }


def receive_message(
    *,
    code: str,
    message: str,
    photos: Sequence[bytes],
    idempotency_key: str,
    raw_photos: Sequence[bytes] = (),
    danger: bool = False,
) -> Delivery:
    """Seals and stores words and clean photos under a code in its written form.

    `raw_photos` are the files as they came: the same ones from the same page are not stored twice.
    `danger` makes the tip urgent, and needs no words.
    Raises NoDeskKey where none is active, and the database's errors when it is away.
    """
    raw = raw_photos or photos
    fields = {"message": message} | ({"danger_now": YesNo.YES} if danger else {})
    content = receipts.content_digest(idempotency_key, "message", code, fields, raw)
    words = without_codes({"message": message})["message"]
    row, photo_rows = uuid4(), [uuid4() for _ in photos]

    def arguments(key: ActiveKey) -> dict[str, Any]:
        document = {"version": DOCUMENT_VERSION, "text": words}
        if danger:
            document["danger"] = True
        of_message, of_photo = associated_data.of_message, associated_data.of_photo
        pairs = zip(photos, photo_rows, strict=True)
        return {
            "p_lookup_id": receipts.lookup_id(code),
            "p_id": row,
            "p_kid": key.kid,
            "p_sealed": sealing.seal_json(document, [key.public], of_message(row))
            if words or danger
            else None,
            "p_content_digest": content,
            "p_photo_ids": photo_rows,
            "p_photos": [sealing.seal(photo, [key.public], of_photo(id)) for photo, id in pairs],
            "p_danger": danger,
        }

    (outcome,) = call_function("receive_message", arguments)
    return Delivery(outcome)


def empty_box(*, code: str) -> bool:
    """Empties the box of a code that was typed back; False where no tip has it."""
    return bool(_ask("receipt_kept", {"p_lookup_id": receipts.lookup_id(code)})[0])


def remove_reply(*, code: str, number: int) -> bool:
    """Takes a reply that this code was shown from the citizen's side; False: there is none."""
    arguments = {"p_lookup_id": receipts.lookup_id(code), "p_number": number}
    return bool(_ask("remove_reply", arguments)[0])


# What PostgreSQL cannot tell from the value alone.
_CASTS = {
    "p_id": "::uuid",
    "p_signs": "::text[]",
    "p_types": "::text[]",
    "p_photo_ids": "::uuid[]",
    "p_photos": "::bytea[]",
}


def _ask(function: str, arguments: Mapping[str, Any]) -> tuple[Any, ...]:
    """The first row of the function's answer; each argument by its name, so that none is missed."""
    named = ", ".join(f"{name} => %({name})s{_CASTS.get(name, '')}" for name in arguments)
    with database_deadline.cursor() as cursor:
        cursor.execute(f"SELECT * FROM public.{function}({named})", dict(arguments))
        row: tuple[Any, ...] = cursor.fetchone()
    return row


def call_function(
    function: str, arguments: Callable[[ActiveKey], Mapping[str, Any]]
) -> tuple[Any, ...]:
    """The function's answer; once more with a fresh key where the remembered one was replaced.

    Raises NoDeskKey where none is active, ValueError for arguments that the function refuses.
    """
    for _ in range(2):
        row = _ask(function, arguments(active_key.current()))
        if row[0] == "refused":
            raise ValueError(f"{function} refused its arguments")
        if row[0] != "stale_key":
            return row
        active_key.forget()
    raise NoDeskKey


def _types_of(signs: Sequence[str]) -> list[str]:
    """The types that the ticked signs point to, each once."""
    types = {sign.slug: sign.types for sign in offers.signs()}
    return list(dict.fromkeys(slug for sign in signs for slug in types.get(sign, ())))


def without_codes(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields without receipt codes: whoever reads a tip must not become its sender."""
    texts = (value for value in fields.values() if isinstance(value, str))
    found = {code for text in texts for code in receipts.maybe_codes(text)}
    if not found:
        return dict(fields)
    by_lookup_id = {receipts.lookup_id(code): code for code in found}
    with database_deadline.cursor() as cursor:
        cursor.execute(
            "SELECT public.codes_among(p_lookup_ids => %s::bytea[])", [list(by_lookup_id)]
        )
        codes = {by_lookup_id[bytes(found)] for (found,) in cursor.fetchall()}
    return {
        name: receipts.cut_codes(value, codes) if isinstance(value, str) else value
        for name, value in fields.items()
    }
