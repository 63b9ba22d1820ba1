"""The queue: Django's change list over tips, in the desk's order and under its tabs."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from campaign import offers
from slu_antitrafficking.change_lists import OwnFiltersAlone
from tips.admin import pages
from tips.admin.paging import CappedPaginator
from tips.admin.triage import detail, finding, intake, leaving, verb_views
from tips.admin.triage.filters import DistrictFilter, LanguageFilter, TabFilter
from tips.models import QUEUE_ORDER, Tip, Turn, references
from tips.templatetags.desk import elapsed, hour, language, marks

TYPES_SHOWN = 2
CLOSED_ORDER = ("-received_at", "id")  # as the index of the closed ones has it


class TipAdmin(OwnFiltersAlone):
    """The list; a tip itself and a call are screens of our own, and nothing is deleted here."""

    list_display = (
        "marks",
        "ref",
        "came_at",
        "answered_in",
        "district_name",
        "type_titles",
        "why",
        "who",
        "waiting",
    )
    list_display_links = ("ref",)
    list_filter = (TabFilter, DistrictFilter, LanguageFilter)
    list_select_related = ("owner",)
    list_per_page = list_max_show_all = 50
    paginator = CappedPaginator
    sortable_by = ()
    actions = None
    empty_value_display = ""
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

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
            *(
                path(where, site.admin_view(view), name=f"tips_tip_{name}")
                for where, view, name in intake.SCREENS
            ),
            *(
                path(f"<uuid:pk>/{where}", site.admin_view(view), name=f"tips_tip_{name}")
                for where, view, name in (*detail.SCREENS, *verb_views.SCREENS)
            ),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tip]:
        """What this officer may see, without the sealed words."""
        shown = (
            "reference",
            "received_at",
            "district",
            "types",
            "under_18",
            "for_self",
            "language",
            "urgency",
            "restricted",
            "set_aside",
            "status",
            "outcome",
            "turn_cause",
            "turn_until",
            "closed_on",
            "owner__username",
        )
        visible = Tip.objects.visible_to(pages.officer_of(request)).only(*shown)
        return visible.in_queue_order()

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """The rule of the queue; what is closed, by arrival, the newest first."""
        return CLOSED_ORDER if request.GET.get("tab") == "closed" else QUEUE_ORDER

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The queue; `?q=` is a reference and nothing else."""
        if "q" in request.GET:
            return _go_to(request, request.GET["q"])
        request.session[pages.QUEUE] = request.GET.urlencode()
        narrowed = bool(request.GET.keys() & {"district", "language"})
        context = {"now_tab": request.GET.get("tab", "take"), "narrowed": narrowed}
        return super().changelist_view(request, context | (extra_context or {}))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Tips come from the public door, and from the page for calls."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    @admin.display(description="Marks")
    def marks(self, row: Tip) -> SafeString:
        """What makes it special."""
        return marks(row)

    @admin.display(description="Reference")
    def ref(self, row: Tip) -> SafeString:
        """The reference, which is said aloud."""
        return format_html('<span class="ref">{}</span>', row.reference or "erased")

    @admin.display(description="Came")
    def came_at(self, row: Tip) -> str:
        """The hour of arrival."""
        return hour(row.received_at)

    @admin.display(description="Language")
    def answered_in(self, row: Tip) -> str:
        """The language of the answer."""
        return language(row.language)

    @admin.display(description="District")
    def district_name(self, row: Tip) -> str:
        """Empty where it was not said."""
        return row.get_district_display()

    @admin.display(description="Types")
    def type_titles(self, row: Tip) -> str:
        """The first of the types of trafficking that its signs point to."""
        titles = offers.types()
        return ", ".join(str(titles.get(slug, slug)) for slug in row.types[:TYPES_SHOWN])

    @admin.display(description="Why")
    def why(self, row: Tip) -> SafeString:
        """What makes it whose turn it is, in its colour and in words."""
        late = format_html(' <span class="late">{}</span>', "late") if row.late else ""
        mark = '<span class="status status--{}">{}</span>{}'
        return format_html(mark, row.status, row.why, late)

    @admin.display(description="Who")
    def who(self, row: Tip) -> str | SafeString:
        """The owner's name, or that nobody has it."""
        if row.owner is not None:
            return row.owner.username
        return format_html('<span class="nobody">{}</span>', "Nobody")

    @admin.display(description="Since")
    def waiting(self, row: Tip) -> str:
        """How long it has been the desk's turn, or the day of closing."""
        if row.closed_on:
            return f"{row.closed_on:%-d %b %Y}"
        return elapsed(row.since) if row.turn in (Turn.TO_TAKE, Turn.OWNER) else ""


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
