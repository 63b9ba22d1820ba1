"""Writes the mails that are due into the outbox, in one short transaction; sends nothing."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import TruncHour

from campaign import offers
from tips.alarms import ladder, morning, recipients, words
from tips.alarms.ladder import Step
from tips.alarms.outbox import add, add_test
from tips.models import HEARTBEAT, Alarm, Event, Mail, Recusal, Tip, Upkeep
from tips.models.vocabulary import SetAside

MOST_STEPS = 32_767  # as many as the column holds: every hour for almost four years
MOST = 500  # alarms a round; the others are due still in the next
# How far apart urgent mails to one person are at least; and in a flood, which is more alarms than
# this within the hour.
GAP, GAP_IN_FLOOD, FLOOD = timedelta(minutes=2), timedelta(minutes=15), 120
WITH_MINUTES = timedelta(minutes=15)  # how long a delivered mail has them: the gaps lean on them
KEPT = timedelta(days=8)  # what was delivered, for the page about alarms
TESTED = timedelta(hours=1)  # an older press of Test alarm is no test any more
NEVER_MAILED = Q(tip__set_aside__gt=SetAside.NO, tip__owner=None)  # but by the morning mail


@transaction.atomic
def plan(now: datetime) -> None:
    """What is due at this moment; nothing while somebody else plans."""
    if not _is_ours(now):
        return
    _forget(now)
    Alarm.objects.filter(due_at__lte=now, tip__status=Tip.Status.CLOSED).delete()
    _tell_of_urgent(now)
    _tell_of_others(now)
    morning.plan(now)
    _tell_of_tests(now)


def _is_ours(now: datetime) -> bool:
    """Whether nobody else plans: the row of the heartbeat is whoever's until they are through.

    An advisory lock would do, but nobody's role may take one.
    """
    beat = Upkeep(name=HEARTBEAT, done_at=now)
    Upkeep.objects.bulk_create([beat], ignore_conflicts=True)
    row = Upkeep.objects.select_for_update(skip_locked=True).filter(name=HEARTBEAT)
    return bool(row.values_list("name"))


def _tell_of_urgent(now: datetime) -> None:
    due = _due(Q(urgent=True, due_at__lte=now))
    steps = _advance(due, partial(ladder.urgent, now=now))
    if not due:
        return
    people = [*recipients.of_alarm_line(), *_people(due, steps)]
    lately = Alarm.objects.filter(urgent=True, since__gt=now - ladder.HOUR)
    gap = GAP if lately.count() <= FLOOD else GAP_IN_FLOOD
    body = _body(due, steps, urgent=True)
    for person in people:
        add(Mail.Kind.URGENT, person, body, now, gap)


def _tell_of_others(now: datetime) -> None:
    due = _due(Q(urgent=False, due_at__lt=ladder.last_batch(now)) & ~NEVER_MAILED)
    steps = _advance(due, partial(ladder.other, now=now, office=offers.hours()))
    if not due:
        return
    body = _body(due, steps, urgent=False)
    for person in _people(due, steps):
        add(Mail.Kind.WAITING, person, body, now)


def _due(which: Q) -> list[Alarm]:
    """These alarms, which nobody changes until the end of the transaction."""
    rows = Alarm.objects.select_for_update(of=("self",), skip_locked=True).filter(which)
    needed = ("urgent", "since", "step", "due_at", "tip__restricted")
    known = Exists(Recusal.objects.filter(tip=OuterRef("tip")))
    rows = rows.select_related("tip").only(*needed).annotate(is_known_to_somebody=known)
    return list(rows.order_by("due_at")[:MOST])


def _advance(due: list[Alarm], step_of: Callable[[datetime], Step]) -> list[Step]:
    """Sets each on its next step; which steps they are at now."""
    steps = [step_of(alarm.since) for alarm in due]
    for alarm, step in zip(due, steps, strict=True):
        # An hour instead of its minute, as housekeeping leaves it, brings no step back.
        alarm.step = min(max(step.number, alarm.step), MOST_STEPS)
        alarm.due_at = step.next_at
    Alarm.objects.bulk_update(due, ["step", "due_at"])
    return steps


def _people(due: Iterable[Alarm], steps: Iterable[Step]) -> list[str]:
    """The desk; and the supervisors with the last steps, and where not every officer opens it."""
    to_all = any(
        step.supervisors or alarm.tip.restricted or alarm.is_known_to_somebody  # type: ignore[attr-defined]
        for alarm, step in zip(due, steps, strict=True)
    )
    return recipients.of_mail() if to_all else recipients.of_desk()


def _body(due: Iterable[Alarm], steps: Iterable[Step], *, urgent: bool) -> str:
    since = min(alarm.since for alarm in due)
    return words.of_alarm(urgent=urgent, since=since, step=max(step.number for step in steps))


def _tell_of_tests(now: datetime) -> None:
    """What somebody pressed at the desk, which writes no mail itself."""
    pressed = Event.objects.filter(verb=Event.Verb.ALARM_TESTED, at__gt=now - TESTED)
    planned = Mail.objects.filter(test__isnull=False).values("test")
    for event in pressed.exclude(pk__in=planned).values_list("pk", flat=True):
        for person in recipients.everybody():
            add_test(event, person, words.of_test(), now)


def _forget(now: datetime) -> None:
    """Minutes soon after delivery, mails after days, and alarms of those whom nobody mails any
    more."""
    Mail.objects.filter(sent_at__lt=now - KEPT).delete()
    unsent = Mail.objects.filter(sent_at=None)
    alarms = unsent.filter(kind__in=Mail.ALARMS)
    alarms.exclude(recipient__in=recipients.everybody()).delete()
    unsent.exclude(kind__in=Mail.ALARMS).filter(made_at__lt=now - KEPT).delete()
    hours = {name: TruncHour(name, tzinfo=UTC) for name in ("made_at", "due_at", "sent_at")}
    sent = Mail.objects.filter(sent_at__lt=now - WITH_MINUTES)
    sent.exclude(**hours).update(**hours)
