"""How an officer leaves the desk: out, and out on every machine."""

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from tips.access import accounts
from tips.admin import pages
from tips.admin.accounts import login

# What a browser may have kept of the desk goes, except the cookies: those were just deleted.
CLEAR = '"cache", "storage"'


def log_out(request: HttpRequest) -> HttpResponse:
    """This session is gone; GET changes nothing."""
    if request.method != "POST":
        return pages.SeeOther("../")
    return _left(request, "You are logged out.")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Every session of this officer is gone."""
    officer = pages.officer_of(request)
    accounts.sign_out_everywhere(officer=officer, by=officer)
    return _left(request, "You are signed out on every machine.")


def _left(request: HttpRequest, sentence: str) -> HttpResponse:
    request.session.flush()
    request.user = AnonymousUser()
    response = login.log_in_page(request, notice=sentence, next="", carried="")
    response.headers["Clear-Site-Data"] = CLEAR
    return response
