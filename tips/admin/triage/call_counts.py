"""Calls from which no tip comes: counted by day and kind, undone by one press, and nothing kept."""

from datetime import date
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from slu_antitrafficking.ttl_cache import TTLCache
from tips import actions
from tips.admin import pages
from tips.crypto import receipts
from tips.models import CallWithoutTip

UNDO_FOR = 600  # seconds
SALT = "tips.admin.triage.call_counts"
# The one-use keys of presses, in this one process's memory: a row would tell the minute.
_pressed: TTLCache[bool] = TTLCache(UNDO_FOR * 2)


@require_POST
def count(request: HttpRequest) -> HttpResponse:
    """One more call of a kind, or the last press undone; both once a press."""
    title = "No tip from this call"
    if token := request.POST.get("undo", ""):
        undone = _undo(token)
        said = f"Not counted: {undone}." if undone else "It is too late to undo that here."
        return _page(request, {"title": title, "said": said})
    kind, once = request.POST.get("kind", ""), request.POST.get("once", "")
    if kind not in CallWithoutTip.Kind or not receipts.is_idempotency_key(once):
        return pages.SeeOther(reverse("admin:tips_tip_add"))
    day = timezone.localdate()
    _once(once, kind, day.isoformat(), 1)
    token = signing.dumps([once, kind, day.isoformat()], salt=SALT)
    said = f"Counted for today: {CallWithoutTip.Kind(kind).label.lower()}."
    return _page(request, {"title": title, "said": said, "undo": token})


def context() -> dict[str, Any]:
    """What the buttons need: the kinds, and how often each was counted today."""
    today = CallWithoutTip.objects.filter(day=timezone.localdate(), count__gt=0)
    counted = [
        (CallWithoutTip.Kind(kind).label, n) for kind, n in today.values_list("kind", "count")
    ]
    return {"kinds": CallWithoutTip.Kind.choices, "counted": counted}


def _page(request: HttpRequest, shown: dict[str, Any]) -> HttpResponse:
    return pages.page(request, "desk/call_counted.html", shown)


def _undo(token: str) -> str:
    """What was undone; empty for a token that is too old, or none of ours."""
    try:
        once, kind, day = signing.loads(token, salt=SALT, max_age=UNDO_FOR)
    except signing.BadSignature:
        return ""
    _once(f"undo {once}", kind, day, -1)
    return str(CallWithoutTip.Kind(kind).label.lower())


def _once(press: str, kind: str, day: str, by: int) -> None:
    """Counts, unless this very press was counted before."""

    def counted(_: bool | None) -> bool:
        actions.count_call_without_tip(kind=kind, day=date.fromisoformat(day), by=by)
        return True

    _pressed.get(press, counted)
