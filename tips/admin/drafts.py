"""What somebody typed and the desk could not take yet: carried through the log-in.

It is stored nowhere, and travels as one field, `carried`: encrypted, bound to the address it was
meant for and to the person whom the form named in a signed hidden field. Nobody else's log-in opens
it.
"""

import base64
import json
import time
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import Resolver404, ResolverMatch, resolve, reverse

from slu_antitrafficking import unsent
from tips.admin import pages
from tips.admin.triage import detail, intake, verb_views
from tips.admin.triage.verbs import VERBS
from tips.crypto import sealing

FIELD = "carried"
KEPT_FOR = 24 * 3600
LOST = "What was typed before is not here: it was another officer's, or too old."
TIP = "tips_tip_"


def may_be_carried(path: str) -> bool:
    """Whether what is typed into the form at this address of the desk may travel."""
    match = _match(path)
    return (
        match is not None
        and match.app_name == "admin"
        and match.url_name not in (None, *unsent.NEVER)
    )


def address_of(request: HttpRequest) -> str:
    """The address that a POST was meant for: its own, or the one to which a locked page leads."""
    if request.path == reverse("admin:carry_on"):
        return pages.safe_next(request) or reverse("admin:index")
    return request.get_full_path()


def landing(path: str) -> str:
    """Where to go instead of an address that only takes POSTs."""
    match = _match(path)
    if match and (match.url_name or "").startswith(TIP) and "pk" in match.kwargs:
        return reverse("admin:tips_tip_change", args=(match.kwargs["pk"],))
    return reverse("admin:index")


def encrypted(request: HttpRequest, officer: str, path: str) -> str:
    """The POST's own fields as text for one field, for this address and this officer alone."""
    document = json.dumps({"at": int(time.time()), "fields": fields_of(request)})
    blob = sealing.encrypt(document.encode(), _key(), _bound(path, officer))
    return base64.urlsafe_b64encode(blob).decode()


def decrypted(blob: str, path: str, officer: str) -> QueryDict | None:
    """What `encrypted` was given within a day, for this address and officer; else None."""
    try:
        plain = sealing.decrypt(base64.urlsafe_b64decode(blob), _key(), _bound(path, officer))
    except (sealing.CannotOpen, ValueError):
        return None
    document: dict[str, Any] = json.loads(plain)
    return _query(document["fields"]) if document["at"] > time.time() - KEPT_FOR else None


def after_log_in(request: HttpRequest) -> HttpResponse | None:
    """Shows what came with the log-in, or says that it is not there; None where nothing came."""
    blob = request.POST.get(FIELD, "")
    if not blob:
        return None
    path = pages.safe_next(request)
    officer = str(pages.officer_of(request).pk)
    typed = decrypted(blob, path, officer) if may_be_carried(path) else None
    if typed is not None:
        return show(request, path, typed)
    messages.warning(request, LOST)
    return pages.SeeOther(landing(path) if may_be_carried(path) else reverse("admin:index"))


def show(request: HttpRequest, path: str, typed: QueryDict) -> HttpResponse:
    """What was typed, unsent: in its boxes on the tip's page, else with a button that sends it."""
    match = _match(path)
    name = (match.url_name or "") if match else ""
    if match and name in intake.CARRIED:
        return intake.offer(request, match.kwargs.get("pk"), typed)
    if match and name.startswith(TIP) and "pk" in match.kwargs:
        return _on_the_tip(request, match.kwargs["pk"], name.removeprefix(TIP), typed)
    context = {
        "title": "Not sent yet",
        "path": path,
        "shown": [(name, value) for name, value in _pairs(typed) if unsent.is_written(value)],
        "hidden": [(name, value) for name, value in _pairs(typed) if not unsent.is_written(value)],
    }
    return pages.page(request, "desk/unsent_draft.html", context)


def fields_of(request: HttpRequest) -> list[tuple[str, str]]:
    """What was typed, field by field, without our own hidden ones."""
    ours = ("csrfmiddlewaretoken", pages.OFFICER)
    return [(name, value) for name, value in _pairs(request.POST) if name not in ours]


def typed_in(request: HttpRequest) -> QueryDict:
    """The same, as a form reads it."""
    return _query(fields_of(request))


def _on_the_tip(request: HttpRequest, pk: UUID, name: str, typed: QueryDict) -> HttpResponse:
    verb = VERBS.get(name)
    try:
        tip = detail.visible(request, pk)
    except Http404:
        return verb_views.words_back(request, typed)
    if verb and verb.own_page:
        return verb_views.own_page(request, verb, verb.own_page, tip, typed)
    return detail.show(request, tip, typed=typed)


def _match(path: str) -> ResolverMatch | None:
    try:
        return resolve(urlsplit(path).path)
    except Resolver404:
        return None


def _pairs(query: QueryDict) -> list[tuple[str, str]]:
    return [(name, str(value)) for name, values in query.lists() for value in values]


def _query(fields: Iterable[tuple[str, str]]) -> QueryDict:
    query = QueryDict(mutable=True)
    for name, value in fields:
        query.appendlist(name, value)
    return query


def _key() -> bytes:
    return sealing.digest("kts carried", settings.SECRET_KEY.encode())


def _bound(path: str, officer: str) -> bytes:
    return f"{officer} {path}".encode()
