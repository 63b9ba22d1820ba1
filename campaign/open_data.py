"""The signs, types, law, timeline and numbers of the pages as one JSON document."""

from dataclasses import asdict
from typing import Any

from campaign.entries import Entry
from campaign.snapshot import Snapshot

LICENCE = "MIT"  # an SPDX name; the texts come with the code
PARTS = {"sign": "signs", "type": "types", "provision": "law", "milestone": "timeline"}


def document(snapshot: Snapshot, language: str, address: str) -> dict[str, Any]:
    """What the pages of this language say; each row with its source and the day it was checked.

    Days are ISO 8601. `language` of a row is that of its words, `machine` whether no person has
    reviewed them. Placeholders such as {847} stand for the number of that kind in `numbers`.
    """
    return {
        "site": address,
        "licence": LICENCE,
        "language": language,
        "numbers": [
            {
                "kind": one.kind,
                "label": one.label,
                "number": one.number,
                "day_and_night": one.always,
                "confirmed_on": one.confirmed_on,
                "checked_on": one.checked_on,
            }
            for one in snapshot.contacts.values()
        ],
        **{
            part: [_row(entry) for entry in snapshot.entries.get(family, ())]
            for family, part in PARTS.items()
        },
    }


def _row(entry: Entry) -> dict[str, Any]:
    return {name: value for name, value in asdict(entry).items() if name != "picture"}
