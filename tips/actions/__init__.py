"""Every write that touches a tip: keyword-only, atomic, with its event inside.

`citizen` is what the public door does, `opening` what shows a tip at the desk, `triage` the verbs.
"""

from tips.actions.citizen import Delivery, Receipt, code_kept, receive_message, receive_tip
from tips.actions.opening import Line, Opened, open_tip, show_photo, visible_tip
from tips.actions.triage import (
    Refused,
    close,
    give,
    give_back,
    look_again,
    lower_urgency,
    note,
    raise_urgency,
    reopen,
    reply,
    take,
    wait,
)

__all__ = [
    "Delivery",
    "Line",
    "Opened",
    "Receipt",
    "Refused",
    "close",
    "code_kept",
    "give",
    "give_back",
    "look_again",
    "lower_urgency",
    "note",
    "open_tip",
    "raise_urgency",
    "receive_message",
    "receive_tip",
    "reopen",
    "reply",
    "show_photo",
    "take",
    "visible_tip",
    "wait",
]
