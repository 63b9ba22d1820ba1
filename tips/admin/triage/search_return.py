"""The way from a tip that a search found back to its results, and on to the next one.

Addresses name the search by the id of its event alone. What was typed stands sealed in that event,
and only the keys of a session of whoever searched open it again.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse

FIELD = "found"  # of a tip's address and form: the event of the search that led to it


def search_of(request: HttpRequest, typed: Mapping[str, str] | None = None) -> UUID | None:
    """The search by which this tip was opened, if its address or form names one."""
    for source in (typed or {}, request.POST, request.GET):
        try:
            return UUID(source[FIELD])
        except (KeyError, ValueError):
            continue
    return None


def context(request: HttpRequest, typed: Mapping[str, str] | None = None) -> dict[str, Any]:
    """For a tip's page; empty where it was not opened from results."""
    search = search_of(request, typed)
    return {"found": search} if search else {}


def tip_url(pk: UUID, search: UUID | None) -> str:
    """The address of a tip, as one that this search found."""
    url = reverse("admin:tips_tip_change", args=(pk,))
    return f"{url}?{FIELD}={search}" if search else url
