"""Every write that touches a tip: keyword-only, atomic, with its event inside.

`citizen` is what the public door does, `intake` what the desk takes down for somebody, `opening`
what shows a tip at the desk, `searching` and `alike` what looks into many, `copies` what
rings at the first of several duplicates; the verbs stand in
`owners`, `triage`, `closing`, `undoing`, and those that say who may open it in `restricting`.
"""

from slu_antitrafficking.refusal import Refused
from tips.actions.alike import LikeTip, LooksLike, looks_like, maybe_same, not_same
from tips.actions.change import AlreadyDone, Stamp, was_pressed
from tips.actions.citizen import (
    Delivery,
    Receipt,
    empty_box,
    receive_message,
    receive_tip,
    remove_reply,
)
from tips.actions.closing import close, reopen, unlink
from tips.actions.intake import (
    complete_call,
    count_call_without_tip,
    receive_call,
    show_code,
    took_call,
    transcribe,
)
from tips.actions.opening import (
    Line,
    OpenedTip,
    open_tip,
    show_photo,
    unseen_photos,
    visible_tip,
    words_of,
)
from tips.actions.owners import give, give_back, give_back_all_of, take, take_over
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
from tips.actions.searching import COUNTED, Found, Hit, SearchBusy, search, searched_for
from tips.actions.triage import lower_urgency, note, park, raise_urgency, reply, unpark, wait
from tips.actions.undoing import undo

__all__ = [
    "COUNTED",
    "LAST_ONE",
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
    "complete_call",
    "count_call_without_tip",
    "empty_box",
    "give",
    "give_back",
    "give_back_all_of",
    "hold",
    "lock_photo",
    "looks_like",
    "lower_urgency",
    "maybe_same",
    "not_same",
    "note",
    "open_tip",
    "park",
    "raise_urgency",
    "readmit",
    "receive_call",
    "receive_message",
    "receive_tip",
    "recuse",
    "release",
    "remove_reply",
    "reopen",
    "reply",
    "restrict",
    "search",
    "searched_for",
    "show_code",
    "show_photo",
    "take",
    "take_over",
    "took_call",
    "transcribe",
    "undo",
    "unlink",
    "unlock_photo",
    "unpark",
    "unrestrict",
    "unseen_photos",
    "visible_tip",
    "wait",
    "was_pressed",
    "words_of",
]
