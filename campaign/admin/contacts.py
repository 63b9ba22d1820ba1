"""The numbers: out of order at once, a change only when a second person has called it."""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from campaign import mails, numbers
from campaign.admin.items import ItemAdmin
from campaign.admin.words import label, mark
from campaign.item_content import ItemContent
from campaign.models import Contact, href_of

# They stand on every page, in the bar and in sentences.
LIFELINES = ("police", "emergency", "847")
WAITS = "{} waits: it shows once somebody else has called it."
ASKED = "campaign.asked"  # of the request: the contact whose number waits since this request
NO_MAIL = "No mail went out about it: tell a colleague yourself."
MAIL_IN_PART = "The mail about it did not reach {}: tell them yourself."

Act = Callable[[HttpRequest, Contact, str], str]


def on_number(act: Act) -> Callable[..., HttpResponse]:
    """An editor's POST on one contact, noted in its history; a refusal is a sentence there."""

    @require_POST
    @wraps(act)
    def view(request: HttpRequest, model_admin: "ContactAdmin", pk: int) -> HttpResponse:
        contact = model_admin.get_queryset(request).filter(pk=pk).first()
        if contact is None:
            raise Http404
        if not model_admin.has_change_permission(request, contact):
            raise PermissionDenied
        try:
            said = act(request, contact, request.POST.get("seen", ""))
        except numbers.Refused as refusal:
            messages.error(request, str(refusal))
        else:
            model_admin.log_change(request, contact, said)
            messages.success(request, said)
        return HttpResponseRedirect(reverse("admin:campaign_contact_change", args=[pk]))

    return view


@on_number
def confirm(request: HttpRequest, contact: Contact, seen: str) -> str:
    """The second person."""
    numbers.confirm(contact=contact, seen=seen, by=request.user.get_username())
    return f"{seen} was called and works. It shows now."


@on_number
def drop(request: HttpRequest, contact: Contact, seen: str) -> str:
    """Whoever thinks better of it."""
    numbers.drop(contact=contact, seen=seen)
    return f"The change to {seen} is dropped."


@on_number
def called(request: HttpRequest, contact: Contact, seen: str) -> str:
    """The call of every 90 days."""
    numbers.called(contact=contact, seen=seen)
    return f"{seen} was called today and works."


class ContactForm(forms.ModelForm):
    """A contact's columns."""

    def clean_published(self) -> bool:
        """What nobody has called yet cannot show."""
        published: bool = self.cleaned_data["published"]
        if published and self.instance.pk and self.instance.is_new:
            raise forms.ValidationError(
                "A second person has to call this number before it shows.", code="second"
            )
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
        """As they stand above."""
        return self.fieldsets

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The slug is the placeholder in texts: a person names it."""
        return dict(request.GET.items())

    @admin.display(description="now")
    def standing(self, contact: Contact) -> SafeString:
        """What is unusual about it."""
        if contact.asked_number:
            return mark("machine", f"{contact.asked_number} waits for a second person")
        if contact.out_of_order and contact.stand_in:
            return mark("outdated", f"out of order: {contact.stand_in.number} instead")
        return mark("reviewed", "shows") if contact.published else mark("draft", "unpublished")

    @admin.display(description="called", ordering="confirmed_on")
    def confirmed(self, contact: Contact) -> SafeString:
        """When somebody last saw that it works."""
        if contact.confirmed_on is None:
            return format_html('<span class="late">{}</span>', "never")
        day = f"{contact.confirmed_on:%-d %b %Y}"
        due = contact.is_due(timezone.localdate())
        return format_html('<span class="late">{}</span>', day) if due else format_html("{}", day)

    def get_urls(self) -> list[URLPattern]:
        """One address for each thing that can be done."""
        acts = (("confirm", confirm), ("drop", drop), ("called", called))

        def bound(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
            return self.admin_site.admin_view(lambda request, pk: view(request, self, pk))

        return [
            *(
                path(f"<int:pk>/{name}/", bound(view), name=f"campaign_contact_{name}")
                for name, view in acts
            ),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """With what waits, and who may confirm it."""
        contact = context.get("original")
        context["live"] = Contact.objects.filter(pk=contact.pk).first() if contact else None
        context["today"] = timezone.localdate()
        context["asked_href"] = href_of(context["live"].asked_number) if contact else ""
        context["due"] = bool(contact and contact.is_due(timezone.localdate()))
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Contact, form: Any, change: bool) -> None:
        """What is typed as a number waits beside the one that shows."""
        wanted, typed = obj.number, not change or "number" in form.changed_data
        if typed and change and form.initial["number"] != obj.asked_number:
            obj.number = form.initial["number"]
        elif typed:
            obj.published = False
        super().save_model(request, obj, form, change)
        if typed:
            numbers.ask(contact=obj, number=wanted, by=request.user.get_username())
            request.META[ASKED] = obj.pk

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Once a change is kept, the desk is told of it: a mail may take seconds."""
        answer = super().changeform_view(request, *args, **kwargs)
        if pk := request.META.get(ASKED):
            self._tell(request, self.get_queryset(request).get(pk=pk))
        return answer

    def _tell(self, request: HttpRequest, contact: Contact) -> None:
        messages.warning(request, WAITS.format(contact.asked_number))
        delivery = mails.number_asked(contact, label(contact))
        if not delivery.reached:
            messages.warning(request, NO_MAIL)
        elif delivery.unreached:
            messages.warning(request, MAIL_IN_PART.format(", ".join(delivery.unreached)))

    def stored(self, item: Contact) -> ItemContent:
        content = super().stored(item)
        number = item.asked_number or item.number
        return replace(content, values={**content.values, "number": number})
