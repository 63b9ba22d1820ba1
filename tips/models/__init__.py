"""The tables: who works at the desk, their keys and sessions, tips, and the trail."""

from tips.models.calls import CallWithoutTip
from tips.models.desk import DeskKey, DeskKeyGrant, DeskSession, Officer, OfficerKey
from tips.models.event import Event
from tips.models.mail import Mail, MorningDigits
from tips.models.message import Message, Note, Photo, TipLink
from tips.models.recusal import Recusal
from tips.models.short_lived import Alarm, EscrowedCode
from tips.models.tip import Tip
from tips.models.tip_queries import TipQuerySet, may_be_opened_by
from tips.models.turns import IS_CLOSED, IS_LISTED, IS_OPEN, STANDS_APART, WRITTEN_TO, Turn
from tips.models.upkeep import (
    HEARTBEAT,
    HOURLY,
    LAST_BACKUP,
    LAST_DRILL,
    DrillCanary,
    SelfCheck,
    Upkeep,
)

__all__ = [
    "HEARTBEAT",
    "HOURLY",
    "IS_CLOSED",
    "IS_LISTED",
    "IS_OPEN",
    "LAST_BACKUP",
    "LAST_DRILL",
    "STANDS_APART",
    "WRITTEN_TO",
    "Alarm",
    "CallWithoutTip",
    "DeskKey",
    "DeskKeyGrant",
    "DeskSession",
    "DrillCanary",
    "EscrowedCode",
    "Event",
    "Mail",
    "Message",
    "MorningDigits",
    "Note",
    "Officer",
    "OfficerKey",
    "Photo",
    "Recusal",
    "SelfCheck",
    "Tip",
    "TipLink",
    "TipQuerySet",
    "Turn",
    "Upkeep",
    "may_be_opened_by",
]
