"""The queue: tips in the desk's order under its tabs, page by page; and the addresses of tips."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse

from campaign import offers
from tips.admin import pages
from tips.admin.triage import detail, finding, intake, leaving, list_places, verb_views
from tips.admin.triage.listing import Listing
from tips.models import references

ROWS = 50
TYPES_SHOWN = 2
# Where everybody's name is the same: nobody's, or the reader's own.
WITHOUT_WHO = ("take", "yours", "aside")


class TipAdmin(admin.ModelAdmin):
    """List, tips and calls are screens of our own, and nothing is deleted here."""

    actions = None

    def get_urls(self) -> list[URLPattern]:
        site = self.admin_site
        return [
            path("", site.admin_view(self.changelist_view), name="tips_tip_changelist"),
            path("find/", site.admin_view(finding.find), name="tips_tip_find"),
            path(
                "find/<uuid:search>/",
                site.admin_view(finding.find_again),
                name="tips_tip_find_again",
            ),
            path(
                "find/<uuid:search>/<uuid:pk>/",
                site.admin_view(finding.find_next),
                name="tips_tip_find_next",
            ),
            path("left/<slug:verb>/", site.admin_view(leaving.screen), name="tips_tip_left"),
            path("<uuid:pk>/next/", site.admin_view(list_places.go_on), name="tips_tip_next"),
            *(
                path(where, site.admin_view(view), name=f"tips_tip_{name}")
                for where, view, name in intake.SCREENS
            ),
            *(
                path(f"<uuid:pk>/{where}", site.admin_view(view), name=f"tips_tip_{name}")
                for where, view, name in (*detail.SCREENS, *verb_views.SCREENS)
            ),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """A page of the queue; `?q=` is a reference and nothing else.

        Raises PermissionDenied for a role that opens no tips.
        """
        if "q" in request.GET:
            return _go_to(request, request.GET["q"])
        officer = pages.officer_of(request)
        if not officer.opens_tips:
            raise PermissionDenied
        listing = Listing(officer, request.GET)
        request.session[pages.QUEUE] = listing.address(listing.after)
        return pages.page(request, "desk/queue.html", _context(listing))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Tips come from the public door, and from the page for calls."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


def _context(listing: Listing) -> dict[str, Any]:
    found = listing.page(ROWS + 1)
    here = found[:ROWS]
    return {
        "title": "Queue",
        "listing": listing,
        "tabs": _tabs(listing),
        "rows": [(tip, _likeliest_types(tip.types), listing.address(tip.place)) for tip in here],
        "first": listing.address(),
        "whole": f"tab={listing.tab}",
        "older": listing.address(here[-1].place) if len(found) > ROWS else "",
        "with_who": listing.tab not in WITHOUT_WHO,
    }


def _likeliest_types(slugs: list[str]) -> str:
    """The first of the types of trafficking that its signs point to."""
    titles = offers.types()
    return ", ".join(str(titles.get(slug, slug)) for slug in slugs[:TYPES_SHOWN])


def _tabs(listing: Listing) -> list[dict[str, Any]]:
    """Each with its address and how many stand under it; nobody counts the closed ones."""
    counts = listing.counts()
    return [
        {
            "title": tab.title,
            "address": listing.address(tab=name),
            "count": counts.get(name),
            "is_here": name == listing.tab,
        }
        for name, tab in listing.tabs.items()
    ]


def _go_to(request: HttpRequest, typed: str) -> HttpResponse:
    """The tip of exactly this reference; a refusal looks like none, and is on the trail."""
    officer = pages.officer_of(request)
    reference = references.parse(typed)
    if not reference:
        sentence = "A reference looks like KD-4821: two letters and four digits."
    elif officer.opens_tips and (tip := finding.referred_to(reference, officer)):
        return pages.SeeOther(reverse("admin:tips_tip_change", args=(tip.pk,)))
    else:
        sentence = f"There is no tip {reference} that you may open."
    messages.warning(request, sentence)
    return pages.SeeOther(
        reverse("admin:tips_tip_changelist" if officer.opens_tips else "admin:index")
    )
