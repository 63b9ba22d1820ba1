"""Where each sealed blob lives: bound into it, so these names never change."""

from uuid import UUID

from tips.crypto.sealing import Place


def of_tip(row: UUID) -> Place:
    """A tip's document."""
    return Place("tip", row, "sealed")


def of_message(row: UUID) -> Place:
    """A message's or a reply's words."""
    return Place("message", row, "sealed")


def of_photo(row: UUID) -> Place:
    """A picture."""
    return Place("photo", row, "sealed")


def of_note(row: UUID) -> Place:
    """A note."""
    return Place("note", row, "sealed")


def of_reason(row: UUID) -> Place:
    """The reason in an event."""
    return Place("event", row, "reason")


def of_canary(row: UUID) -> Place:
    """The blob by which a desk key is proven."""
    return Place("deskkey", row, "canary")
