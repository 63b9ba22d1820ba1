"""The public pages. While the database is away the error page gives the numbers to call."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from campaign import offers
from campaign.hours import ISLAND
from campaign.models import Milestone, Text

# Which signs and trades stand on the home page, and under which icon.
HOME_SIGNS = {
    "papers-held": "pass",
    "rehearsed": "mute",
    "debt": "debt",
    "cannot-leave": "home",
    "other-job": "swap",
    "no-school": "bag",
}
HOME_WORK = {
    "work-taxi": "taxi",
    "work-hotel": "bed",
    "work-school": "book",
    "work-clinic": "cross",
    "work-boats": "boat",
    "work-employer": "hat",
}


def _texts(**which: Any) -> dict[str, Text]:
    """Shown texts of this request's language by slug."""
    texts = Text.objects.shown(get_language() or "en").filter(**which)
    return {text.item.slug: text for text in texts}


def _blocks(page: str) -> dict[str, Text]:
    """The page's own text and its blocks, hyphens as underscores for the template."""
    found = _texts(item__page__slug=page) | _texts(item__page__on__slug=page)
    return {slug.replace("-", "_"): text for slug, text in found.items()}


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Doors, numbers, signs, types, law, and who we are, in this order."""
    blocks = _blocks("home") | _blocks("contact")
    signs = {sign.slug: sign for sign in offers.signs(get_language() or "en")}
    when = {milestone.pk: milestone.when for milestone in Milestone.objects.all()}
    context = {
        "blocks": blocks,
        "signs": [(signs[slug], icon) for slug, icon in HOME_SIGNS.items() if slug in signs],
        "work": [
            (blocks[slug.replace("-", "_")], icon)
            for slug, icon in HOME_WORK.items()
            if slug.replace("-", "_") in blocks
        ],
        "types": _texts(item__family="type").items(),
        "milestones": [
            (when[text.item_id], text) for text in _texts(item__family="milestone").values()
        ],
    }
    return render(request, "campaign/home.html", context | _office())


@require_safe
def contact(request: HttpRequest) -> HttpResponse:
    """Every number that works, the office and its hours."""
    live = offers.contacts(get_language() or "en").values()
    looked_up = [one.checked_on for one in live if one.checked_on and not one.confirmed_on]
    context = {"blocks": _blocks("contact"), "looked_up": min(looked_up, default=None)}
    return render(request, "campaign/contact.html", context | _office())


@require_safe
def get_help(request: HttpRequest) -> HttpResponse:
    """The questions people fear; nothing about it shows in the tab or is kept by the browser."""
    context = {
        "quiet": True,
        "blocks": _blocks("get-help"),
        "questions": list(_texts(item__question__on__slug="get-help").values()),
    }
    return render(request, "campaign/get-help.html", context)


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept, who can read it, and what cannot be hidden."""
    page = _blocks("privacy")
    blocks = {slug: text for slug, text in page.items() if slug != "privacy"}
    return render(request, "campaign/privacy.html", {"page": page.get("privacy"), "blocks": blocks})


def _office() -> dict[str, Any]:
    """The week as rows, and the closed days of the next two months."""
    hours = offers.hours()
    today = timezone.now().astimezone(ISLAND).date()
    return {
        "week": hours.spans(),
        "closures": [c for c in hours.closures if c[1] >= today and (c[0] - today).days <= 60],
    }
