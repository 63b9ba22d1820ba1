"""What the desk answers to a form whose CSRF token does not fit (settings.CSRF_FAILURE_VIEW)."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from tips.admin import drafts, pages
from tips.admin.accounts import login


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form of our own pages whose token was replaced meanwhile: offered again.

    Raises PermissionDenied for any other, unless the browser says that it is of the same origin: at
    the desk, silence is foreign.
    """
    if request.headers.get("Sec-Fetch-Site") != "same-origin":
        raise PermissionDenied
    logging_in = request.path == reverse("admin:login")
    if not request.user.is_authenticated:
        if logging_in:
            return login.log_in_page(request, again=True)
        return login.ask_to_log_in(request)
    if logging_in:
        return login.after_log_in(request)
    mine = pages.named_in(request) == str(pages.officer_of(request).pk)
    path = drafts.address_of(request)
    if mine and drafts.may_be_carried(path):
        return drafts.show(request, path, drafts.typed_in(request))
    messages.warning(request, "This page was open too long. Nothing was done: do it again.")
    return pages.SeeOther(drafts.landing(request.path))
