"""The desk's verbs: one conditional UPDATE with its event; of two officers the second is told.

`seen` is the Tip.state that the form was shown with; empty, only the verb's own rule holds.
"""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Case, Max, Q, Value, When
from django.db.models.functions import Now, TruncMinute
from django.utils import timezone

from tips.crypto import associated_data, desk_key, sealing
from tips.models import Event, Message, Note, Officer, Tip, TipLink

LONGEST_TEXT = 20_000
_NEW_BECOMES_ACTIVE = Case(
    When(status=Tip.Status.NEW, then=Value(Tip.Status.ACTIVE)), default="status"
)
_OPEN = ~Q(status=Tip.Status.CLOSED)


# After these nobody would look at an answer that came while the officer was writing.
ANSWERS_THE_CITIZEN = (Event.Verb.WAITING, Event.Verb.REPLIED, Event.Verb.CLOSED)


class Refused(Exception):
    """The verb did nothing; the sentence tells the officer why."""


def take(*, tip: Tip, by: Officer, seen: str = "") -> None:
    """The tip is the officer's, if it is nobody's."""
    _change(
        tip,
        Event.Verb.TAKEN,
        by,
        seen,
        _OPEN & Q(owner=None),
        owner=by,
        status=_NEW_BECOMES_ACTIVE,
        waiting_since=None,
    )


def give(*, tip: Tip, by: Officer, to: Officer | None, seen: str = "") -> None:
    """The tip is somebody else's, or nobody's again."""
    if to is not None and not (
        to.is_active and Tip.objects.visible_to(to).filter(pk=tip.pk).exists()
    ):
        raise Refused(f"{to} may not open this tip, so it was not given.")
    since = None if to else TruncMinute(Now())
    _change(
        tip,
        Event.Verb.GIVEN,
        by,
        seen,
        _OPEN,
        about=to.username if to else "nobody",
        owner=to,
        status=_NEW_BECOMES_ACTIVE,
        waiting_since=since,
    )


@transaction.atomic
def give_back(*, owner: Officer, by: Officer) -> None:
    """Every open tip that its owner may not open any more is nobody's again."""
    mine = Tip.objects.open().filter(owner=owner)
    if owner.is_active:
        mine = mine.exclude(pk__in=Tip.objects.visible_to(owner).values("pk"))
    for tip in mine.defer("sealed"):
        give(tip=tip, by=by, to=None)


def wait(*, tip: Tip, by: Officer, seen: str = "") -> None:
    """We wait for the citizen's answer; it makes the tip active again."""
    when = Q(status__in=(Tip.Status.NEW, Tip.Status.ACTIVE))
    _change(
        tip,
        Event.Verb.WAITING,
        by,
        seen,
        when,
        status=Tip.Status.WAITING,
        waiting_since=None,
    )


@transaction.atomic
def reply(*, tip: Tip, by: Officer, text: str, wait: bool = False, seen: str = "") -> None:
    """Words that only the citizen's code and the desk open; `wait` also waits for the answer."""
    text = _checked(text, "Write an answer first; nothing was sent.")
    locked = Tip.objects.select_for_update(of=("self",)).only("citizen_key").get(pk=tip.pk)
    if locked.citizen_key is None:
        raise Refused("This tip was erased; nobody can read an answer.")
    status = Tip.Status.WAITING if wait else Tip.Status.ACTIVE
    kept = Case(When(status=Tip.Status.CLOSED, then="status"), default=Value(status))
    row = uuid4()
    recipients = [desk_key.active().public, bytes(locked.citizen_key)]
    try:
        sealed = sealing.seal_json(
            {"version": 1, "text": text}, recipients, associated_data.of_message(row)
        )
    except sealing.CannotSeal:
        raise Refused(
            "This tip's code cannot be written to; nobody could read an answer."
        ) from None
    _change(tip, Event.Verb.REPLIED, by, seen, Q(), status=kept, waiting_since=None)
    Message.objects.create(
        id=row,
        tip=tip,
        number=tip.messages.count() + 1,
        from_desk=True,
        by=by.username,
        sealed=sealed,
    )


@transaction.atomic
def note(*, tip: Tip, by: Officer, text: str) -> None:
    """Words that only the desk opens."""
    text = _checked(text, "Write a note first; nothing was added.")
    row = uuid4()
    sealed = sealing.seal_json(
        {"text": text}, [desk_key.active().public], associated_data.of_note(row)
    )
    Note.objects.create(id=row, tip=tip, by=by.username, sealed=sealed)
    Event.objects.record(Event.Verb.NOTED, tip=tip, by=by)


def raise_urgency(*, tip: Tip, by: Officer, seen: str = "") -> None:
    """Urgent from now on."""
    when = _OPEN & Q(urgency__gt=Tip.Urgency.DANGER)
    _change(tip, Event.Verb.RAISED, by, seen, when, urgency=Tip.Urgency.DANGER)


def lower_urgency(*, tip: Tip, by: Officer, reason: str, seen: str = "") -> None:
    """Back to what the tip itself says, for a reason."""
    reason = _checked(reason, "Say why it is not urgent any more; nothing was changed.")
    when = _OPEN & Q(urgency=Tip.Urgency.DANGER)
    _change(tip, Event.Verb.LOWERED, by, seen, when, reason=reason, urgency=tip.usual_urgency)


def look_again(*, tip: Tip, by: Officer, until: date | None, seen: str = "") -> None:
    """A day on which the desk is reminded; None takes it away."""
    if until is not None and until < timezone.localdate():
        raise Refused("That day is past; nothing was changed.")
    _change(tip, Event.Verb.LOOK_AGAIN, by, seen, _OPEN, look_again=until)


@transaction.atomic
def close(
    *,
    tip: Tip,
    by: Officer,
    outcome: str,
    reason: str = "",
    duplicate_of: str = "",
    seen: str = "",
) -> None:
    """Closed with an outcome; a duplicate names the tip that it repeats."""
    if outcome not in Tip.Outcome:
        raise Refused("Choose an outcome; the tip is still open.")
    if outcome == Tip.Outcome.FALSE and not by.is_supervisor:
        raise Refused("Only a supervisor may close a tip as knowingly false.")
    if outcome == Tip.Outcome.DUPLICATE:
        other = _other(tip, by, duplicate_of)
        TipLink.objects.get_or_create(tip=tip, other=other, kind=TipLink.Kind.DUPLICATE)
    _change(
        tip,
        Event.Verb.CLOSED,
        by,
        seen,
        _OPEN,
        about=outcome,
        reason=_checked(reason) if reason.strip() else "",
        status=Tip.Status.CLOSED,
        outcome=outcome,
        waiting_since=None,
        look_again=None,
    )


def reopen(*, tip: Tip, by: Officer, reason: str, seen: str = "") -> None:
    """Active again, for a reason."""
    reason = _checked(reason, "Say why it is opened again; nothing was changed.")
    when = Q(status=Tip.Status.CLOSED)
    _change(
        tip,
        Event.Verb.REOPENED,
        by,
        seen,
        when,
        reason=reason,
        status=Tip.Status.ACTIVE,
        outcome="",
    )


@transaction.atomic
def _change(
    tip: Tip,
    verb: str,
    by: Officer,
    seen: str,
    when: Q,
    *,
    about: str = "",
    reason: str = "",
    **changes: Any,
) -> None:
    """One UPDATE, if the row is as the verb needs it and the officer saw it, and its event."""
    if verb in ANSWERS_THE_CITIZEN:
        _must_have_read(tip, by)
    if not Tip.objects.filter(when & _as_seen(seen), pk=tip.pk).update(**changes):
        raise Refused(_meanwhile(tip, by))
    row = uuid4()
    Event.objects.record(verb, tip=tip, by=by, id=row, about=about, reason=_reason(row, reason))


def _must_have_read(tip: Tip, by: Officer) -> None:
    """Refuses while the citizen has written something that this officer has not opened."""
    list(Tip.objects.select_for_update().only("pk").filter(pk=tip.pk))  # no message slips in
    written = tip.messages.filter(from_desk=False).aggregate(n=Max("number"))["n"] or 0
    opened = Event.objects.filter(tip_id=tip.pk, verb=Event.Verb.OPENED, by=by.username)
    if written > (opened.aggregate(n=Max("count"))["n"] or 0):
        raise Refused("The citizen has written meanwhile. Nothing was done: read it first.")


def _as_seen(seen: str) -> Q:
    if not seen:
        return Q()
    try:
        status, urgency, owner = seen.split(".")
        return Q(status=status, urgency=int(urgency), owner=UUID(owner) if owner else None)
    except ValueError:
        return Q(pk__in=())


def _meanwhile(tip: Tip, by: Officer) -> str:
    """What the tip has become, for the officer who came second."""
    now = Tip.objects.select_related("owner").only("status", "owner__username").get(pk=tip.pk)
    who = "nobody has it"
    if now.owner:
        who = "you have it" if now.owner == by else f"{now.owner} has it"
    return (
        f"This tip has changed: it is {now.get_status_display().lower()} and {who}."
        " Nothing was done; look at it again."
    )


def _reason(row: UUID, reason: str) -> bytes | None:
    """The reason of the event with this id, sealed; None where there is none."""
    if not reason:
        return None
    return sealing.seal_json(
        {"text": reason}, [desk_key.active().public], associated_data.of_reason(row)
    )


def _checked(text: str, missing: str = "") -> str:
    text = text.replace("\0", "").strip()
    if not text:
        raise Refused(missing)
    if len(text) > LONGEST_TEXT:
        raise Refused(f"That is {len(text):,} characters; {LONGEST_TEXT:,} fit. Send it in parts.")
    return text


def _other(tip: Tip, by: Officer, reference: str) -> Tip:
    found = Tip.objects.visible_to(by).filter(reference=reference.strip().upper()).first()
    if found is None or found.pk == tip.pk:
        raise Refused("Say which tip it repeats, by its reference, like KD-4821.")
    return found
