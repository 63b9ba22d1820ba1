"""How a tip ends, and how it is opened again; which tip a duplicate repeats."""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from slu_antitrafficking.refusal import Refused
from tips.actions.change import NO_STAMP, Stamp, change, lock, once_digest
from tips.actions.columns import hours_once, turn_columns_now
from tips.actions.owners import raise_alarm, raise_alarm_if_nobodys
from tips.actions.words import checked, cleaned
from tips.models import IS_OPEN, Event, Officer, Tip, TipLink, may_be_opened_by, references


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
    """Closed with an outcome, for a reason; a duplicate names the tip that it repeats instead.

    That one is at least as urgent from then on. Raises Refused for an outcome that there is not or
    that is not this officer's to give, without a reason where one is asked, for a duplicate of
    nothing, for an urgent one of a closed tip, and for a reference that has nothing to do with the
    outcome; and Refused, AlreadyDone, NoDeskKey as `change` does.
    """
    now = lock(tip, stamp)
    if outcome not in Tip.Outcome:
        raise Refused("Choose an outcome; the tip is still open.")
    if not_theirs := now.why_not_closed_as(outcome, by):
        raise Refused(f"{not_theirs} The tip is still open.")
    is_duplicate = outcome == Tip.Outcome.DUPLICATE
    if duplicate_of.strip() and not is_duplicate:
        raise Refused(
            "You named a tip that it repeats. Choose Duplicate, or take the reference away;"
            " the tip is still open."
        )
    reason = cleaned(reason)
    if Tip.Outcome(outcome).asks_why and not reason:
        raise Refused("Say why; the tip is still open.")
    linked = _link_to_repeated(tip, by, duplicate_of) if is_duplicate else None
    change(
        tip,
        Event.Verb.CLOSED,
        by,
        stamp,
        IS_OPEN,
        about=outcome,
        reason=reason,
        linked=linked,
        status=Tip.Status.CLOSED,
        outcome=outcome,
        closed_on=timezone.localdate(),
        turn_until=None,
        hours_to_close=hours_once("hours_to_close"),
    )


@transaction.atomic
def reopen(*, tip: Tip, by: Officer, reason: str, stamp: Stamp = NO_STAMP) -> None:
    """Active again, for a reason; an urgent one that is nobody's alarms.

    Raises Refused when there is no reason; and Refused, AlreadyDone, NoDeskKey as `change` does.
    """
    reason = checked(reason, "Say why it is opened again; nothing was changed.")
    when = Q(status=Tip.Status.CLOSED)
    changes = turn_columns_now(Tip.Cause.REOPENED) | {"outcome": "", "closed_on": None}
    change(tip, Event.Verb.REOPENED, by, stamp, when, reason=reason, **changes)
    raise_alarm_if_nobodys(tip)


@transaction.atomic
def unlink(*, tip: Tip, by: Officer, reference: str, stamp: Stamp = NO_STAMP) -> None:
    """The tip and the one of this reference are no duplicates any more, whichever way round.

    Raises Refused while one is closed as a duplicate of the other and where they are not linked,
    or the officer may not open the other; AlreadyDone when this very press was carried out before.
    """
    lock(tip, stamp)
    from_here = Q(tip=tip, other__reference=reference) & may_be_opened_by(by, "other__")
    to_here = Q(tip__reference=reference, other=tip) & may_be_opened_by(by, "tip__")
    of_either = from_here | to_here
    links = TipLink.objects.filter(of_either, kind=TipLink.Kind.DUPLICATE)
    if closed := links.filter(tip__outcome=Tip.Outcome.DUPLICATE).first():
        raise Refused(f"{closed.tip} is closed as a duplicate. Open it again first.")
    if not links.delete()[0]:
        raise Refused(f"{reference or 'That tip'} is not linked to this one.")
    once = once_digest(stamp)
    Event.objects.record(Event.Verb.UNLINKED, tip=tip, by=by, about=reference, once=once)


def other_tip(tip: Tip, by: Officer, typed: str, question: str) -> Tip:
    """The tip that was named beside this one.

    Raises Refused when none was, for this one itself, and for one that the officer may not open.
    """
    reference = references.parse(typed)
    if not reference:
        raise Refused(f"{question}, by its reference, like KD-4821. Nothing was changed.")
    found = Tip.objects.visible_to(by).without_blobs().filter(reference=reference).first()
    if found is None:
        raise Refused(f"There is no tip {reference} that you may open. Nothing was changed.")
    if found.pk == tip.pk:
        raise Refused(f"{reference} is this tip itself. {question}; nothing was changed.")
    return found


def _link_to_repeated(tip: Tip, by: Officer, reference: str) -> Tip | None:
    """Links it to the tip that it repeats; gives that tip, or None where they were linked already.

    Raises Refused where there is none, for a circle, and where nobody would look at an urgent one.
    """
    other = _repeated_tip(tip, by, reference)
    _keep_urgency(tip, other, by)
    kind = TipLink.Kind.DUPLICATE
    _, is_new = TipLink.objects.get_or_create(tip=tip, other=other, kind=kind)
    return other if is_new else None


def _repeated_tip(tip: Tip, by: Officer, reference: str) -> Tip:
    """The tip of this reference, or the first one of those that it repeats itself.

    Raises Refused where there is none that the officer may open, and for a circle.
    """
    found = other_tip(tip, by, reference, "Say which tip it repeats")
    visible = Tip.objects.visible_to(by).without_blobs()
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


def _keep_urgency(copy: Tip, first: Tip, by: Officer) -> None:
    """The tip that stays is as urgent as its copy; whoever else has it is alarmed.

    Raises Refused where nobody would look: the copy is urgent and the other one closed.
    """
    is_danger = copy.urgency == Tip.Urgency.DANGER
    if is_danger and not first.is_open:
        raise Refused(
            f"This tip is urgent, and {first} is closed. Open {first} again first;"
            " this one is still open."
        )
    if not first.is_open or first.urgency <= copy.urgency:
        return
    raised = (first, Event.Verb.RAISED, by, NO_STAMP, IS_OPEN)
    change(*raised, about=str(copy), urgency=copy.urgency)
    if is_danger and first.owner_id != by.pk:
        raise_alarm(first)
