"""What the screens of all kinds of item share.

Only stacked inlines, no filter_horizontal and no editable date-times: the stock widgets of those
fail accessibility checks.
"""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from campaign.admin.filters import TextState
from campaign.admin.pending import PendingAdmin
from campaign.admin.previews import PreviewAdmin
from campaign.admin.texts import TextInline, last_change
from campaign.labels import ItemChoice, ItemChoices, label, marks, served
from campaign.models import Contact, Item
from slu_antitrafficking.retention_periods import FIGURES

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
SOURCE = ("source", "source_url", "checked_on", "open_points")
PLACE = ("slug", "position", "published")


class ItemAdmin(PreviewAdmin, PendingAdmin):
    """An item and all its texts on one screen, its page as it would look one press away."""

    inlines = (TextInline,)
    list_display: tuple[str, ...] = ("english", "texts", "published", "checked_on", "look")
    list_display_links = ("english",)
    list_filter: ClassVar[tuple[Any, ...]] = (TextState, "published")
    search_fields = ("slug", "texts__title")
    ordering: ClassVar[Any] = ("position", "slug")
    sortable_by = ()
    actions = None
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    empty_value_display = "–"
    texts_first = True
    formfield_overrides = {models.DateField: {"widget": DAY}}

    # Lists

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).prefetch_related("texts", "pending")

    @admin.display(description="title")
    def english(self, item: Item) -> str:
        """The item's title in English, or its slug."""
        return label(item)

    @admin.display(description="texts")
    def texts(self, item: Item) -> SafeString:
        """Each language with the state of its text, and whether a change waits."""
        waits = '<p class="late">Waits for a second person</p>' if hasattr(item, "pending") else ""
        return format_html("{}{}", marks(item, served()), mark_safe(waits))

    # The screen of one item

    def get_fieldsets(self, request: HttpRequest, obj: Item | None = None) -> Any:
        names = [str(name) for name in self.get_fields(request, obj)]
        own = [name for name in names if name not in (*SOURCE, *PLACE)]
        place = [name for name in PLACE if name in names]
        parts = [
            (None, own),
            ("Where it stands", place),
            ("Where it comes from", [name for name in SOURCE if name in names]),
        ]
        return [(name, {"fields": fields}) for name, fields in parts if fields]

    def get_readonly_fields(self, request: HttpRequest, obj: Item | None = None) -> Any:
        # A slug stands in addresses, in tips and in the release: it never changes.
        return ("slug",) if obj else ()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        kind = str(self.opts.model_name)
        taken = set(self.model.objects.values_list("slug", flat=True))
        free = next(n for n in range(1, len(taken) + 2) if f"{kind}-{n}" not in taken)
        return {"slug": f"{kind}-{free}"} | super().get_changeform_initial_data(request)

    def get_formset_kwargs(
        self, request: HttpRequest, obj: Any, inline: Any, prefix: str
    ) -> dict[str, Any]:
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        if isinstance(inline, TextInline):
            kwargs["initial"] = [{"language": code} for code in inline.missing(obj)]
        return kwargs

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "source_url":
            kwargs["assume_scheme"] = "https"
            kwargs["error_messages"] = {"invalid": "Write an address that starts with https://."}
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        return _bare(field)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        rows = db_field.related_model.objects.prefetch_related("texts")
        kwargs = {"form_class": ItemChoice, "queryset": rows} | kwargs
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        # Ticks instead of a list in which one wrong click drops every choice.
        kwargs |= {
            "form_class": ItemChoices,
            "queryset": db_field.related_model.objects.prefetch_related("texts"),
            "widget": forms.CheckboxSelectMultiple,
        }
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        item = context.get("original")
        numbers = Contact.objects.prefetch_related("texts")
        context |= {
            "title": label(item) if item else f"Add {self.opts.verbose_name}",
            "subtitle": None,
            "texts_first": self.texts_first,
            "seen": last_change(item) if item else None,
            "numbers": [(one.slug, one.number, label(one)) for one in numbers],
            "figures": FIGURES.items(),
            "previews": self.preview_languages(),
            "show_save_and_add_another": False,
        }
        return super().render_change_form(request, context, *args, **kwargs)


def _bare(field: Any) -> Any:
    """The field without the stock buttons beside it that edit or delete the chosen row."""
    wrapper = getattr(field, "widget", None)
    if isinstance(wrapper, RelatedFieldWidgetWrapper):
        field.widget = wrapper.widget
    return field
