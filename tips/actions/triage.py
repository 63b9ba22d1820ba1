"""The desk's verbs: one conditional UPDATE with its event; of two officers the second is told."""

from datetime import UTC, date, timedelta
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce, Now, TruncMinute
from django.utils import timezone

from slu_antitrafficking.refusal import Refused
from tips.actions.change import NO_STAMP, Stamp, change, lock, once_digest
from tips.actions.citizen import DOCUMENT_VERSION
from tips.actions.clocks import hours_since_arrival
from tips.crypto import active_key, associated_data, sealing
from tips.models import IS_OPEN, Alarm, Event, Message, Note, Officer, Tip, TipLink, references

LONGEST_TEXT = 20_000
ANSWER_WITHIN = timedelta(days=14)  # then a silent citizen's tip is its owner's turn again


def take(*, tip: Tip, by: Officer, stamp: Stamp = NO_STAMP) -> None:
    """The tip is the officer's, if it is nobody's. Raises Refused, AlreadyDone as `change` does."""
    changes = _turn_columns(Tip.Cause.TAKEN) | {
        "owner": by,
        "hours_to_take": _hours_unless_counted("hours_to_take"),
    }
    change(tip, Event.Verb.TAKEN, by, stamp, IS_OPEN & Q(owner=None), **changes)


@transaction.atomic
def give(*, tip: Tip, by: Officer, to: Officer | None, stamp: Stamp = NO_STAMP) -> None:
    """The tip is somebody else's, or nobody's again; an urgent one that is nobody's alarms.

    Raises Refused when they cannot open it; and Refused, AlreadyDone as `change` does.
    """
    if to is None:
        change(
            tip,
            Event.Verb.GIVEN,
            by,
            stamp,
            IS_OPEN,
            about="nobody",
            owner=None,
            **_turn_columns(Tip.Cause.RETURNED),
        )
        if Tip.objects.filter(pk=tip.pk, urgency=Tip.Urgency.DANGER).exists():
            _raise_alarm(tip)
        return
    restricted = Tip.objects.values_list("restricted", flat=True).get(pk=tip.pk)
    if to not in Officer.objects.who_open(restricted=restricted):
        raise Refused(f"{to} cannot open this tip, so it was not given.")
    changes = _turn_columns(Tip.Cause.GIVEN) | {
        "owner": to,
        "hours_to_take": _hours_unless_counted("hours_to_take"),
    }
    # An answer that nobody dealt with stays one for whoever gets it.
    answered = Q(turn_cause=Tip.Cause.WROTE)
    changes["turn_cause"] = Case(
        When(answered, then=Value(Tip.Cause.WROTE)), default=Value(Tip.Cause.GIVEN)
    )
    changes["turn_since"] = Case(
        When(answered, then=F("turn_since")), default=changes["turn_since"]
    )
    change(tip, Event.Verb.GIVEN, by, stamp, IS_OPEN, about=to.username, **changes)


@transaction.atomic
def give_back_all_of(*, owner: Officer, by: Officer) -> None:
    """Every open tip that its owner cannot open any more, by role or by key, is nobody's again."""
    mine = Tip.objects.open().filter(owner=owner)
    if Officer.objects.holders().filter(pk=owner.pk).exists():
        mine = mine.exclude(pk__in=Tip.objects.visible_to(owner).values("pk"))
    for tip in mine.without_blobs():
        give(tip=tip, by=by, to=None)


def wait(*, tip: Tip, by: Officer, stamp: Stamp = NO_STAMP) -> None:
    """We wait for the citizen's answer, which makes it active.

    Raises Refused, AlreadyDone as `change` does.
    """
    when = Q(status__in=(Tip.Status.NEW, Tip.Status.ACTIVE, Tip.Status.PARKED))
    change(tip, Event.Verb.WAITING, by, stamp, when, **_asked_columns())


@transaction.atomic
def reply(*, tip: Tip, by: Officer, text: str, wait: bool = False, stamp: Stamp = NO_STAMP) -> None:
    """Words for the citizen's code, and an envelope of their own for the desk.

    `wait` also waits for the answer. Raises Refused when there are no words or nobody could read
    them; and Refused, AlreadyDone, NoDeskKey as `change` does.
    """
    text = _checked(text, "Write an answer first; nothing was sent.")
    citizen_key = Tip.objects.values_list("citizen_key", flat=True).get(pk=tip.pk)
    if citizen_key is None:
        raise Refused("This tip was erased; nobody can read an answer.")
    row = uuid4()
    document = {"version": DOCUMENT_VERSION, "text": text}
    of_desk, of_citizen = associated_data.of_message(row), associated_data.of_reply(row)
    try:
        for_citizen = sealing.seal_json(document, [bytes(citizen_key)], of_citizen)
    except sealing.CannotSeal:
        raise Refused(
            "This tip's code cannot be written to; nobody could read an answer."
        ) from None
    for_desk = sealing.seal_json(document, [active_key.current().public], of_desk)
    changes = _asked_columns() if wait else _turn_columns(Tip.Cause.ANSWERED)
    # A closed tip is answered and stays closed.
    while_open: dict[str, Any] = {
        name: Case(When(IS_OPEN, then=_expression(value)), default=name)
        for name, value in changes.items()
    }
    change(tip, Event.Verb.REPLIED, by, stamp, Q(), **while_open)
    Message.objects.create(
        id=row,
        tip=tip,
        number=tip.messages.newest_number() + 1,
        from_desk=True,
        by=by.username,
        sealed=for_desk,
        for_citizen=for_citizen,
    )


@transaction.atomic
def note(*, tip: Tip, by: Officer, text: str, into: str = "", stamp: Stamp = NO_STAMP) -> None:
    """Words that only the desk opens; with `into` a translation of the tip into that language.

    Raises Refused when there are none or too many, AlreadyDone when this very press was carried out
    before, NoDeskKey where none is active.
    """
    text = _checked(text, f"Write a {'translation' if into else 'note'} first; nothing was added.")
    # A note contradicts nothing, so it may be written on whatever the tip has become.
    lock(tip, stamp._replace(seen=""))
    row = uuid4()
    key = active_key.current().public
    sealed = sealing.seal_json({"text": text}, [key], associated_data.of_note(row))
    kind = Note.Kind.TRANSLATION if into else Note.Kind.NOTE
    Note.objects.create(id=row, tip=tip, kind=kind, language=into, by=by.username, sealed=sealed)
    about = kind if into else ""
    Event.objects.record(Event.Verb.NOTED, tip=tip, by=by, about=about, once=once_digest(stamp))


@transaction.atomic
def raise_urgency(*, tip: Tip, by: Officer, stamp: Stamp = NO_STAMP) -> None:
    """Urgent from now on; whoever else owns it is alarmed.

    Raises Refused, AlreadyDone as `change` does.
    """
    when = IS_OPEN & Q(urgency__gt=Tip.Urgency.DANGER)
    change(tip, Event.Verb.RAISED, by, stamp, when, urgency=Tip.Urgency.DANGER)
    if tip.owner_id != by.pk:
        _raise_alarm(tip)


def lower_urgency(*, tip: Tip, by: Officer, reason: str, stamp: Stamp = NO_STAMP) -> None:
    """Back to what the tip itself says, for a reason.

    Raises Refused when there is no reason; and Refused, AlreadyDone, NoDeskKey as `change` does.
    """
    reason = _checked(reason, "Say why it is not urgent any more; nothing was changed.")
    when = IS_OPEN & Q(urgency=Tip.Urgency.DANGER)
    change(tip, Event.Verb.LOWERED, by, stamp, when, reason=reason, urgency=tip.usual_urgency)


def park(*, tip: Tip, by: Officer, until: date | None, stamp: Stamp = NO_STAMP) -> None:
    """Nobody's turn until that day; None ends it now.

    Raises Refused for a day that is past; and Refused, AlreadyDone as `change` does.
    """
    if until is not None and until < timezone.localdate():
        raise Refused("That day is past; nothing was changed.")
    changes = _turn_columns(Tip.Cause.PARKED)
    if until is not None:
        changes |= {"status": Tip.Status.PARKED, "turn_until": until}
    change(tip, Event.Verb.PARKED, by, stamp, IS_OPEN, **changes)


@transaction.atomic
def close(
    *,
    tip: Tip,
    by: Officer,
    outcome: str,
    reason: str = "",
    duplicate_of: str = "",
    stamp: Stamp = NO_STAMP,
) -> None:
    """Closed with an outcome; a duplicate names the tip that it repeats.

    Raises Refused for an outcome that there is not or that is a supervisor's alone, and for a
    duplicate of nothing; and Refused, AlreadyDone, NoDeskKey as `change` does.
    """
    if outcome not in Tip.Outcome:
        raise Refused("Choose an outcome; the tip is still open.")
    if not Tip.Outcome(outcome).may_be_given_by(by):
        raise Refused("Only a supervisor may close a tip as knowingly false.")
    if outcome == Tip.Outcome.DUPLICATE:
        other = _repeated_tip(tip, by, duplicate_of)
        TipLink.objects.get_or_create(tip=tip, other=other, kind=TipLink.Kind.DUPLICATE)
    change(
        tip,
        Event.Verb.CLOSED,
        by,
        stamp,
        IS_OPEN,
        about=outcome,
        reason=_cleaned(reason),
        status=Tip.Status.CLOSED,
        outcome=outcome,
        closed_on=timezone.localdate(),
        turn_until=None,
        hours_to_close=_hours_unless_counted("hours_to_close"),
    )


def reopen(*, tip: Tip, by: Officer, reason: str, stamp: Stamp = NO_STAMP) -> None:
    """Active again, for a reason.

    Raises Refused when there is no reason; and Refused, AlreadyDone, NoDeskKey as `change` does.
    """
    reason = _checked(reason, "Say why it is opened again; nothing was changed.")
    when = Q(status=Tip.Status.CLOSED)
    changes = _turn_columns(Tip.Cause.REOPENED) | {"outcome": "", "closed_on": None}
    change(tip, Event.Verb.REOPENED, by, stamp, when, reason=reason, **changes)


def _turn_columns(cause: str) -> dict[str, Any]:
    """The columns of a tip that is its owner's turn, or nobody's yet, from now on."""
    return {
        "status": Tip.Status.ACTIVE,
        "turn_since": TruncMinute(Now(), tzinfo=UTC),  # else that of our clocks, four hours ago
        "turn_until": None,
        "turn_cause": cause,
    }


def _asked_columns() -> dict[str, Any]:
    """The columns of a tip that waits for its citizen."""
    until = timezone.localdate() + ANSWER_WITHIN
    return _turn_columns(Tip.Cause.ASKED) | {"status": Tip.Status.ASKED, "turn_until": until}


def _expression(value: Any) -> Any:
    return value if hasattr(value, "resolve_expression") else Value(value)


def _hours_unless_counted(column: str) -> Any:
    """The hours since arrival, where the column does not say so already."""
    return Coalesce(F(column), hours_since_arrival())


def _raise_alarm(tip: Tip) -> None:
    """Raises an alarm that is due now; one that is there already becomes urgent."""
    now = timezone.now().replace(second=0, microsecond=0)
    alarm = Alarm(tip=tip, urgent=True, since=now, due_at=now)
    Alarm.objects.bulk_create(
        [alarm], update_conflicts=True, unique_fields=["tip"], update_fields=["urgent"]
    )


def _checked(text: str, missing: str) -> str:
    """The text, cleaned. Raises Refused for a too long one, and with `missing` for an empty one."""
    text = _cleaned(text)
    if not text:
        raise Refused(missing)
    return text


def _cleaned(text: str) -> str:
    """The text without NULs and outer space. Raises Refused for a too long one."""
    text = text.replace("\0", "").strip()
    if len(text) > LONGEST_TEXT:
        raise Refused(f"That is {len(text):,} characters; {LONGEST_TEXT:,} fit. Send it in parts.")
    return text


def _repeated_tip(tip: Tip, by: Officer, reference: str) -> Tip:
    """The tip of this reference, or the first one of those that it repeats itself.

    Raises Refused where there is none that the officer may open, and for a circle.
    """
    visible = Tip.objects.visible_to(by).without_blobs()
    found = visible.filter(reference=references.parse(reference)).first()
    if found is None or found.pk == tip.pk:
        raise Refused("Say which tip it repeats, by its reference, like KD-4821.")
    chain = [found]
    while chain[-1].outcome == Tip.Outcome.DUPLICATE:
        links = TipLink.objects.filter(tip=chain[-1], kind=TipLink.Kind.DUPLICATE)
        following = visible.filter(linked_from__in=links).exclude(pk__in=[t.pk for t in chain])
        if (following_tip := following.first()) is None:
            break
        chain.append(following_tip)
    if tip in chain:
        raise Refused(f"{found} is closed as a duplicate of this one. Open it again first.")
    return chain[-1]
