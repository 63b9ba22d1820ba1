"""/desk/pile/: to the first tip that nobody has; left, undone, and the page at the end."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from tips import actions
from tips.actions import AlreadyDone, Refused
from tips.admin import pages
from tips.admin.triage import detail, pile, verb_views
from tips.admin.triage.verbs import words_left
from tips.models import Officer, Tip

SHOWN = "shown"  # of the tip's form: on which tip of the pile somebody is
FIRST_SEND = "Send what you typed, or clear it. Nothing was done."


def start(request: HttpRequest) -> HttpResponse:
    """GET: to the first tip; what was left before is offered again.

    Raises PermissionDenied for a role that opens no tips.
    """
    officer = _officer(request)
    pile.begin(request)
    return pages.SeeOther(pile.next_url(request, officer))


@require_safe
def end(request: HttpRequest) -> HttpResponse:
    """What was done, and what of it can be undone."""
    officer = _officer(request)
    verdicts = pile.verdicts(request)
    context = {
        "title": "The pile is done",
        "verdicts": [verdict for verdict in verdicts if verdict.done != pile.LEFT],
        "left": [verdict for verdict in verdicts if verdict.done == pile.LEFT],
        "pile": {"last": verdicts[-1] if verdicts else None},
        "waiting": pile.number_to_take(Tip.objects.visible_to(officer)),
    }
    return pages.page(request, "desk/pile_end.html", context)


@sensitive_post_parameters()
@require_POST
def leave(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The next tip; this one is not shown again in this session's pile."""
    officer = _officer(request)
    tip = actions.visible_tip(pk=pk, by=officer)
    if tip is None:
        left = words_left(request.POST)
        gone = verb_views.words_back(request) if left else None
        return gone or pages.SeeOther(pile.next_url(request, officer))
    if words_left(request.POST):
        return detail.show(request, tip, typed=request.POST, refused=FIRST_SEND)
    return pages.SeeOther(pile.after(request, officer, tip, pile.LEFT))


@sensitive_post_parameters()
@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """The last verdict taken back: to that tip, which waits as before."""
    officer = _officer(request)
    verdicts = pile.verdicts(request)
    if not verdicts:
        return pages.SeeOther(pile.next_url(request, officer))
    if words_left(request.POST):
        return _first_send(request)
    *earlier, last = verdicts
    tip = actions.visible_tip(pk=UUID(last.pk), by=officer)
    try:
        if tip and last.done != pile.LEFT:
            actions.undo(tip=tip, by=officer)
    except AlreadyDone:
        pass
    except Refused as refusal:
        messages.warning(request, f"{last.reference}: {refusal}")
        return pages.SeeOther(pile.next_url(request, officer))
    pile.keep(request, earlier)
    return pages.SeeOther(pile.url_of(UUID(last.pk)) if tip else pile.next_url(request, officer))


def _officer(request: HttpRequest) -> Officer:
    officer = pages.officer_of(request)
    if not officer.opens_tips:
        raise PermissionDenied
    return officer


def _first_send(request: HttpRequest) -> HttpResponse:
    """The tip on which something was typed, with it."""
    try:
        tip = detail.visible(request, UUID(request.POST.get(SHOWN, "")))
    except (Http404, ValueError):
        return verb_views.words_back(request)
    return detail.show(request, tip, typed=request.POST, refused=FIRST_SEND)
