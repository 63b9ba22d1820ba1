"""From which list a tip was opened, and where it stood there: what is next, whatever becomes of it.

The session remembers that of the last tips, because each press on a tip leads to an address of its
own, and the tip may have left the list by then.
"""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_safe

from tips.admin import pages
from tips.admin.triage.listing import Listing

OF_SESSION = "list_places"  # by the tip's id: the query string of its list from behind it on
REMEMBERED = 20
LONGEST = 500  # characters; what is longer was not one of our links


def remember(request: HttpRequest, pk: UUID) -> None:
    """Keeps the place where the tip is opened by a link of a list."""
    query = request.GET.urlencode()
    if "after" not in request.GET or len(query) > LONGEST:
        return
    others = {key: one for key, one in _places(request).items() if key != str(pk)}
    newest = list(others.items())[1 - REMEMBERED :]
    request.session[OF_SESSION] = dict(newest) | {str(pk): query}


def is_from_a_list(request: HttpRequest, pk: UUID) -> bool:
    """Whether the tip was opened from a list, in which another one may be next."""
    return str(pk) in _places(request)


@require_safe
def go_on(request: HttpRequest, pk: UUID) -> HttpResponse:
    """To the tip that is next in the list; to the queue at its end, or where none is remembered.

    Raises PermissionDenied for a role that opens no tips.
    """
    officer = pages.officer_of(request)
    if not officer.opens_tips:
        raise PermissionDenied
    queue = reverse("admin:tips_tip_changelist")
    query = _places(request).get(str(pk))
    if query is None:
        return pages.SeeOther(queue)
    listing = Listing(officer, QueryDict(query))
    if listing.after and (tips := listing.page(1)):
        (tip,) = tips
        url = reverse("admin:tips_tip_change", args=(tip.pk,))
        return pages.SeeOther(f"{url}?{listing.address(tip.place)}")
    if listing.after:
        messages.info(request, "That was the last tip of the list.")
    return pages.SeeOther(f"{queue}?{listing.address()}")


def _places(request: HttpRequest) -> dict[str, str]:
    found: dict[str, str] = request.session.get(OF_SESSION, {})
    return found
