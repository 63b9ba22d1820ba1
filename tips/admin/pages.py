"""What every page of the desk shares."""

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import quote

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from tips.models import Officer

KEYS = "keys"  # of the session: the desk's secrets, as hex


class SeeOther(HttpResponseRedirect):
    """303: after a POST that did something, look at this."""

    status_code = 303


def page(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None
) -> HttpResponse:
    """A page in the desk's frame."""
    return render(request, template, {**admin.site.each_context(request), **(context or {})})


def officer_of(request: HttpRequest) -> Officer:
    """Who is signed in; for views behind `admin_view`."""
    return cast(Officer, request.user)


def keys_of(request: HttpRequest) -> tuple[bytes, ...]:
    """The desk's secrets that this session holds."""
    return tuple(bytes.fromhex(key) for key in request.session.get(KEYS, ()))


def safe_next(request: HttpRequest) -> str:
    """Where to go after the log-in: a page of the desk, or nothing."""
    url = request.POST.get("next") or request.GET.get("next") or ""
    here = url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return url if here and url.startswith(reverse("admin:index")) else ""


def log_in_url(request: HttpRequest) -> str:
    """The log-in page that comes back to this address."""
    return f"{reverse('admin:login')}?next={quote(request.get_full_path())}"
