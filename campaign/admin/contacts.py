"""The numbers: out of order at once, a change only when a second person has called it."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from campaign import changes
from campaign.admin.items import ItemAdmin
from campaign.admin.pending import ItemForm, on_item
from campaign.labels import mark
from campaign.models import Contact, Item, href_of
from slu_antitrafficking.refusal import Refused

# They stand on every page, in the bar and in sentences.
LIFELINES = ("police", "emergency", "847")


@on_item
def called(request: HttpRequest, item: Item, seen: str) -> str:
    """Notes today as the day of the last call. Raises Refused if another number shows by now."""
    contact = Contact.objects.select_for_update(of=("self",)).get(pk=item.pk)
    if not contact.published or contact.number != seen:
        raise Refused(changes.CHANGED_MEANWHILE)
    contact.confirmed_on = timezone.localdate()
    contact.save(update_fields=["confirmed_on"])
    return f"{seen} was called today and works."


class ContactForm(ItemForm):
    """A contact's columns; numbers that others rely on stay published."""

    def clean_published(self) -> bool:
        """Raises ValidationError for a lifeline, or for the stand-in of a number out of order."""
        published: bool = self.cleaned_data["published"]
        if not published and (self.instance.slug in LIFELINES or self._stands_in()):
            raise forms.ValidationError(
                "This number cannot be unpublished. If it does not work, mark it out of order.",
                code="lifeline",
            )
        return published

    def _stands_in(self) -> bool:
        pk = self.instance.pk
        return pk is not None and Contact.objects.filter(out_of_order=True, instead=pk).exists()


@admin.register(Contact)
class ContactAdmin(ItemAdmin):
    """The numbers. Out of order takes a number off every page within a minute."""

    form = ContactForm
    acts = (("called", called),)
    list_display: tuple[str, ...] = (
        "english",
        "number",
        "standing",
        "confirmed",
        "texts",
        "look",
    )
    list_filter: ClassVar[tuple[Any, ...]] = ("out_of_order", "published")
    list_select_related = ("instead",)
    texts_first = False
    change_form_template = "admin/campaign/contact/change_form.html"
    fieldsets = (
        (
            "Out of order",
            {
                "fields": ("out_of_order", "instead"),
                "description": "Takes the number off every page, card and form within about a"
                " minute. The one named here stands in its place.",
            },
        ),
        (
            "Number",
            {
                "fields": ("number", "always"),
                "description": "A changed number shows once a second person has called it.",
            },
        ),
        ("Where it stands", {"fields": ("slug", "position", "published")}),
        ("Where it comes from", {"fields": ("source", "source_url", "checked_on")}),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fieldsets

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        # The slug is the placeholder in texts: a person names it.
        return dict(request.GET.items())

    @admin.display(description="now")
    def standing(self, contact: Contact) -> SafeString:
        """Whether it shows, or which number shows in its place."""
        if contact.out_of_order and contact.stand_in:
            return mark("outdated", f"out of order: {contact.stand_in.number} instead")
        return mark("reviewed", "shows") if contact.published else mark("draft", "unpublished")

    @admin.display(description="called", ordering="confirmed_on")
    def confirmed(self, contact: Contact) -> SafeString:
        """The day of the last call; marked once another one is due."""
        if contact.confirmed_on is None:
            return format_html('<span class="late">{}</span>', "never")
        day = f"{contact.confirmed_on:%-d %b %Y}"
        due = contact.is_due(timezone.localdate())
        return format_html('<span class="late">{}</span>', day) if due else format_html("{}", day)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        contact = context.get("original")
        # As stored: what was typed and refused stands on `original`.
        context["live"] = Contact.objects.filter(pk=contact.pk).first() if contact else None
        context["due"] = bool(contact and contact.is_due(timezone.localdate()))
        return super().render_change_form(request, context, *args, **kwargs)

    def waiting(self, request: HttpRequest, item: Any, pending: Any) -> dict[str, Any]:
        waiting = super().waiting(request, item, pending)
        return waiting | {"href": href_of(waiting["number"])}
