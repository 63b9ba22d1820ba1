"""Saving an item at the desk: at once, or as a change that a second person confirms or drops."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from campaign import changes, mails, second_person
from campaign.admin import comparing, form_content
from campaign.admin.desk import ContentAdmin, desk_of, may_confirm, name_in_trail
from campaign.item_content import ItemContent
from campaign.loaded import fill
from campaign.models import Item, PendingChange, Picture, pending_of
from slu_antitrafficking.refusal import Refused

WAITS = "It waits for a second person{}. Until then the pages show what they showed before."
NOBODY = " (nobody else at the desk may confirm it yet)"
NO_MAIL = "No mail went out about it: tell a colleague yourself."

Act = Callable[[HttpRequest, Item, str], str]


class ItemForm(forms.ModelForm):
    """The columns of an item, as they will be once what waits is confirmed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pending = pending_of(self.instance)
        if self.pending:
            row = type(self.instance)()
            many = fill(row, self.pending.values, _find)
            columns = {name: getattr(row, name) for name in self.pending.values if name not in many}
            self.initial.update(columns | many)


def on_item(act: Act) -> Callable[..., HttpResponse]:
    """A view of what an editor does to one item: a POST, with history and trail in one transaction.

    A refusal becomes a sentence on the item's screen. The view raises
    Http404 where there is no such item, PermissionDenied for whoever may not change it.
    """

    @require_POST
    @transaction.atomic
    @wraps(act)
    def view(request: HttpRequest, model_admin: "PendingAdmin", pk: int) -> HttpResponse:
        item = model_admin.get_queryset(request).filter(pk=pk).first()
        if item is None:
            raise Http404
        if not model_admin.has_change_permission(request, item):
            raise PermissionDenied
        try:
            sentence = act(request, item, request.POST.get("seen", ""))
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            model_admin.log_change(request, item, sentence)
            messages.success(request, sentence)
        return HttpResponseRedirect(model_admin.screen_of(item))

    return view


class PendingAdmin(ContentAdmin):
    """Saves what is typed at once, or as a change that waits beside what shows."""

    form = ItemForm
    # What can be done on one item: name in its address, and the act.
    acts: ClassVar[tuple[tuple[str, Callable[..., HttpResponse]], ...]] = ()

    def screen_of(self, item: Item) -> str:
        """The address of the item's own screen."""
        return reverse(f"admin:campaign_{self.opts.model_name}_change", args=[item.pk])

    def _act_url(self, name: str, item: Item) -> str:
        return reverse(f"admin:campaign_{self.opts.model_name}_{name}", args=[item.pk])

    def get_urls(self) -> list[URLPattern]:
        def bound(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
            return self.admin_site.admin_view(lambda request, pk: view(request, self, pk))

        acts = (("confirm", self._confirm()), ("drop", drop), *self.acts)
        own = [
            path(f"<int:pk>/{name}/", bound(view), name=f"campaign_{self.opts.model_name}_{name}")
            for name, view in acts
        ]
        return [*own, *super().get_urls()]

    def _confirm(self) -> Callable[..., HttpResponse]:
        @on_item
        def confirm(request: HttpRequest, item: Item, seen: str) -> str:
            pending = pending_of(item)
            allowed = may_confirm(self.admin_site, pending) if pending else []
            name = request.user.get_username()
            changes.confirm(item, seen=seen, by=name, may_confirm=allowed)
            return "Confirmed. It shows now."

        return confirm

    def save_model(self, request: HttpRequest, obj: Item, form: Any, change: bool) -> None:
        pass  # save_related knows the texts, and so whether it is saved at once

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        (texts,) = formsets
        texts.save(commit=False)  # only the history's sentence needs it
        item: Item = form.instance
        if form.cleaned_data.get("remove_picture"):
            Picture.objects.filter(item=item).delete()
            Picture.objects.filter(pending__item=item).delete()
        outcome = changes.save(
            item,
            form_content.content(form, texts),
            by=request.user.get_username(),
            picture=form.cleaned_data.get("picture"),
        )
        self._save_at_once(form)
        self.tell(request, item, outcome)

    def _save_at_once(self, form: Any) -> None:
        """Saves the columns that never wait: out of order takes a dead number off the pages."""
        item = form.instance
        names = [field.name for field in item._meta.concrete_fields if field.name in form.fields]
        at_once = {
            name: form.cleaned_data[name]
            for name in names
            if name not in (*item.RELEASE_FIELDS, "slug")
        }
        if at_once:
            type(item)._default_manager.filter(pk=item.pk).update(**at_once)

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        message = super().construct_change_message(request, form, formsets, add)
        if message and not add and pending_of(form.instance):
            return "Asked for a change that waits for a second person."
        return message

    def response_add(self, request: HttpRequest, obj: Item, *args: Any) -> HttpResponse:
        if pending_of(obj):
            return HttpResponseRedirect(self.screen_of(obj))
        return super().response_add(request, obj, *args)

    def response_change(self, request: HttpRequest, obj: Item) -> HttpResponse:
        if pending_of(obj):
            return HttpResponseRedirect(self.screen_of(obj))
        return super().response_change(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Item | None = None) -> bool:
        # What a release brought would come back at the next start.
        allowed = super().has_delete_permission(request, obj)
        return allowed and obj is not None and not obj.loaded and changes.may_vanish(obj)

    def delete_model(self, request: HttpRequest, obj: Item) -> None:
        changes.lock()
        if not changes.may_vanish(obj):  # what stands beside it was changed meanwhile
            raise PermissionDenied
        super().delete_model(request, obj)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        item = context.get("original")
        if item and (pending := pending_of(item)):
            context["waiting"] = self.waiting(request, item, pending)
        return super().render_change_form(request, context, *args, **kwargs)

    def waiting(self, request: HttpRequest, item: Item, pending: PendingChange) -> dict[str, Any]:
        """The change that waits, for the item's screen: why, for whom, and old beside new."""
        before, after = changes.stored(item), changes.overlaid(item, pending)
        name = request.user.get_username()
        known = second_person.known_targets()
        reasons = second_person.reasons(before, after, known)
        has_picture = hasattr(pending, "picture")
        allowed = may_confirm(self.admin_site, pending)
        return {
            "pending": pending,
            "reasons": [*reasons, *([second_person.A_PICTURE] if has_picture else [])],
            "rows": comparing.rows(before, after),
            "has_picture": has_picture,
            "seen": changes.fingerprint(item, pending),
            "may_confirm": allowed,
            "has_asked": name in pending.asked_by,
            "confirm_url": self._act_url("confirm", item),
            "drop_url": self._act_url("drop", item),
            "is_allowed": name in allowed,
            "is_number": second_person.is_new_number(before, after),
            "number": after.values.get("number", ""),
            "shows": before.values["published"],
        }

    def tell(self, request: HttpRequest, item: Item, outcome: changes.Outcome) -> None:
        """Tells the editor and the desk; the mail counts with the change."""
        if pending := outcome.pending:
            self._tell(request, item, pending, mail=outcome.is_asked_anew)

    def _tell(
        self, request: HttpRequest, item: Item, pending: PendingChange, *, mail: bool
    ) -> None:
        allowed = may_confirm(self.admin_site, pending)
        who = f": {' or '.join(allowed)}" if allowed else NOBODY
        messages.warning(request, WAITS.format(who))
        if not mail:
            return
        before, after = changes.stored(item), changes.overlaid(item, pending)
        numbers = _numbers(before, after)
        words = mails.change_asked(
            pending,
            name=name_in_trail(item),
            numbers=numbers,
            may_confirm=allowed,
            path=self.screen_of(item),
        )
        if not desk_of(self.admin_site).mail_desk(words=words, about_number=bool(numbers)):
            messages.warning(request, NO_MAIL)


@on_item
def drop(request: HttpRequest, item: Item, seen: str) -> str:
    """Drops the change that waits; whoever asked for it may, too."""
    changes.drop(item, seen=seen)
    return "The change is dropped."


def _numbers(before: ItemContent, after: ItemContent) -> mails.Numbers | None:
    if not second_person.is_new_number(before, after):
        return None
    shown = before.values["number"] if before.values["published"] else ""
    return mails.Numbers(shown, after.values["number"])


def _find(kind: Any, slug: str) -> Any:
    return kind._default_manager.filter(slug=slug).first()
