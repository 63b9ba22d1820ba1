"""Answers that belong to no app: health, robots.txt, security.txt, and every error."""

import logging
import sys
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.core.exceptions import (
    BadRequest,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.db import Error, InterfaceError, OperationalError, connection
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
    HttpResponseRedirect,
)
from django.http.multipartparser import MultiPartParserError
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from campaign import addresses, offers
from slu_antitrafficking import addresses_meant, context, unsent
from slu_antitrafficking.bodies import CutOff, NothingArrived

PLAIN = "text/plain; charset=utf-8"
XML = "application/xml; charset=utf-8"
TOO_MUCH = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
_log = logging.getLogger(__name__)

# What a person needs to know, by status: the heading, and what to do now.
ERRORS = {
    400: (_("This did not arrive whole"), _("Nothing was stored. Press Back and send it again.")),
    403: (
        _("This page is not open to you"),
        _("If you work at the desk, ask a supervisor. Otherwise call the office."),
    ),
    404: (_("There is no such page"), _("The address may be old, or mistyped.")),
    405: (
        _("This cannot be done here"),
        _("Nothing was stored. Press Back, or start at the home page."),
    ),
    413: (
        _("That was too much at once"),
        _(
            "Nothing was stored. Press Back: your words may still be there. "
            "Send less of them at a time."
        ),
    ),
    429: (
        _("Too much came from your network"),
        _("Wait a few minutes, press Back and send again. Or call."),
    ),
    500: (
        _("Something broke on our side"),
        _("If you sent a tip, it may not have arrived. Press Back and send again, or call."),
    ),
    503: (
        _("We cannot answer just now"),
        _("Please try again in a few minutes. The numbers below work without this site."),
    ),
}
# Why else than cut off; the first that fits. A BadRequest of Django's own is an encoding.
_UNREADABLE = _("We could not read what arrived")
NOT_READ = (
    (NothingArrived, _("Nothing arrived here")),
    (BadRequest, _UNREADABLE),
    (MultiPartParserError, _UNREADABLE),
)
NOT_READ_ADVICE = _(
    "Nothing was stored. Something between you and us may have changed it. Press Back: your words "
    "may still be there. Send again; if that fails too, try another network or another browser, "
    "or call."
)
AT_THE_DESK = "Nothing was stored. Send less of it at a time."
# If even the template fails: the release's numbers and nothing else.
BARE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Information</title></head>'
    "<body><main><h1>Please try again later</h1><p>In danger call <a href='tel:999'>999</a> or "
    "<a href='tel:911'>911</a>. Trafficking: <a href='tel:847'>847</a>.</p></main></body></html>"
)


def error_page(request: HttpRequest | None, status: int, **more: Any) -> HttpResponse:
    """The full page for this status, with the live numbers. Never fails, whatever is broken.

    `more` is for the template.
    """
    title, advice = ERRORS[status]
    # The desk's door has none of the public addresses that the public frame links to.
    template = "errors/desk.html" if settings.SERVE == "desk" else "errors/error.html"
    try:
        words = {"title": title, "advice": advice, "status": status}
        if status == 413 and settings.SERVE == "desk":
            words["advice"] = AT_THE_DESK  # whose pages no browser keeps for Back
        words |= more
        page: str = render_to_string(template, context.site(request) | words | {"quiet": True})
    except Exception as error:  # noqa: BLE001 - the last page must come whatever broke
        _log.error("error page: %s", type(error).__name__)
        page = BARE
    response = HttpResponse(page, status=status)
    if status in (429, 503):
        response.headers["Retry-After"] = "60"
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, which says what came of a form; or 413 when the body was larger than one may be."""
    if isinstance(exception, TOO_MUCH):
        return error_page(request, 413)
    for kind, title in NOT_READ:
        if isinstance(exception, kind) and not isinstance(exception, CutOff):
            return error_page(request, 400, title=title, advice=NOT_READ_ADVICE)
    return error_page(request, 400)


def not_allowed(request: HttpRequest, allow: str) -> HttpResponse:
    """405: nobody can do that with this address."""
    response = error_page(request, 405)
    response["Allow"] = allow
    return response


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: who is logged in may not."""
    return error_page(request, 403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: the address leads nowhere; or 301 to the one that was meant."""
    meant = addresses_meant.meant(request.path_info) if request.method in ("GET", "HEAD") else ""
    if meant:
        query = request.META.get("QUERY_STRING", "")
        return HttpResponsePermanentRedirect(
            iri_to_uri(f"{quote(meant)}{'?' if query else ''}{query}")
        )
    return error_page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 when the reason is a database that is away; an officer's words come back."""
    away = isinstance(sys.exc_info()[1], (OperationalError, InterfaceError))
    if away and settings.SERVE == "desk":
        return error_page(request, 503, unsent=unsent.of(request))
    return error_page(request, 503 if away else 500)


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Whether this process reaches its database; says no more than that."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return HttpResponse("not ok", status=503, content_type=PLAIN)
    return HttpResponse("ok", content_type=PLAIN)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Everything but the desk may be read; what must not be listed says so itself."""
    lines = ["User-agent: *", "Disallow: /desk/", f"Sitemap: {settings.SITE_URL}/sitemap.xml"]
    return HttpResponse("\n".join(lines) + "\n", content_type=PLAIN)


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """sitemaps.org, with each page's other languages (Google's extension)."""
    context = {"groups": addresses.groups(), "site_url": settings.SITE_URL}
    return HttpResponse(render_to_string("sitemap.xml", context), content_type=XML)


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """RFC 9116: whom to tell about a hole, valid for half a year from today."""
    numbers = offers.contacts()
    contact = numbers.get("email") or numbers.get("office") or numbers.get("police")
    day = timezone.now().date() + timedelta(days=180)
    expires = datetime.combine(day, time(), timezone.get_fixed_timezone(0))
    lines = [
        f"Contact: {contact.href if contact else 'tel:999'}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        f"Preferred-Languages: {', '.join(addresses.languages())}",
        f"Canonical: {settings.SITE_URL}/.well-known/security.txt",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type=PLAIN)


def desk_is_elsewhere(request: HttpRequest, rest: str = "") -> HttpResponse:
    """The desk has a door of its own: on one machine we point to it.

    Raises Http404 where it has a host name of its own.
    """
    if not settings.ON_LOOPBACK:
        raise Http404
    return HttpResponseRedirect(f"{settings.DESK_URL}{request.path}")


@require_safe
def to_the_desk(request: HttpRequest) -> HttpResponse:
    """The desk's own door opens on the desk."""
    return HttpResponseRedirect("/desk/")
