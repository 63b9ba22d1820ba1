"""The editors' screens: each kind of item with its texts, the numbers, the hours, the notices.

Only stacked inlines, no filter_horizontal and no editable date-times: the stock widgets of those
fail accessibility checks.
"""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from campaign.models import (
    Closure,
    Contact,
    Item,
    Milestone,
    Notice,
    OpeningHours,
    Page,
    Provision,
    Question,
    ReplyText,
    Sign,
    Text,
    TraffickingType,
)


class TextInline(admin.StackedInline):
    """One block of fields a language."""

    model = Text
    extra = 0
    min_num = 1
    can_delete = False
    fields = ("language", "title", "summary", "body", "state", "whose")
    readonly_fields = ("whose",)

    def get_formset(self, request: HttpRequest, obj: Item | None = None, **kwargs: Any) -> Any:
        """An item without any text is refused."""
        return super().get_formset(request, obj, validate_min=True, **kwargs)

    @admin.display(description="state set by")
    def whose(self, text: Text) -> str:
        """Who set the state and when, and whether the English has moved on since."""
        if not text.state_at:
            return "–"
        day = timezone.localtime(text.state_at).strftime("%d %b %Y %H:%M")
        late = "; the English changed after this was written" if text.outdated else ""
        return f"{text.state_by}, {day}{late}"


class ItemAdmin(admin.ModelAdmin):
    """An item and all its texts on one screen."""

    inlines = (TextInline,)
    list_display: tuple[str, ...] = (
        "slug",
        "english",
        "published",
        "languages",
        "checked_on",
    )
    list_filter: ClassVar[tuple[str, ...]] = ("published",)
    search_fields = ("slug", "texts__title")
    ordering = ("position", "slug")

    @admin.display(description="title")
    def english(self, item: Item) -> str:
        """The English title."""
        return next((text.title for text in item.texts.all() if text.language == "en"), "")

    @admin.display(description="texts")
    def languages(self, item: Item) -> str:
        """Each language with the state of its text."""
        texts = sorted(item.texts.all(), key=lambda text: text.language)
        return ", ".join(
            f"{text.language} {text.state}{', outdated' if text.outdated else ''}" for text in texts
        )

    def get_queryset(self, request: HttpRequest) -> Any:
        """With the texts, in one more query for the whole list."""
        return super().get_queryset(request).prefetch_related("texts")

    def get_readonly_fields(self, request: HttpRequest, obj: Item | None = None) -> Any:
        """A slug stands in addresses, in tips and in the release: it never changes."""
        return ("slug",) if obj else ()

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """An address typed without its beginning means https."""
        if db_field.name == "source_url":
            kwargs["assume_scheme"] = "https"
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: Item | None = None) -> bool:
        """What a release brought is unpublished, not deleted: the next start would add it again."""
        allowed = super().has_delete_permission(request, obj)
        return allowed and obj is not None and not obj.loaded

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Notes who set the state of a text, and when."""
        for inline in formset.forms:
            if inline.has_changed() and isinstance(inline.instance, Text):
                inline.instance.state_by = request.user.get_username()
                inline.instance.state_at = timezone.now()
                if "state" in inline.changed_data:
                    inline.instance.outdated = False
        super().save_formset(request, form, formset, change)


@admin.register(Page)
class PageAdmin(ItemAdmin):
    """Pages and their blocks."""

    list_display: tuple[str, ...] = (
        "slug",
        "english",
        "on",
        "published",
        "languages",
        "checked_on",
    )
    list_select_related = ("on",)


@admin.register(Sign)
class SignAdmin(ItemAdmin):
    """Signs."""

    list_display: tuple[str, ...] = (
        "slug",
        "english",
        "group",
        "strength",
        "on_form",
        "published",
        "languages",
    )
    list_filter: ClassVar[tuple[str, ...]] = ("group", "strength", "on_form", "published")

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Ticks instead of a list in which one wrong click drops every choice."""
        if db_field.name == "types":
            kwargs["widget"] = forms.CheckboxSelectMultiple
        return super().formfield_for_manytomany(db_field, request, **kwargs)


@admin.register(Contact)
class ContactAdmin(ItemAdmin):
    """The numbers. Out of order takes a number off every page within seconds."""

    list_display: tuple[str, ...] = (
        "slug",
        "number",
        "out_of_order",
        "instead",
        "confirmed_on",
        "published",
    )
    list_filter: ClassVar[tuple[str, ...]] = ("out_of_order", "published")


@admin.register(OpeningHours)
class OpeningHoursAdmin(admin.ModelAdmin):
    """Seven rows, one a weekday; empty times mean closed."""

    list_display: tuple[str, ...] = ("day", "opens", "closes")
    fields = ("opens", "closes")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A week has seven days."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: OpeningHours | None = None) -> bool:
        """A week has seven days."""
        return False


@admin.register(Closure)
class ClosureAdmin(admin.ModelAdmin):
    """Holidays and other closed days."""

    list_display: tuple[str, ...] = ("first_day", "last_day", "reason")


@admin.register(Notice)
class NoticeAdmin(ItemAdmin):
    """Messages on top of the pages."""

    list_display: tuple[str, ...] = (
        "slug",
        "english",
        "starts",
        "ends",
        "published",
        "languages",
    )


for kind in (TraffickingType, Provision, Milestone, Question, ReplyText):
    admin.site.register(kind, ItemAdmin)
