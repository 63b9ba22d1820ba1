"""What nobody has taken, one tip after the other: where in the pile somebody is.

The session holds which tips were left or decided on, by id and reference, and nothing of them.
"""

import time
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from tips.admin.triage import filters
from tips.models import IS_LISTED, IS_OPEN, Officer, Tip, TipQuerySet
from tips.models.queue_order import capped_counts, page
from tips.models.tip import MAY_UNDO_FOR

FIELD = "pile"  # of a tip's address and form: it is worked on as one of the pile
_KEPT = "pile"  # of the session
LEFT = "left for later"


class Verdict(NamedTuple):
    """What was done with a tip of the pile; LEFT: nothing, and it is not shown again."""

    pk: str
    reference: str
    done: str
    undo_until: float = 0.0  # as time.time() counts; of what can be undone at all

    @property
    def may_be_undone(self) -> bool:
        """Whether *Undo* is offered: what was left always, what left the desk never."""
        return self.done == LEFT or time.time() < self.undo_until


def is_on(request: HttpRequest) -> bool:
    """Whether the tip is worked on as one of the pile."""
    return FIELD in (request.POST if request.method == "POST" else request.GET)


def after(
    request: HttpRequest, officer: Officer, tip: Tip, done: str, *, may_be_undone: bool = False
) -> str:
    """Remembers the verdict; the address of the next tip, or of the end."""
    until = time.time() + MAY_UNDO_FOR.total_seconds() if may_be_undone else 0.0
    verdict = Verdict(str(tip.pk), tip.reference or "", done, until)
    others = [one for one in verdicts(request) if one.pk != verdict.pk]
    keep(request, [*others, verdict])
    return next_url(request, officer)


def next_url(request: HttpRequest, officer: Officer) -> str:
    """The address of the next tip of the pile, or of its end."""
    so_far = verdicts(request)
    waiting, now = Tip.objects.visible_to(officer).without_blobs(), timezone.now()
    rows = waiting.exclude(pk__in=[verdict.pk for verdict in so_far])
    to_take, late = filters.tabs(officer, now)["take"].parts, filters.late_before(now)
    first = next(iter(page(rows, to_take, late, as_of=now, most=1)), None)
    request.session[_KEPT] = {
        "verdicts": [list(verdict) for verdict in so_far],
        "total": len(so_far) + number_to_take(rows),
    }
    return url_of(first.pk) if first else reverse("admin:pile_end")


def url_of(pk: UUID) -> str:
    """The address of a tip of the pile."""
    return f"{reverse('admin:tips_tip_change', args=(pk,))}?{FIELD}=1"


def context(request: HttpRequest, tip: Tip) -> dict[str, Any]:
    """Where in the pile this tip stands, and the last verdict; empty where none is worked on."""
    if not is_on(request):
        return {}
    so_far = verdicts(request)
    others = [verdict for verdict in so_far if verdict.pk != str(tip.pk)]
    total = request.session.get(_KEPT, {}).get("total", 0)
    number = len(others) + 1
    last = others[-1] if others else None
    return {"pile": {"number": number, "total": max(total, number), "last": last}}


def number_to_take(rows: TipQuerySet) -> int:
    """How many of these wait for somebody to take them; at most COUNTED + 1."""
    return capped_counts(rows, {"": IS_OPEN & Q(owner=None) & IS_LISTED})[""]


def verdicts(request: HttpRequest) -> list[Verdict]:
    """What was done so far, the last one last."""
    return [Verdict(*kept) for kept in request.session.get(_KEPT, {}).get("verdicts", [])]


def keep(request: HttpRequest, so_far: list[Verdict]) -> None:
    """Goes on with these verdicts."""
    total = request.session.get(_KEPT, {}).get("total", 0)
    request.session[_KEPT] = {"verdicts": [list(one) for one in so_far], "total": total}


def begin(request: HttpRequest) -> None:
    """Forgets what was done before: what was left is offered again."""
    request.session[_KEPT] = {"verdicts": [], "total": 0}
