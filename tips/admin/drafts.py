"""Words that an officer typed and the desk could not take yet: carried through the log-in.

They are stored nowhere, and travel as one field, `carried`: encrypted, bound to the address they
were meant for and to the officer whom the form named in a signed hidden field. Nobody else's log-in
opens them.
"""

import base64
import json
import time
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve, reverse

from tips.admin import pages
from tips.admin.triage.verbs import VERBS, Verb
from tips.crypto import sealing

FIELD = "carried"
KEPT_FOR = 24 * 3600
LOST = "What was typed before is not here: it was another officer's, or too old."


def verb_of(path: str) -> Verb | None:
    """The verb at this address, if there is one."""
    try:
        name = resolve(path).url_name or ""
    except Resolver404:
        return None
    verb = name.removeprefix("tips_tip_")
    return VERBS[verb] if verb in VERBS and name != verb else None


def landing(path: str) -> str:
    """Where to go instead of an address that only takes POSTs."""
    match = resolve(path)
    if (match.url_name or "").startswith("tips_tip_") and "pk" in match.kwargs:
        return reverse("admin:tips_tip_change", args=(match.kwargs["pk"],))
    return reverse("admin:index")


def encrypted(request: HttpRequest, officer: str) -> str:
    """The POST's own fields as text for one field, for this address and this officer alone."""
    document = json.dumps({"at": int(time.time()), "fields": fields_of(request)})
    blob = sealing.encrypt(document.encode(), _key(), _bound(request.path, officer))
    return base64.urlsafe_b64encode(blob).decode()


def decrypted(blob: str, path: str, officer: str) -> dict[str, str] | None:
    """What `encrypted` was given within a day, for this address and officer; else None."""
    try:
        plain = sealing.decrypt(base64.urlsafe_b64decode(blob), _key(), _bound(path, officer))
    except (sealing.CannotOpen, ValueError):
        return None
    document: dict[str, Any] = json.loads(plain)
    return document["fields"] if document["at"] > time.time() - KEPT_FOR else None


def after_log_in(request: HttpRequest) -> HttpResponse | None:
    """Offers what came with the log-in, or says that it is not there; None where nothing came."""
    blob = request.POST.get(FIELD, "")
    if not blob:
        return None
    path = pages.safe_next(request)
    officer = str(pages.officer_of(request).pk)
    fields = decrypted(blob, path, officer) if verb_of(path) else None
    if fields is not None:
        return offer(request, path, fields)
    messages.warning(request, LOST)
    return pages.SeeOther(landing(path) if verb_of(path) else reverse("admin:index"))


def offer(request: HttpRequest, path: str, fields: dict[str, str]) -> HttpResponse:
    """The page that shows what was typed, unsent, with a button that sends it now."""
    verb = verb_of(path)
    asked = {field.name: field for field in verb.fields} if verb else {}
    context = {
        "title": "Not sent yet",
        "verb": verb.label if verb else "",
        "path": path,
        "tip_url": landing(path),
        "shown": [(asked[name], value) for name, value in fields.items() if name in asked],
        "hidden": [(name, value) for name, value in fields.items() if name not in asked],
        "name_tag": pages.name_tag(pages.officer_of(request)),
    }
    return pages.page(request, "desk/unsent_draft.html", context)


def fields_of(request: HttpRequest) -> dict[str, str]:
    """What was typed, without our own hidden fields."""
    ours = ("csrfmiddlewaretoken", pages.OFFICER)
    return {name: " ".join(request.POST.getlist(name)) for name in request.POST if name not in ours}


def _key() -> bytes:
    return sealing.digest("kts carried", settings.SECRET_KEY.encode())


def _bound(path: str, officer: str) -> bytes:
    return f"{officer} {path}".encode()
