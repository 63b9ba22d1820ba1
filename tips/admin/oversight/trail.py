"""The trail, to read: for auditors. It holds no word of any tip."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from slu_antitrafficking.change_lists import OwnFiltersAlone
from tips.admin.paging import CappedPaginator
from tips.models import Event
from tips.templatetags.desk import photos


class EventAdmin(OwnFiltersAlone):
    """Newest first, nothing to change; reasons stay sealed."""

    list_display = ("when", "verb", "by", "about", "reference", "photos")
    list_display_links = None
    list_filter = ("verb",)
    ordering = ("-at", "id")
    sortable_by = ()
    actions = None
    empty_value_display = ""
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    paginator = CappedPaginator

    @admin.display(description="When")
    def when(self, event: Event) -> str:
        """To the minute; what a citizen did stands to the hour."""
        return f"{timezone.localtime(event.at):%a %-d %b %Y, %H:%M}"

    @admin.display(description="Photos")
    def photos(self, event: Event) -> str:
        """Which was shown, or how many came with a message."""
        return photos(event)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return super().changelist_view(request, {"title": "Trail"} | (extra_context or {}))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[Any]:
        return super().get_urls()[:1]
