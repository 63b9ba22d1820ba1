"""Where each sealed blob lives: bound into it, so these names never change."""

import struct
from functools import cache
from typing import NamedTuple
from uuid import UUID


class AssociatedData(NamedTuple):
    """Table, row and column of a blob; it opens nowhere else."""

    table: str
    row: UUID
    field: str

    def encoded(self) -> bytes:
        """As length-prefixed bytes, so that no two rows or columns look alike."""
        return b"".join((_prefixed(self.table), _ROW_LENGTH, self.row.bytes, _prefixed(self.field)))


_ROW_LENGTH = struct.pack(">H", 16)


@cache
def _prefixed(name: str) -> bytes:
    """The name behind its length; there are few names, and a search needs them for each blob."""
    part = name.encode()
    return struct.pack(">H", len(part)) + part


def of_tip(row: UUID) -> AssociatedData:
    """A tip's document with all answers."""
    return AssociatedData("tip", row, "sealed")


def of_message(row: UUID) -> AssociatedData:
    """A message's or a reply's words, for the desk."""
    return AssociatedData("message", row, "sealed")


def of_reply(row: UUID) -> AssociatedData:
    """A reply's words, for the citizen's code."""
    return AssociatedData("message", row, "for_citizen")


def of_photo(row: UUID) -> AssociatedData:
    """A photo's bytes, a JPEG."""
    return AssociatedData("photo", row, "sealed")


def of_note(row: UUID) -> AssociatedData:
    """The words of a note or a translation."""
    return AssociatedData("note", row, "sealed")


def of_reason(row: UUID) -> AssociatedData:
    """The reason in an event."""
    return AssociatedData("event", row, "reason")


def of_key_check(row: UUID) -> AssociatedData:
    """The value by which a desk key is shown to open."""
    return AssociatedData("deskkey", row, "key_check_value")
