"""The desk's side of alarms: I am on it, the morning's digits, the test alarm and what became of
it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from slu_antitrafficking.refusal import Refused
from tips import actions
from tips.actions import AlreadyDone, Stamp
from tips.actions.change import once_digest
from tips.admin import pages, urgent
from tips.alarms import health, recipients
from tips.crypto import receipts
from tips.models import Event, Mail, MorningDigits, Officer

TEST_AGAIN = timedelta(minutes=2)
UNDELIVERED = 50  # as many stand on the page
OF_LIST = ("kind", "recipient", "made_at", "due_at", "tries", "failed", "sent_at")


def on_it(request: HttpRequest) -> HttpResponse:
    """POST: takes the urgent tip that has waited longest, and leads to it."""
    officer = pages.officer_of(request)
    start = reverse("admin:index")
    if request.method != "POST" or not officer.opens_tips:
        return pages.SeeOther(start)
    once = request.POST.get("once", "")
    stamp = Stamp("", once if receipts.is_idempotency_key(once) else "")
    for tip in urgent.longest_waiting(officer)[:20]:
        try:
            actions.take(tip=tip, by=officer, stamp=stamp)
        except AlreadyDone:
            break
        except Refused:  # somebody else was faster: the next one
            continue
        messages.success(request, "You have it. The others, if there are any, go on alarming.")
        return pages.SeeOther(reverse("admin:tips_tip_change", args=(tip.pk,)))
    done = Event.objects.filter(once=once_digest(stamp)).first() if stamp.once else None
    if done and done.by == officer.username:
        return pages.SeeOther(reverse("admin:tips_tip_change", args=(done.tip_id,)))
    messages.info(request, "No urgent tip is left that nobody has: a colleague was faster.")
    return pages.SeeOther(start)


def read_digits(request: HttpRequest) -> HttpResponse:
    """POST `digits`: those of today's morning mail, typed by whoever has read it."""
    start = pages.SeeOther(reverse("admin:index"))
    today = MorningDigits.objects.filter(day=timezone.localdate()).first()
    if request.method != "POST" or today is None:
        return start
    typed = request.POST.get("digits", "").strip()
    if not constant_time_compare(typed, today.digits):
        messages.error(request, "Those are not the digits of today's morning mail.")
        return start
    if not _was_today(_last_read()):
        officer = pages.officer_of(request)
        Event.objects.record(Event.Verb.MAIL_READ, by=officer, about=str(today.day))
    messages.success(request, "Thank you: mail is read.")
    return start


def of_mail(read: datetime | None, seen: health.State) -> dict[str, Any]:
    """What the desk's page shows of mail: lines of health, and whether it asks for today's digits.

    `read`: when somebody last typed a morning's digits.
    """
    return {
        "mail_health": health.lines(timezone.now(), seen, read),
        "asks_for_digits": asks_for_digits(read, seen),
    }


def asks_for_digits(read: datetime | None, seen: health.State) -> bool:
    """Whether there are digits of today that nobody has typed."""
    return seen.today and not _was_today(read)


def _last_read() -> datetime | None:
    return Event.objects.last_of(Event.Verb.MAIL_READ).get(Event.Verb.MAIL_READ)


def _was_today(read: datetime | None) -> bool:
    return read is not None and timezone.localdate(read) == timezone.localdate()


def screen(request: HttpRequest) -> HttpResponse:
    """Who is told, the last test alarm and what became of it, and what could not be delivered."""
    officer = pages.officer_of(request)
    test = Event.objects.filter(verb=Event.Verb.ALARM_TESTED).order_by("-at").first()
    undelivered = _listed().filter(sent_at=None, tries__gt=0)
    context = of_mail(_last_read(), health.state(timezone.now())) | {
        "title": "Alarms",
        "desk": recipients.named(recipients.of_desk(), officer),
        "supervisors": recipients.named(recipients.of_supervisors(), officer),
        "alarm_line": bool(recipients.of_alarm_line()),
        "test": test,
        "mails_of_test": _named(_listed().filter(test=test.pk).order_by("recipient"), officer)
        if test
        else (),
        "undelivered": _named(undelivered.order_by("made_at")[:UNDELIVERED], officer),
        "more_undelivered": max(undelivered.count() - UNDELIVERED, 0),
    }
    return pages.page(request, "desk/alarms.html", context)


def test_alarm(request: HttpRequest) -> HttpResponse:
    """POST: an event, which the mail process makes mails of."""
    officer = pages.officer_of(request)
    if request.method == "POST" and officer.opens_tips:
        lately = timezone.now() - TEST_AGAIN
        pressed = Event.objects.filter(verb=Event.Verb.ALARM_TESTED, at__gt=lately)
        if pressed.exists():
            messages.info(request, "An alarm was tested just now: look below what became of it.")
        elif not recipients.everybody():
            messages.error(request, "Nobody is told of alarms, so nothing was tested.")
        else:
            Event.objects.record(Event.Verb.ALARM_TESTED, by=officer)
            messages.success(request, "Within half a minute everybody below gets it.")
    return pages.SeeOther(reverse("admin:alarms"))


def _named(mails: Iterable[Mail], officer: Officer) -> list[tuple[str, Mail]]:
    """Each with its recipient as this officer reads it."""
    return [(recipients.named([mail.recipient], officer)[0], mail) for mail in mails]


def _listed() -> Any:
    """Mails without their bodies, which the desk may not read."""
    return Mail.objects.only(*OF_LIST)
