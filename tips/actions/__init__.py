"""Every write that touches a tip: keyword-only, atomic, with its event inside.

`citizen` is what the public door does, `opening` what shows a tip at the desk, `triage` the verbs.
"""

from slu_antitrafficking.refusal import Refused
from tips.actions.change import AlreadyDone, Stamp
from tips.actions.citizen import (
    Delivery,
    Receipt,
    empty_box,
    receive_message,
    receive_tip,
    remove_reply,
)
from tips.actions.opening import Line, OpenedTip, open_tip, show_photo, visible_tip, words_of
from tips.actions.triage import (
    close,
    give,
    give_back_all_of,
    lower_urgency,
    note,
    park,
    raise_urgency,
    reopen,
    reply,
    take,
    wait,
)

__all__ = [
    "AlreadyDone",
    "Delivery",
    "Line",
    "OpenedTip",
    "Receipt",
    "Refused",
    "Stamp",
    "close",
    "empty_box",
    "give",
    "give_back_all_of",
    "lower_urgency",
    "note",
    "open_tip",
    "park",
    "raise_urgency",
    "receive_message",
    "receive_tip",
    "remove_reply",
    "reopen",
    "reply",
    "show_photo",
    "take",
    "visible_tip",
    "wait",
    "words_of",
]
