"""Every write that touches a tip: keyword-only, atomic, with its event inside.

`citizen` is what the public door does, `opening` what shows a tip at the desk, `searching` and
`alike` what looks into many; the verbs stand in `owners`, `triage`, `closing` and `undoing`.
"""

from slu_antitrafficking.refusal import Refused
from tips.actions.alike import LikeTip, LooksLike, looks_like, not_same
from tips.actions.change import AlreadyDone, Stamp
from tips.actions.citizen import (
    Delivery,
    Receipt,
    empty_box,
    receive_message,
    receive_tip,
    remove_reply,
)
from tips.actions.closing import close, reopen, unlink
from tips.actions.opening import (
    Line,
    OpenedTip,
    open_tip,
    show_photo,
    unseen_photos,
    visible_tip,
)
from tips.actions.owners import give, give_back, give_back_all_of, take, take_over
from tips.actions.searching import COUNTED, Found, Hit, SearchBusy, search
from tips.actions.triage import lower_urgency, note, park, raise_urgency, reply, unpark, wait
from tips.actions.undoing import undo

__all__ = [
    "COUNTED",
    "AlreadyDone",
    "Delivery",
    "Found",
    "Hit",
    "LikeTip",
    "Line",
    "LooksLike",
    "OpenedTip",
    "Receipt",
    "Refused",
    "SearchBusy",
    "Stamp",
    "close",
    "empty_box",
    "give",
    "give_back",
    "give_back_all_of",
    "looks_like",
    "lower_urgency",
    "not_same",
    "note",
    "open_tip",
    "park",
    "raise_urgency",
    "receive_message",
    "receive_tip",
    "remove_reply",
    "reopen",
    "reply",
    "search",
    "show_photo",
    "take",
    "take_over",
    "undo",
    "unlink",
    "unpark",
    "unseen_photos",
    "visible_tip",
    "wait",
]
