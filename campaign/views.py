"""The public pages, all from the snapshot in memory: none of them asks the database."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from secrets import token_hex
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from campaign import offers, open_data, pleas, printing, sharing, snapshot_cache
from campaign.entries import Entry, MaterialEntry, PhraseEntry, SignEntry
from campaign.hours import ISLAND
from campaign.models import Language, Sign
from campaign.snapshot import Snapshot

# Which signs and trades stand on the home page, and under which icon.
HOME_SIGNS = {
    "papers-held": "pass",
    "rehearsed": "mute",
    "debt": "debt",
    "cannot-leave": "home",
    "other-job": "swap",
    "no-school": "bag",
}
TRADES = {
    "taxi": "taxi",
    "hotel": "bed",
    "school": "book",
    "clinic": "cross",
    "boats": "boat",
    "employers": "hat",
    "border": "pass",
}
LAW_FOLDED = ("law-years", "law-duties", "law-2021")
HOME_WORK = {
    "work-taxi": "taxi",
    "work-hotel": "hotel",
    "work-school": "school",
    "work-clinic": "clinic",
    "work-boats": "boats",
    "work-employer": "employers",
}


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Doors, numbers, signs, types, law, and who we are, in this order."""
    snapshot = _snapshot()
    blocks = _by_slug(snapshot.blocks("home")) | _by_slug(snapshot.blocks("contact"))
    signs = {sign.slug: sign for sign in snapshot.signs}
    work = [(_underscored(slug), trade) for slug, trade in HOME_WORK.items()]
    context = {
        "blocks": blocks,
        "signs": [(signs[slug], icon) for slug, icon in HOME_SIGNS.items() if slug in signs],
        "work": [(blocks[name], trade, TRADES[trade]) for name, trade in work if name in blocks],
        "types": snapshot.types,
        "milestones": [milestone for milestone in snapshot.milestones if milestone.home],
    }
    return _page(request, "home", "campaign/home.html", context | _office(snapshot))


@require_safe
def signs(request: HttpRequest) -> HttpResponse:
    """Every sign in its group, to tick and to carry to the form."""
    snapshot = _snapshot()
    trades = [one for one in snapshot.materials if one.layout == "card"]
    groups = []
    for value, name in Sign.Group.choices:
        members = [sign for sign in snapshot.signs if sign.group == value]
        rows = [(sign, _numbers_of(trades, sign)) for sign in members]
        groups.append((value, name, rows))
    context = {
        "groups": [group for group in groups if group[2]],
        "sources": _sources(snapshot.signs),
        "trades": [(trade, TRADES.get(trade.slug, "eye")) for trade in trades],
        "blocks": _by_slug(snapshot.blocks("signs")),
        "page_blocks": snapshot.blocks("signs"),
    }
    return _page(request, "signs", "campaign/signs.html", context)


@require_safe
def types(request: HttpRequest) -> HttpResponse:
    """What trafficking is and is not, and a way to each type."""
    snapshot = _snapshot()
    context = {"types": snapshot.types, "blocks": snapshot.blocks("types")}
    return _page(request, "types", "campaign/types.html", context)


@require_safe
def type_(request: HttpRequest, slug: str) -> HttpResponse:
    """One type: what it is, how it looks here, its signs, the law, what to do."""
    snapshot = _snapshot()
    page = _entry_or_404(snapshot.types, slug)
    context = {"page": page, "signs": _signs_of(snapshot, slug), "types": snapshot.types}
    return render(request, "campaign/type.html", context)


@require_safe
def law(request: HttpRequest) -> HttpResponse:
    """The law in short, then folded: the Act by section, the treaties and related law."""
    snapshot = _snapshot()
    blocks, act = snapshot.blocks("law"), snapshot.provisions("act")
    days = [entry.checked_on for entry in (*blocks, *act) if entry.checked_on]
    context = {
        "blocks": blocks,
        "folded": LAW_FOLDED,
        "checked_on": min(days, default=None),
        "act": act,
        "act_source": Counter(one.source for one in act).most_common(1)[0][0] if act else "",
        "treaties": snapshot.provisions("treaty"),
        "related": snapshot.provisions("related"),
    }
    return _page(request, "law", "campaign/law.html", context)


@require_safe
def done(request: HttpRequest) -> HttpResponse:
    """The timeline, the speech, IOM's part and the mission."""
    snapshot = _snapshot()
    context = {"blocks": snapshot.blocks("what-we-have-done"), "milestones": snapshot.milestones}
    return _page(request, "what-we-have-done", "campaign/done.html", context)


@require_safe
def involved(request: HttpRequest) -> HttpResponse:
    """What each trade, school, church, business and family can do."""
    return _page(request, "get-involved", "campaign/involved.html")


@require_safe
def get_help(request: HttpRequest) -> HttpResponse:
    """The questions people fear; nothing about it shows in the tab or is kept by the browser."""
    snapshot = _snapshot()
    blocks = snapshot.blocks("get-help")
    own = ("help-under-18", "help-moment", "help-phone")
    context = {
        "quiet": True,
        "pleas": list(pleas.pleas(get_language() or "en")),
        "submission": token_hex(16),  # so that a plea that is sent twice is one tip
        "blocks": _by_slug(blocks),
        "more": [block for block in blocks if block.slug not in own],
        "questions": snapshot.questions("get-help"),
        "spoken": _spoken("site", offers.CREOLES),
    }
    return _page(request, "get-help", "campaign/get-help.html", context)


@require_safe
def card(request: HttpRequest) -> HttpResponse:
    """Lines to show to anybody: the reader's own language above English."""
    codes = dict.fromkeys((get_language() or "en", *offers.CREOLES))
    context = {"quiet": True, "cards": _spoken("card", codes)}
    return _page(request, "card", "campaign/card.html", context)


@require_safe
def contact(request: HttpRequest) -> HttpResponse:
    """Every number that works, the office and its hours."""
    snapshot = _snapshot()
    contacts = snapshot.contacts.values()
    looked_up = [one.checked_on for one in contacts if one.checked_on and not one.confirmed_on]
    own = ("contact-speak", "contact-office")
    context = {
        "blocks": _by_slug(snapshot.blocks("contact")),
        "more": [block for block in snapshot.blocks("contact") if block.slug not in own],
        "looked_up": min(looked_up, default=None),
    }
    return _page(request, "contact", "campaign/contact.html", context | _office(snapshot))


@require_safe
def materials(request: HttpRequest) -> HttpResponse:
    """The sheets that can be printed."""
    rows = [(one, TRADES.get(one.slug, "print")) for one in _snapshot().materials]
    context = {"materials": rows, "shares": sharing.links()}
    return _page(request, "materials", "campaign/materials.html", context)


@require_safe
def material(request: HttpRequest, slug: str) -> HttpResponse:
    """One sheet of A4, in one language or in two, with the live numbers."""
    page = _entry_or_404(_snapshot().materials, slug)
    others = [one for one in _snapshot().materials if one != page]
    language = get_language() or "en"
    context = {"page": page, "others": others, "sheet": printing.sheet(page, language)}
    return render(request, "campaign/material.html", context)


@require_safe
def press(request: HttpRequest) -> HttpResponse:
    """Whom journalists call, the cases by year, and how to report without harm."""
    return _page(request, "press", "campaign/page.html")


@require_safe
def data(request: HttpRequest) -> JsonResponse:
    """The same rows as the pages', as JSON."""
    language = get_language() or "en"
    document = open_data.document(_snapshot(), language, settings.SITE_URL)
    return JsonResponse(document, json_dumps_params={"ensure_ascii": False, "indent": 1})


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept, who can read it, and what cannot be hidden."""
    return _page(request, "privacy", "campaign/page.html")


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """What was tested, how, and what is known to be wrong."""
    return _page(request, "accessibility", "campaign/accessibility.html")


def _snapshot() -> Snapshot:
    return snapshot_cache.current(get_language() or "en")


def _page(
    request: HttpRequest, slug: str, template: str, context: dict[str, Any] | None = None
) -> HttpResponse:
    """The page with its own words. Raises Http404 while it is unpublished."""
    snapshot = _snapshot()
    page = snapshot.page(slug)
    if page is None:
        raise Http404
    return render(
        request, template, {"page": page, "blocks": snapshot.blocks(slug)} | (context or {})
    )


def _entry_or_404(entries: tuple[Any, ...], slug: str) -> Any:
    for entry in entries:
        if entry.slug == slug:
            return entry
    raise Http404


def _underscored(slug: str) -> str:
    return slug.replace("-", "_")


def _by_slug(entries: tuple[Entry, ...]) -> dict[str, Entry]:
    """The entries by slug, with underscores for hyphens: a template's dot takes no hyphen."""
    return {_underscored(entry.slug): entry for entry in entries}


def _signs_of(snapshot: Snapshot, type_slug: str) -> list[SignEntry]:
    """The signs of this type, strong ones first; then the strong ones of every type."""
    own = [sign for sign in snapshot.signs if type_slug in sign.types]
    every = [sign for sign in snapshot.signs if not sign.types and sign.strong]
    return sorted(own, key=lambda sign: not sign.strong) + every


def _numbers_of(trades: list[MaterialEntry], sign: SignEntry) -> str:
    """The trades this sign is for, each by its place in the row, as the style sheet counts them."""
    return " ".join(str(n) for n, trade in enumerate(trades, 1) if sign.slug in trade.signs)


def _sources(entries: Iterable[SignEntry]) -> tuple[str, date | None, str]:
    """Every source of these once: the dated ones with their oldest day, then the undated ones."""
    dated = _names(entry for entry in entries if entry.checked_on)
    undated = [name for name in _names(entries) if name not in dated]
    days = [entry.checked_on for entry in entries if entry.checked_on]
    return "; ".join(dated), min(days, default=None), "; ".join(undated)


def _names(entries: Iterable[SignEntry]) -> list[str]:
    names = (name for entry in entries for name in entry.source.split("; ") if name)
    return list(dict.fromkeys(names))


def _spoken(use: str, codes: Iterable[str]) -> list[tuple[str, str, list[tuple[PhraseEntry, str]]]]:
    """Each language that has lines for this use: code, name, and every line with its English."""
    english = {line.slug: line.title for line in offers.phrases("en", use)}
    sections = []
    for code in codes:
        lines = [line for line in offers.phrases(code, use) if line.slug in english]
        if lines:
            pairs = [(line, english[line.slug]) for line in lines]
            sections.append((code, Language(code).label, pairs))
    return sections


def _office(snapshot: Snapshot) -> dict[str, Any]:
    """The week as rows, and the closed days of the next two months."""
    hours = snapshot.hours
    today = timezone.now().astimezone(ISLAND).date()
    return {
        "week": hours.spans(),
        "closures": [c for c in hours.closures if c[1] >= today and (c[0] - today).days <= 60],
    }
