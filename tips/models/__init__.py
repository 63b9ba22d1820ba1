"""The tables: who works at the desk, their keys and sessions, tips, and the trail."""

from tips.models.desk import DeskKey, DeskSession, Grant, Officer, OfficerKey
from tips.models.event import Event
from tips.models.message import Message, Note, Photo, TipLink
from tips.models.tip import Tip

__all__ = [
    "DeskKey",
    "DeskSession",
    "Event",
    "Grant",
    "Message",
    "Note",
    "Officer",
    "OfficerKey",
    "Photo",
    "Tip",
    "TipLink",
]
