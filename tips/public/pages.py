"""What the pages of tips share: none is kept, and while nothing works each has the numbers."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from tips.crypto import active_key
from tips.public import desk_reading, same_origin
from tips.public.forms import PublicForm

# Nothing can be taken or read just now; whatever was typed goes back with the page.
UNAVAILABLE = (active_key.NoDeskKey, DatabaseError, InterfaceError)
log = logging.getLogger(__name__)


def tip_page(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """A page that answers 503 with the numbers while no tip could be taken or no answer read."""

    @wraps(view)
    def page(request: HttpRequest) -> HttpResponse:
        try:
            if request.method != "POST":
                must_be_open()
            return view(request)
        except UNAVAILABLE:
            log.exception("unavailable")
            return unavailable_page(request)

    return sensitive_post_parameters()(require_http_methods(["GET", "HEAD", "POST"])(page))


def must_be_open() -> None:
    """Raises NoDeskKey unless tips can be sealed, and recovered by sheets that are on paper."""
    key = active_key.current()
    if not key.sheets_confirmed and not settings.ON_LOOPBACK:
        raise active_key.NoDeskKey


def form_page(
    request: HttpRequest,
    template: str,
    form: PublicForm,
    *,
    must_resubmit: bool = False,
    unavailable: bool = False,
    over_limit: bool = False,
    soon: bool = False,
) -> HttpResponse:
    """A form that comes back says why before anything else.

    `must_resubmit`: another site sent it. `unavailable`: nothing is taken. `over_limit`: too much
    came from this network; `soon`: more is taken in a minute.
    """
    form.again = unavailable or (over_limit and not form.errors)
    context = {
        "form": form,
        "must_resubmit": must_resubmit,
        "resubmission": same_origin.resubmission() if must_resubmit else "",
        "unavailable": unavailable,
        "over_limit": over_limit,
        "soon": soon,
    }
    status = 503 if unavailable else 429 if over_limit else 200
    return quiet_page(request, template, context, status=status)


def unavailable_page(request: HttpRequest) -> HttpResponse:
    """Nothing is lost yet, so there is no form to keep: the numbers, and when to try again."""
    context = {
        "title": _("We cannot take anything here just now"),
        "advice": _("Please call, or try again in a few minutes."),
        "quiet": True,
    }
    response = render(request, "errors/error.html", context, status=503)
    response["Retry-After"] = "60"
    return response


def quiet_page(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """A quiet page; the middleware sees to it that nothing keeps it."""
    context |= {"quiet": True, "nobody_reads": desk_reading.is_silent()}
    return render(request, f"tips/{template}.html", context, status=status)
