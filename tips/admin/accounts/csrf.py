"""What the desk answers to a form that it cannot take: no session, or a replaced token."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from tips.admin import drafts, pages
from tips.admin.accounts import login


def ask_to_log_in(request: HttpRequest, *, notice: str = "") -> HttpResponse:
    """The log-in page, with what was typed inside it where it may be carried."""
    officer = pages.named_in(request)
    if officer and drafts.verb_of(request.path):
        carried = drafts.encrypted(request, officer)
        return login.log_in_page(request, carried=carried, next=request.path, notice=notice)
    landing = drafts.landing(request.path)
    return login.log_in_page(request, carried="", next=landing, lost=True, notice=notice)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form of our own pages whose token was replaced meanwhile: offered again.

    Raises PermissionDenied for any other, unless the browser says that it is of the same origin: at
    the desk, silence is foreign.
    """
    if request.headers.get("Sec-Fetch-Site") != "same-origin":
        raise PermissionDenied
    logging_in = request.path == reverse("admin:login")
    if not request.user.is_authenticated:
        return login.log_in_page(request, again=True) if logging_in else ask_to_log_in(request)
    if logging_in:
        return login.after_log_in(request)
    mine = pages.named_in(request) == str(pages.officer_of(request).pk)
    if mine and drafts.verb_of(request.path):
        return drafts.offer(request, request.path, drafts.fields_of(request))
    messages.warning(request, "This page was open too long. Nothing was done: do it again.")
    return pages.SeeOther(drafts.landing(request.path))
