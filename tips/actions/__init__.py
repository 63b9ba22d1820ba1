"""Every write that touches a tip: keyword-only, atomic, with its event inside.

`citizen` is what the public door does, `opening` what shows a tip at the desk, `triage` the verbs,
`restricting` the verbs that say who may open it.
"""

from slu_antitrafficking.refusal import Refused
from tips.actions.change import AlreadyDone, Stamp, was_pressed
from tips.actions.citizen import (
    Delivery,
    Receipt,
    empty_box,
    receive_message,
    receive_tip,
    remove_reply,
)
from tips.actions.opening import Line, OpenedTip, open_tip, show_photo, visible_tip
from tips.actions.restricting import (
    LAST_ONE,
    hold,
    lock_photo,
    readmit,
    recuse,
    release,
    restrict,
    unlock_photo,
    unrestrict,
)
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
    "LAST_ONE",
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
    "hold",
    "lock_photo",
    "lower_urgency",
    "note",
    "open_tip",
    "park",
    "raise_urgency",
    "readmit",
    "receive_message",
    "receive_tip",
    "recuse",
    "release",
    "remove_reply",
    "reopen",
    "reply",
    "restrict",
    "show_photo",
    "take",
    "unlock_photo",
    "unrestrict",
    "visible_tip",
    "wait",
    "was_pressed",
]
