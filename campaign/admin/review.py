"""The review queue and what is due: two screens over all kinds of item."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaign import changes, due, review
from campaign.admin.desk import may_confirm
from campaign.labels import label
from campaign.models import FAMILIES, Item, Language, Text
from slu_antitrafficking.refusal import Refused

ON_A_PAGE = 40


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Texts to read, safety first, in all languages or in ?language.

    Raises PermissionDenied for whoever may not change the site's texts.
    """
    _allowed(request)
    language = request.GET.get("language", "")
    counts = review.counts()
    texts = review.waiting(language).prefetch_related("item__texts")
    page = Paginator(texts, ON_A_PAGE).get_page(request.GET.get("p"))
    codes = [code for code in Language.values if counts.get(code)]
    context = {
        "title": "Review",
        "rows": [_row(text) for text in page],
        "page": page,
        "language": language,
        "tabs": [("", "All", sum(counts.values()))]
        + [(code, Language(code).label, counts[code]) for code in codes],
    }
    return _screen(request, "admin/campaign/review.html", context)


@require_POST
@transaction.atomic
def mark(request: HttpRequest, pk: int) -> HttpResponse:
    """Marks one text as read and right, by POST. Raises Http404 where there is none."""
    _allowed(request)
    text = Text.objects.select_related("item").filter(pk=pk).first()
    if text is None:
        raise Http404
    name = f"{_name(text.item)}, {text.get_language_display()}"
    try:
        outcome = review.mark(
            text=text, seen=request.POST.get("seen", ""), by=request.user.get_username()
        )
    except Refused as refusal:
        messages.error(request, f"{name}: {refusal}")
    else:
        _note(request, text, name, outcome)
    back = request.POST.get("back", "")
    query = f"?language={back}" if back in Language.values else ""
    return HttpResponseRedirect(reverse("editors:review") + query)


def _note(request: HttpRequest, text: Text, name: str, outcome: changes.Outcome) -> None:
    kind = FAMILIES[text.item.family]
    item = kind._default_manager.get(pk=text.item_id)
    model_admin: Any = admin.site.get_model_admin(kind)
    sentence = f"Read and marked as reviewed: {text.get_language_display()}."
    model_admin.log_change(request, item, sentence)
    model_admin.tell(request, item, outcome)
    if not outcome.pending:
        messages.success(request, f"{name}: reviewed.")


@require_safe
def what_is_due(request: HttpRequest) -> HttpResponse:
    """Changes to confirm, numbers to call, facts to look up.

    Raises PermissionDenied for whoever may not change the site's texts.
    """
    _allowed(request)
    work = due.on(timezone.localdate())
    context = {
        "title": "Due",
        "due": work,
        "waiting": [
            (_name(one.item), change_url(one.item), one, may_confirm(admin.site, one))
            for one in work.waiting
        ],
        "to_check": [(label(item), change_url(item), _kind(item), item) for item in work.to_check],
        "unsettled": [
            (label(item), change_url(item), item.open_points.splitlines())
            for item in work.unsettled
        ],
    }
    return _screen(request, "admin/campaign/due.html", context)


def change_url(item: Item) -> str:
    """The address of the item's own screen."""
    name = FAMILIES[item.family]._meta.model_name
    return reverse(f"admin:campaign_{name}_change", args=[item.pk])


def _row(text: Text) -> dict[str, Any]:
    return {
        "text": text,
        "name": _name(text.item),
        "kind": _kind(text.item),
        "rank": review.RANK_NAMES[getattr(text, "rank", review.REST)],
        "url": f"{change_url(text.item)}#text-{text.language}",
        "english": review.english_of(text),
        "lacks": review.lacks(text),
        "seen": review.fingerprint(text),
    }


def _name(item: Item) -> str:
    """The English title; of a contact with its number, as two may have the same title."""
    return f"{label(item)}: {item.contact.number}" if hasattr(item, "contact") else label(item)


def _kind(item: Item) -> str:
    return str(FAMILIES[item.family]._meta.verbose_name)


def _allowed(request: HttpRequest) -> None:
    if not request.user.has_perm("campaign.change_text"):
        raise PermissionDenied


def _screen(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    return render(request, template, admin.site.each_context(request) | context)
