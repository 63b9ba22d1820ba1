"""Where each sealed blob lives: bound into it, so these names never change."""

import struct
from functools import cache
from typing import NamedTuple
from uuid import UUID

Row = UUID | bytes  # a row's id, or its 16 bytes


class AssociatedData(NamedTuple):
    """Table, row and column of a blob; it opens nowhere else."""

    table: str
    row: Row
    field: str

    def encoded(self) -> bytes:
        """As length-prefixed bytes, so that no two rows or columns look alike."""
        row = self.row if isinstance(self.row, bytes) else self.row.bytes
        return b"".join((_prefixed(self.table), _ROW_LENGTH, row, _prefixed(self.field)))


_ROW_LENGTH = struct.pack(">H", 16)


@cache
def _prefixed(name: str) -> bytes:
    """The name behind its length; there are few names, and a search needs them for each blob."""
    part = name.encode()
    return struct.pack(">H", len(part)) + part


def of_tip(row: Row) -> AssociatedData:
    """A tip's document with all answers."""
    return AssociatedData("tip", row, "sealed")


def of_message(row: Row) -> AssociatedData:
    """A message's or a reply's words, for the desk."""
    return AssociatedData("message", row, "sealed")


def of_reply(row: UUID) -> AssociatedData:
    """A reply's words, for the citizen's code."""
    return AssociatedData("message", row, "for_citizen")


def of_photo(row: UUID) -> AssociatedData:
    """A photo's bytes, a JPEG."""
    return AssociatedData("photo", row, "sealed")


def of_note(row: Row) -> AssociatedData:
    """The words of a note or a translation."""
    return AssociatedData("note", row, "sealed")


def of_reason(row: UUID) -> AssociatedData:
    """The reason in an event."""
    return AssociatedData("event", row, "reason")


def of_key_check(row: UUID) -> AssociatedData:
    """The value by which a desk key is shown to open."""
    return AssociatedData("deskkey", row, "key_check_value")


def of_canary(row: UUID) -> AssociatedData:
    """What a drill seals, to see whether it opens in the copy."""
    return AssociatedData("drillcanary", row, "sealed")
