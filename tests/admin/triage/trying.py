"""Each verb of the registry as somebody tries it: on which tip, and what is typed for it."""

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from tests.admin.desk import events, new_tip, with_photos
from tests.cast import Person
from tips import actions
from tips.admin.triage.verbs import VERBS
from tips.models import Officer, Tip, TipLink

WORDS = "The words of a long afternoon."
# What somebody types for it, and what was done to the tip before.
TYPED: dict[str, dict[str, str]] = {
    "take": {},
    "take_over": {"over_reason": WORDS},
    "give": {"to": "dana"},
    "give_back": {},
    "raise": {},
    "wait": {},
    "reply": {"answer": WORDS},
    "note": {"note": WORDS},
    "translate": {"translation": WORDS, "into": "en"},
    "not_same": {"other": "KD-3310"},
    "maybe_same": {"apart": "KD-3310"},
    "transcribe": {"said": WORDS},
    "lower": {"lower_reason": WORDS},
    "park": {"until": str(timezone.localdate() + timedelta(days=3))},
    "close": {"outcome": "passed_on", "reason": WORDS},
    "unpark": {},
    "reopen": {"reopen_reason": WORDS},
    "unlink": {"linked": "the other one's reference"},
    "undo": {},
    "same_as": {"same_as": "KD-3310"},
    "junk": {},
    "recuse": {},
    "readmit": {"who": "dana", "reason": WORDS},
    "restrict": {},
    "unrestrict": {"reason": WORDS},
    "hold": {"reason": WORDS},
    "release": {"reason": WORDS},
    "lock_photo": {"to_lock": "1"},
    "unlock_photo": {"to_unlock": "1", "reason": WORDS},
}
# What a colleague's change does not stop: words for the file contradict nothing, who knows the
# people knows them, and a photo is what it is.
WHATEVER_HAPPENED = {
    *("note", "translate", "not_same", "maybe_same", "transcribe", "recuse", "lock_photo")
}
# What a supervisor alone may do; for these Kim is one.
SUPERVISORS_ALONE = {"readmit", "unrestrict", "release", "unlock_photo"}
BEFORE: dict[str, Callable[[Tip, Person], object]] = {
    "reopen": lambda tip, dana: actions.close(tip=tip, by=dana.officer, outcome="passed_on"),
    "take_over": lambda tip, dana: actions.take(tip=tip, by=dana.officer),
    "maybe_same": lambda tip, dana: actions.not_same(tip=tip, by=dana.officer, other="KD-3310"),
    "readmit": lambda tip, dana: actions.recuse(tip=tip, by=dana.officer),
    "unrestrict": lambda tip, dana: actions.restrict(tip=tip, by=dana.officer),
    "release": lambda tip, dana: actions.hold(tip=tip, by=dana.officer, reason=WORDS),
    "unlock_photo": lambda tip, dana: actions.lock_photo(tip=tip, by=dana.officer, number=1),
}


# Where what is done does not ask which verb it is, one of each kind: without words and with them,
# whatever happened, with a page of its own, of supervisors alone, and of a photo.
NO_WORDS, SAID, ADDED, OWN, SUPERVISORS, PHOTO = OF_EACH_KIND = (
    *("take", "reply", "note", "close", "readmit", "lock_photo"),
)
STALE = "new.9.x"  # of a form that was opened before whatever the tip is now


def tip_for(verb: str, kim: Person, dana: Person) -> Tip:
    """One on which the verb is offered."""
    if verb in SUPERVISORS_ALONE:
        kim.officer.role = Officer.Role.SUPERVISOR
        kim.officer.save(update_fields=["role"])
    told = {"danger_now": "yes" if verb == "lower" else "", "place": "Plate PA 1234"}
    tip = with_photos() if "photo" in verb else new_tip(**told)
    if verb in ("not_same", "maybe_same", "same_as"):
        alike = new_tip(place="PA1234")
        Tip.objects.filter(pk=alike.pk).update(reference="KD-3310")
    if verb in BEFORE:
        BEFORE[verb](tip, dana)
    if verb in ("give_back", "wait", "park", "unpark"):
        actions.take(tip=tip, by=kim.officer)
    if verb == "wait":
        actions.reply(tip=tip, by=kim.officer, text="Where?")
    if verb == "unpark":
        actions.park(tip=tip, by=kim.officer, until=timezone.localdate())
    if verb == "unlink":
        other = new_tip()
        TipLink.objects.create(tip=tip, other=other, kind="duplicate")
        TYPED[verb]["linked"] = str(other)
    if verb == "undo":
        actions.raise_urgency(tip=tip, by=kim.officer)
    assert VERBS[verb].is_offered(Tip.objects.get(pk=tip.pk), kim.officer)
    return tip


def happened(verb: str) -> int:
    return len(events(VERBS[verb].event))
