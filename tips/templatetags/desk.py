"""How the desk writes times and languages."""

from datetime import datetime, timedelta
from typing import Any

from django import template
from django.template.defaultfilters import pluralize
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from tips.crypto import receipts
from tips.models import Event, Tip
from tips.models.queue_order import COUNTED
from tips.models.vocabulary import Language, SetAside, YesNo

register = template.Library()
V = Event.Verb
ABOUT_A_PHOTO = {V.PHOTO, V.PHOTO_LOCKED, V.PHOTO_UNLOCKED, V.REFUSED}


@register.simple_tag
def one_use_key() -> str:
    """A key for one form: pressed three times, it does one thing."""
    return receipts.new_idempotency_key()


@register.filter
def hour(moment: datetime | None) -> str:
    """A citizen's hour: "Mon 9 Mar, 02h"."""
    return f"{_day(moment)}, {timezone.localtime(moment):%H}h" if moment else ""


@register.filter
def minute(moment: datetime | None) -> str:
    """An officer's minute: "Mon 9 Mar, 14:05"."""
    return f"{_day(moment)}, {timezone.localtime(moment):%H:%M}" if moment else ""


@register.filter
def event_time(event: Event) -> str:
    """An event in the narrow trail: "9 Mar 14:05"; to the hour where a citizen caused it."""
    local = timezone.localtime(event.at)
    clock = f"{local:%H:%M}" if event.by else f"{local:%H}h"
    return f"{local.day} {local:%b}{_other_year(local)} {clock}"


@register.filter
def photos(event: Event) -> str:
    """Which photo it is about, or what a message came with; of other events nothing."""
    if event.count and event.verb in ABOUT_A_PHOTO:
        return f"photo {event.count}"
    if event.verb != V.MESSAGE:
        return ""
    danger = "it has become dangerous" if event.about == "danger" else ""
    came = f"{event.count} photo{pluralize(event.count)}" if event.count else ""
    return ", ".join(filter(None, (danger, came)))


@register.filter
def marks(tip: Tip) -> SafeString:
    """What makes a tip special, each thing a word in its colour."""
    all_marks = (
        ("urgent", "Urgent", tip.urgency == Tip.Urgency.DANGER),
        ("child", "Child", tip.under_18 == YesNo.YES),
        ("self", "Themselves", tip.for_self),
        ("lock", "Restricted", tip.restricted),
        ("aside", tip.get_set_aside_display(), tip.set_aside != SetAside.NO),
    )
    shown = [(kind, word) for kind, word, true in all_marks if true]
    return format_html_join(" ", '<span class="mark mark--{}">{}</span>', shown)


# What a colleague did with a tip, before its reference.
DONE_TO = {
    Event.Verb.TAKEN: "took over",
    Event.Verb.GIVEN: "gave away",
    Event.Verb.RAISED: "raised",
    Event.Verb.LOWERED: "lowered",
    Event.Verb.CLOSED: "closed",
    Event.Verb.REOPENED: "opened again",
    Event.Verb.RESTRICTED: "restricted",
    Event.Verb.UNDONE: "undid something on",
    Event.Verb.NOTED: "wrote a note on",
    Event.Verb.TRANSCRIBED: "wrote down what was said about",
    Event.Verb.PHOTO_LOCKED: "locked a photo of",
}


@register.filter
def done_to(event: Event) -> str:
    """What somebody did with a tip, in words that go before its reference."""
    return DONE_TO[Event.Verb(event.verb)]


@register.filter
def outcome(about: str) -> str:
    """An outcome in words; a name as it is."""
    return str(dict(Tip.Outcome.choices).get(about, about))


@register.filter
def capped(number: int) -> str:
    """A number that was counted up to COUNTED: "17", "1,000+"."""
    return f"{COUNTED:,}+" if number > COUNTED else str(number)


@register.filter
def elapsed(since: datetime | None) -> str:
    """How long ago: "12 min", "5 h 12 min", "2 days 22 h"."""
    if since is None:
        return ""
    ago = max(timezone.now() - since, timedelta())
    hours, minutes = divmod(int(ago.total_seconds()) // 60, 60)
    if ago.days:
        return f"{ago.days} {'day' if ago.days == 1 else 'days'} {hours % 24} h"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


@register.filter
def days_away(moment: datetime, days: int) -> str:
    """The day so many days after it, or before it, as a form's field takes it."""
    return f"{timezone.localdate(moment) + timedelta(days=days)}"


@register.filter
def language(code: str) -> str:
    """A language's English name."""
    return Language(code).english if code in Language else code


@register.filter
def paragraphs(text: Any) -> list[str]:
    """The text's lines, each its own paragraph; nothing in it becomes a link."""
    return [line for line in str(text).splitlines() if line.strip()]


def _day(moment: datetime | None) -> str:
    local = timezone.localtime(moment)
    return f"{local:%a} {local.day} {local:%b}{_other_year(local)}"


def _other_year(local: datetime) -> str:
    """A space and the year, unless it is this one."""
    return "" if local.year == timezone.localdate().year else f" {local.year}"
