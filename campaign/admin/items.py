"""What the screens of all kinds of item share.

Only stacked inlines, no filter_horizontal and no editable date-times: the stock widgets of those
fail accessibility checks.
"""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import BadRequest
from django.db import models
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from campaign import drafts, preview
from campaign.admin import typed
from campaign.admin.filters import TextState
from campaign.admin.texts import TextInline, last_change
from campaign.admin.words import ItemChoice, ItemChoices, label, marks, served
from campaign.item_content import ItemContent
from campaign.models import Contact, Item, Language, Picture, Text
from slu_antitrafficking.retention_periods import FIGURES

PREVIEW = "_preview"
NO_PAGE = "There is no page to preview: the page this stands on does not show."
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
SOURCE = ("source", "source_url", "checked_on")
PLACE = ("slug", "position", "published")


class ItemAdmin(admin.ModelAdmin):
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
        """With the texts, in one more query for the whole list."""
        return super().get_queryset(request).prefetch_related("texts")

    @admin.display(description="title")
    def english(self, item: Item) -> str:
        """The English title."""
        return label(item)

    @admin.display(description="texts")
    def texts(self, item: Item) -> SafeString:
        """Each language with the state of its text."""
        return marks(item, served())

    @admin.display(description="preview")
    def look(self, item: Item) -> SafeString:
        """The page as it would look, in each language."""
        if not preview.has_page(self.model.FAMILY):
            return format_html("–")
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_preview"
        rows = (
            (reverse(name, args=[item.pk, code]), label(item), Language(code).label, code)
            for code in served()
        )
        link = '<a href="{}" target="_blank" aria-label="Preview {} in {}">{}</a>'
        return format_html('<span class="looks">{}</span>', format_html_join(" ", link, rows))

    # The screen of one item

    def get_fieldsets(self, request: HttpRequest, obj: Item | None = None) -> Any:
        """What is special to the kind, where it stands, where it is from."""
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
        """A slug stands in addresses, in tips and in the release: it never changes."""
        return ("slug",) if obj else ()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A free slug, for whoever does not care."""
        kind = str(self.opts.model_name)
        taken = set(self.model.objects.values_list("slug", flat=True))
        free = next(n for n in range(1, len(taken) + 2) if f"{kind}-{n}" not in taken)
        return {"slug": f"{kind}-{free}"} | super().get_changeform_initial_data(request)

    def get_formset_kwargs(
        self, request: HttpRequest, obj: Any, inline: Any, prefix: str
    ) -> dict[str, Any]:
        """An empty panel already knows its language."""
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        if isinstance(inline, TextInline):
            kwargs["initial"] = [{"language": code} for code in inline.missing(obj)]
        return kwargs

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """An address typed without its beginning means https; no shortcuts past a second look."""
        if db_field.name == "source_url":
            kwargs["assume_scheme"] = "https"
            kwargs["error_messages"] = {"invalid": "Write an address that starts with https://."}
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        return _bare(field)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Items by their English titles."""
        rows = db_field.related_model.objects.prefetch_related("texts")
        kwargs = {"form_class": ItemChoice, "queryset": rows} | kwargs
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Ticks instead of a list in which one wrong click drops every choice."""
        kwargs |= {
            "form_class": ItemChoices,
            "queryset": db_field.related_model.objects.prefetch_related("texts"),
            "widget": forms.CheckboxSelectMultiple,
        }
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The item by its name, what a text may hold, and the languages to preview."""
        item = context.get("original")
        numbers = Contact.objects.prefetch_related("texts")
        context |= {
            "title": label(item) if item else f"Add {self.opts.verbose_name}",
            "subtitle": None,
            "texts_first": self.texts_first,
            "seen": last_change(item) if item else None,
            "numbers": [(one.slug, one.number, label(one)) for one in numbers],
            "figures": FIGURES.items(),
            "previews": [(code, Language(code).label) for code in served()]
            if preview.has_page(self.model.FAMILY)
            else [],
            "show_save_and_add_another": False,
        }
        return super().render_change_form(request, context, *args, **kwargs)

    # Saving

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if self.preview_language(request):
            raise BadRequest("A preview saves nothing.")
        super().save_model(request, obj, form, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Notes who set the state of a text, and when."""
        for inline in formset.forms:
            if inline.has_changed() and isinstance(inline.instance, Text):
                inline.instance.state_by = request.user.get_username()
                inline.instance.state_at = timezone.now()
                if "state" in inline.changed_data:
                    inline.instance.outdated = False
        super().save_formset(request, form, formset, change)

    def has_delete_permission(self, request: HttpRequest, obj: Item | None = None) -> bool:
        """What a release brought is unpublished, not deleted: the next start would add it again."""
        allowed = super().has_delete_permission(request, obj)
        return allowed and obj is not None and not obj.loaded

    # Preview

    def preview_language(self, request: HttpRequest) -> str:
        """The language to preview in, saving nothing; empty where the form is to be saved."""
        language = request.POST.get(PREVIEW, "")
        return language if language in served() and preview.has_page(self.model.FAMILY) else ""

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        language = self.preview_language(request)
        if language and (content := self._typed(request, object_id)):
            return self._preview(request, content, language, back=request.path)
        return super().changeform_view(request, object_id, *args, **kwargs)

    def _typed(self, request: HttpRequest, object_id: str | None) -> ItemContent | None:
        """What stands in the form; None where the form has to be shown instead, with its errors."""
        item = self.get_object(request, unquote(object_id)) if object_id else None
        if not self._may_save(request, item, is_new=object_id is None):
            return None
        form = self.get_form(request, item, change=item is not None)(
            request.POST, request.FILES, instance=item
        )
        is_valid = form.is_valid()
        ((formset, inline),) = self.get_formsets_with_inlines(request, item)
        prefix = formset.get_default_prefix()
        texts = formset(**self.get_formset_kwargs(request, form.instance, inline, prefix))
        return typed.content(form, texts) if texts.is_valid() and is_valid else None

    def _may_save(self, request: HttpRequest, item: Item | None, *, is_new: bool) -> bool:
        if is_new:
            return self.has_add_permission(request)
        return item is not None and self.has_change_permission(request, item)

    def _preview(
        self, request: HttpRequest, content: ItemContent, language: str, back: str
    ) -> HttpResponse:
        answer = preview.rendered(content, language)
        if answer is None:
            messages.warning(request, NO_PAGE)
        return answer or HttpResponseRedirect(back)

    def preview_view(self, request: HttpRequest, object_id: int, language: str) -> HttpResponse:
        """The page with what is stored now, drafts included."""
        item = self.get_object(request, str(object_id))
        if item is None or language not in served() or not preview.has_page(self.model.FAMILY):
            raise Http404
        if not self.has_view_permission(request, item):
            raise Http404
        back = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        return self._preview(request, self.stored(item), language, back)

    def stored(self, item: Any) -> ItemContent:
        """The content that a preview from the list shows."""
        return drafts.content_of(item, Picture.objects.filter(item=item).first())

    def get_urls(self) -> list[URLPattern]:
        """The preview beside the stock addresses."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_preview"
        view = self.admin_site.admin_view(self.preview_view)
        return [
            path("<int:object_id>/preview/<str:language>/", view, name=name),
            *super().get_urls(),
        ]


def _bare(field: Any) -> Any:
    """A choice without the stock buttons that change what is chosen."""
    wrapper = getattr(field, "widget", None)
    if isinstance(wrapper, RelatedFieldWidgetWrapper):
        field.widget = wrapper.widget
    return field
