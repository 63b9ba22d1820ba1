"""The trail beside a tip, and what an auditor asks from Start."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import template

from tips.models import Event, Officer

register = template.Library()
# What is never joined with its neighbour: each of these changes whose the tip is.
ALONE = {Event.Verb.RECEIVED, Event.Verb.TAKEN, Event.Verb.CLOSED}


@dataclass(frozen=True)
class Joined:
    """Equal neighbours of a trail as one line: the newest of them, and how many they are."""

    event: Event
    reason: str | None
    times: int = 1


@register.filter
def joined(trail: Iterable[tuple[Event, str | None]]) -> list[Joined]:
    """The trail with equal neighbours as one: "kim opened it, 5 times".

    Equal are the same verb by the same person about the same, without a reason.
    """
    lines: list[Joined] = []
    for event, reason in trail:
        before = lines[-1] if lines else None
        if before and not (before.reason or reason) and _is_same(before.event, event):
            lines[-1] = Joined(before.event, None, before.times + 1)
        else:
            lines.append(Joined(event, reason))
    return lines


def _is_same(one: Event, other: Event) -> bool:
    # Of an opening the number is the newest message, of a photo which one was shown.
    counts = one.verb == Event.Verb.OPENED or one.count == other.count
    same = (one.verb, one.by, one.about) == (other.verb, other.by, other.about)
    return counts and same and one.verb not in ALONE


@register.inclusion_tag("desk/_auditor_questions.html")
def auditor_questions() -> dict[str, Any]:
    """The reference box and the three questions; each is answered by its button."""
    names = Officer.objects.order_by("username").values_list("username", flat=True)
    return {"names": list(names)}
