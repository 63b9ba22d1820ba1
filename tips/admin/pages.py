"""What every page of the desk shares."""

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import quote

from django.contrib import admin
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from tips.crypto.data_keys import DataKeyMemory
from tips.crypto.sealing import Keyring
from tips.models import Officer

OFFICER = "officer"  # of every verb's form: whose form it is
KEYS = "keys"  # of the session: the desk's secrets by key id, both as hex
_DATA_KEYS = DataKeyMemory()
QUEUE = "queue"  # of the session: the tab, narrowing and page of the queue that was looked at last
_signer = signing.Signer(salt="tips.admin.pages")


class SeeOther(HttpResponseRedirect):
    """303: after a POST that did something, look at this."""

    status_code = 303


def page(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None
) -> HttpResponse:
    """A page in the desk's frame."""
    return render(request, template, {**admin.site.each_context(request), **(context or {})})


def officer_of(request: HttpRequest) -> Officer:
    """Who is logged in; for views behind `admin_view`."""
    return cast(Officer, request.user)


def name_tag(officer: Officer) -> str:
    """The hidden field `officer` of every verb's form: whose form it is, signed."""
    return _signer.sign(str(officer.pk))


def named_in(request: HttpRequest) -> str:
    """The id of the officer whose form this was, if the form says so truly."""
    try:
        return _signer.unsign(request.POST.get(OFFICER, ""))
    except signing.BadSignature:
        return ""


def held_by(request: HttpRequest) -> dict[bytes, bytes]:
    """The desk's secrets that this session holds, by key id."""
    keys = request.session.get(KEYS, {})
    return {bytes.fromhex(kid): bytes.fromhex(secret) for kid, secret in keys.items()}


def keys_of(request: HttpRequest) -> Keyring:
    """The same as a ring that opens what was sealed."""
    return Keyring(held_by(request), _DATA_KEYS)


def keep_keys(request: HttpRequest, held: dict[bytes, bytes]) -> None:
    """This session goes on with these secrets: a new desk key is among them."""
    request.session[KEYS] = {kid.hex(): secret.hex() for kid, secret in held.items()}


def safe_next(request: HttpRequest) -> str:
    """Where to go after the log-in: a page of the desk, or nothing."""
    url = request.POST.get("next") or request.GET.get("next") or ""
    here = url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return url if here and url.startswith(reverse("admin:index")) else ""


def log_in_url(request: HttpRequest, *, new_key: bool = False) -> str:
    """The log-in page that comes back to this address, and says why where it is a new desk key."""
    why = "&new_key=1" if new_key else ""
    return f"{reverse('admin:login')}?next={quote(request.get_full_path())}{why}"
