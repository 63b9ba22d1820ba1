"""Previews of an item at the desk: as typed, or as it is stored."""

from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from campaign import changes, desk_items, preview
from campaign.admin import form_content
from campaign.admin.desk import ContentAdmin
from campaign.item_content import ItemContent
from campaign.labels import label, served
from campaign.models import Item, Language, pending_of

PREVIEW = "_preview"
NO_PAGE = "There is no page to preview: the page this stands on does not show."


class PreviewAdmin(ContentAdmin):
    """The public page with an item on it, from the form's own buttons and from the list."""

    def look(self, item: Item) -> SafeString:
        """Links to the page as it would look, in each language."""
        if not preview.has_page(self.model.FAMILY):
            return format_html("–")
        rows = (
            (reverse(self._url_name(), args=[item.pk, code]), label(item), name, code)
            for code, name in self.preview_languages()
        )
        link = '<a href="{}" target="_blank" aria-label="Preview {} in {}">{}</a>'
        return format_html('<span class="looks">{}</span>', format_html_join(" ", link, rows))

    look.short_description = "preview"  # type: ignore[attr-defined]

    def preview_languages(self) -> list[tuple[str, str]]:
        """Codes and names of the languages in which an item can be looked at."""
        if not preview.has_page(self.model.FAMILY):
            return []
        return [(code, Language(code).label) for code in served()]

    def preview_language(self, request: HttpRequest) -> str:
        """The language to preview in, saving nothing; empty where the form is to be saved."""
        language = request.POST.get(PREVIEW, "")
        return language if language in dict(self.preview_languages()) else ""

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        language = self.preview_language(request)
        if language and (content := self._typed(request, object_id)):
            return self._preview(request, content, language, back=request.path)
        return super().changeform_view(request, object_id, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if self.preview_language(request):
            raise BadRequest("A preview saves nothing.")
        super().save_model(request, obj, form, change)

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
        return form_content.content(form, texts) if texts.is_valid() and is_valid else None

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
        """The page as stored, drafts and what waits included. Raises Http404 for no such item."""
        item = self.get_object(request, str(object_id))
        if item is None or language not in dict(self.preview_languages()):
            raise Http404
        if not self.has_view_permission(request, item):
            raise Http404
        back = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        content = changes.overlaid(item, pending_of(item))
        return self._preview(request, desk_items.with_picture(content, item), language, back)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.preview_view)
        own = path(
            "<int:object_id>/preview/<str:language>/",
            view,
            name=self._url_name().removeprefix("admin:"),
        )
        return [own, *super().get_urls()]

    def _url_name(self) -> str:
        return f"admin:{self.opts.app_label}_{self.opts.model_name}_preview"
