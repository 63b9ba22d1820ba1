"""What a citizen does: send a tip, add to it, keep its code. One round trip each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import uuid4

from django.db import connection

from campaign import offers
from tips.crypto import associated_data, desk_key, receipts, sealing
from tips.crypto.desk_key import ActiveKey, NoDeskKey

DOCUMENT_VERSION = 1


@dataclass(frozen=True)
class Receipt:
    """What the citizen keeps; no code where it may no longer be shown."""

    reference: str
    code: str | None


class Delivery(StrEnum):
    """What became of a message."""

    RECEIVED = "received"
    REPEATED = "repeated"
    UNKNOWN = "unknown"
    TOO_MANY = "too_many"


def receive_tip(
    *, fields: Mapping[str, Any], submission: str, language: str, set_aside: bool
) -> Receipt:
    """Seals and stores a tip, or finds the one that this page already sent with the same content.

    `fields` are TipForm's. Raises NoDeskKey, and the database's errors when it is away.
    """
    code = receipts.new_code()
    page, sent = receipts.page_of(submission), receipts.sent_digest(submission, "tip", "", fields)
    document = {"version": DOCUMENT_VERSION} | _without_codes(fields)
    row = uuid4()
    signs = list(fields["signs"])

    def arguments(key: ActiveKey) -> list[Any]:
        return [
            row,
            key.kid,
            sealing.seal_json(document, [key.public], associated_data.of_tip(row)),
            receipts.look_up_id(code),
            receipts.citizen_pair(code).public,
            sent,
            page,
            receipts.box(code, submission, sent),
            fields["district"],
            signs,
            _types_of(signs),
            fields["danger_now"],
            fields["under_18"],
            fields["relation"] == "self",
            fields["official_involved"] == "yes",
            set_aside,
            fields["answer_language"] or language,
        ]

    outcome, reference, box = _call("receive_tip", _TIP, arguments)
    if outcome == "received":
        return Receipt(reference, code)
    shown = receipts.open_box(box, submission, sent) if box is not None else None
    return Receipt(reference, shown)


def receive_message(
    *,
    code: str,
    message: str,
    photos: Sequence[bytes],
    submission: str,
    raw_photos: Sequence[bytes] = (),
) -> Delivery:
    """Seals and stores words and clean photos under a code in its written form.

    `raw_photos` are the files as they came: the same ones from the same page are not stored twice.
    """
    raw = raw_photos or photos
    sent = receipts.sent_digest(submission, "message", code, {"message": message}, raw)
    words = _without_codes({"message": message})["message"]
    row, photo_rows = uuid4(), [uuid4() for _ in photos]

    def arguments(key: ActiveKey) -> list[Any]:
        document = {"version": DOCUMENT_VERSION, "text": words}
        pairs = zip(photos, photo_rows, strict=True)
        return [
            receipts.look_up_id(code),
            row,
            key.kid,
            sealing.seal_json(document, [key.public], associated_data.of_message(row))
            if words
            else None,
            sent,
            photo_rows,
            [
                sealing.seal(photo, [key.public], associated_data.of_photo(id))
                for photo, id in pairs
            ],
        ]

    (outcome,) = _call("receive_message", _MESSAGE, arguments)
    return Delivery(outcome)


def code_kept(*, code: str) -> bool:
    """The code was typed back, so its box is emptied; False where no tip has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.receipt_kept(%s)", [receipts.look_up_id(code)])
        return bool(cursor.fetchone()[0])


_TIP = ", ".join(["%s::uuid"] + ["%s"] * 7 + ["%s", "%s::text[]", "%s::text[]"] + ["%s"] * 6)
_MESSAGE = "%s, %s::uuid, %s, %s, %s, %s::uuid[], %s::bytea[]"


def _call(function: str, shape: str, arguments: Any) -> tuple[Any, ...]:
    """The function's answer; once more with a fresh key where the remembered one was replaced."""
    for _ in range(2):
        key = desk_key.active()
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM public.{function}({shape})", arguments(key))
            row: tuple[Any, ...] = cursor.fetchone()
        if row[0] == "refused":
            raise ValueError(f"{function} refused its arguments")
        if row[0] != "stale_key":
            return row
        desk_key.forget()
    raise NoDeskKey


def _types_of(signs: Sequence[str]) -> list[str]:
    """The types that the ticked signs point to, each once."""
    types = {sign.slug: sign.types for sign in offers.signs()}
    return list(dict.fromkeys(slug for sign in signs for slug in types.get(sign, ())))


def _without_codes(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields without receipt codes: whoever reads a tip must not become its sender."""
    texts = (value for value in fields.values() if isinstance(value, str))
    found = {code for text in texts for code in receipts.maybe_codes(text)}
    if not found:
        return dict(fields)
    by_lookup = {receipts.look_up_id(code): code for code in found}
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.codes_among(%s::bytea[])", [list(by_lookup)])
        codes = {by_lookup[bytes(lookup)] for (lookup,) in cursor.fetchall()}
    return {
        name: receipts.cut_codes(value, codes) if isinstance(value, str) else value
        for name, value in fields.items()
    }
