"""The screens of every kind of item but contacts and milestones."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import F
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from campaign.admin.filters import StandsOn, TextState
from campaign.admin.items import ItemAdmin
from campaign.admin.pending import ItemForm
from campaign.labels import label
from campaign.models import (
    Material,
    Notice,
    Page,
    Phrase,
    Provision,
    Question,
    ReplyText,
    Sign,
    Text,
    TraffickingType,
)


class PageForm(ItemForm):
    """A page's or a block's own columns. Which pages there are is the site's own business."""

    @property
    def whole(self) -> bool:
        """Whether this is a page of its own and no block; menus and sitemap lead to it."""
        return self.instance.pk is not None and self.instance.on_id is None

    def clean_on(self) -> Page | None:
        """Raises ValidationError for a page on another, and for a block on none."""
        on: Page | None = self.cleaned_data["on"]
        if self.whole and on:
            raise forms.ValidationError("A whole page cannot stand on another.", code="whole")
        if not self.whole and not on:
            raise forms.ValidationError("Choose the page that it stands on.", code="on")
        return on

    def clean_published(self) -> bool:
        """Raises ValidationError for a whole page unpublished: links everywhere lead to it."""
        published: bool = self.cleaned_data["published"]
        if self.whole and not published:
            raise forms.ValidationError(
                "A whole page cannot be unpublished: other pages lead to it. Unpublish its blocks.",
                code="whole",
            )
        return published


@admin.register(Page)
class PageAdmin(ItemAdmin):
    """Pages, each with its blocks below it."""

    form = PageForm
    list_display: tuple[str, ...] = ("named", *ItemAdmin.list_display[1:])
    list_display_links = ("named",)
    list_filter: ClassVar[tuple[Any, ...]] = (TextState, StandsOn, "published")
    list_select_related = ("on",)
    ordering: ClassVar[Any] = (
        Coalesce("on__position", "position"),
        Coalesce("on__slug", "slug"),
        F("on").asc(nulls_first=True),
        "position",
    )

    @admin.display(description="page, and the blocks on it")
    def named(self, page: Page) -> SafeString:
        """The title; the list shows a block further in than its page."""
        return format_html(
            '<span class="{}">{}</span>', "block" if page.on_id else "whole", label(page)
        )

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "on":
            kwargs["queryset"] = Page.objects.filter(on=None).prefetch_related("texts")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Question)
class QuestionAdmin(ItemAdmin):
    """Questions, sorted by the page that they stand on."""

    list_filter: ClassVar[tuple[Any, ...]] = (TextState, StandsOn, "published")
    ordering: ClassVar[Any] = ("on__position", "on__slug", "position", "slug")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "on":
            kwargs["queryset"] = Page.objects.filter(on=None).prefetch_related("texts")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Sign)
class SignAdmin(ItemAdmin):
    """Signs with their group and strength; those on the tip form are marked."""

    list_display: tuple[str, ...] = (
        "english",
        "texts",
        "group",
        "strength",
        "on_form",
        "published",
        "look",
    )
    list_filter: ClassVar[tuple[Any, ...]] = (
        TextState,
        "group",
        "strength",
        "on_form",
        "published",
    )


@admin.register(Phrase)
class PhraseAdmin(ItemAdmin):
    """Short lines; a language may have them before it has pages."""

    list_display: tuple[str, ...] = ("english", "texts", "use", "published", "look")
    list_filter: ClassVar[tuple[Any, ...]] = (TextState, "use", "published")


class NoticeForm(ItemForm):
    """A notice's columns, its days in their order."""

    def clean(self) -> dict[str, Any]:
        """Adds an error where it ends before it starts."""
        cleaned: dict[str, Any] = super().clean() or {}
        starts, ends = cleaned.get("starts"), cleaned.get("ends")
        if starts and ends and ends < starts:
            self.add_error("ends", "The last day cannot be before the first.")
        return cleaned


@admin.register(Notice)
class NoticeAdmin(ItemAdmin):
    """Messages on top of the pages, from one day to another."""

    form = NoticeForm
    list_display: tuple[str, ...] = ("english", "texts", "shows", "starts", "ends", "look")
    ordering: ClassVar[Any] = ("-ends", "slug")
    fields = ("starts", "ends", "slug", "position", "published")
    texts_first = False

    @admin.display(description="shows")
    def shows(self, notice: Notice) -> str:
        """now, not yet, over or unpublished: whether readers see it today."""
        today = timezone.localdate()
        if not notice.published:
            return "not yet" if hasattr(notice, "pending") else "unpublished"
        if notice.ends < today:
            return "over"
        if not notice.texts.filter(language="en").exclude(state=Text.State.DRAFT).exists():
            return "not yet: its English is a draft"
        return "now" if notice.starts <= today else "not yet"


class ReplyTextAdmin(ItemAdmin):
    """Sentences for answers to citizens; they stand on no page."""

    list_display: tuple[str, ...] = ("english", "texts", "group", "published")
    list_filter: ClassVar[tuple[Any, ...]] = (TextState, "group", "published")


for kind in (TraffickingType, Provision, Material):
    admin.site.register(kind, ItemAdmin)
admin.site.register(ReplyText, ReplyTextAdmin)
