"""Where an officer lands whose own press took a tip away from them."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from campaign import offers
from tips import actions
from tips.actions import Stamp
from tips.admin import pages, police_unit
from tips.admin.triage.verb import Verb
from tips.models import Officer, Tip

# By verb: the heading, and what holds from now on.
LEFT = {
    "recuse": (
        "You are out of this tip",
        (
            "It is in none of your lists, counts and links any more, and its address says that"
            " there is no such tip. Colleagues go on with it.",
            "Only a supervisor lets you in again.",
        ),
    ),
    "restrict": (
        "The tip is restricted",
        (
            "Supervisors alone list and open it. It is in none of your lists any more, and its"
            " address says that there is no such tip.",
        ),
    ),
    "lock_photo": (
        "The photo is locked",
        (
            "Supervisors alone are shown it. They alone list and open the tip, and it is marked as"
            " held. An open tip alarms until one of them takes it.",
            "Tell a supervisor now, by its reference.",
        ),
    ),
}


@require_safe
def screen(request: HttpRequest, verb: str) -> HttpResponse:
    """Says nothing of the tip itself: whoever typed this address learns nothing.

    Raises PermissionDenied for a role that opens no tips, Http404 for a verb that nobody leaves by.
    """
    if not pages.officer_of(request).opens_tips:
        raise PermissionDenied
    if verb not in LEFT:
        raise Http404
    title, lines = LEFT[verb]
    police = offers.desk_line(police_unit.LINE) if verb == "lock_photo" else ""
    return pages.page(
        request, "desk/left.html", {"title": title, "lines": lines, "locked_photo": police}
    )


def has_left(verb: Verb, tip: Tip, officer: Officer) -> bool:
    """Whether this verb has just taken the tip away from whoever pressed it."""
    return verb.name in LEFT and not tip.is_visible_to(officer)


def was_left_by(verb: Verb, stamp: Stamp, officer: Officer) -> bool:
    """Whether this very press took a tip away from this officer before."""
    return verb.name in LEFT and actions.was_pressed(stamp, officer)


def last_page(verb: Verb) -> pages.SeeOther:
    """To the page that says what was done."""
    return pages.SeeOther(reverse("admin:tips_tip_left", args=(verb.name,)))
