"""A public page as it would look, drafts included: for the desk, which has no public addresses."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import get_urlconf, resolve, reverse, set_urlconf
from django.utils import timezone, translation

from campaign import desk_items, published, snapshot, snapshot_cache
from campaign.item_content import ItemContent

PUBLIC = "slu_antitrafficking.public_urls"
# The address of each page by its slug; one that stands here nowhere shows on the home page alone.
PAGES = {
    "home": "home",
    "signs": "signs",
    "types": "types",
    "law": "law",
    "what-we-have-done": "done",
    "get-involved": "involved",
    "get-help": "get_help",
    "card": "card",
    "contact": "contact",
    "materials": "materials",
    "privacy": "privacy",
    "accessibility": "accessibility",
}
# Where a family of items stands that has no page of its own.
PLACES = {
    "sign": "signs",
    "provision": "law",
    "milestone": "done",
    "contact": "contact",
    "notice": "home",
}
# The one thing a preview needs beyond the site's own rules: pictures that have no address here.
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)


def has_page(family: str) -> bool:
    """Whether items of this family stand on a page; a sentence for answers does not."""
    return family in PLACES or family in ("page", "question", "phrase", "type", "material")


def rendered(item: ItemContent, language: str) -> HttpResponse | None:
    """The page on which the item stands, with this content of it; None where that page is away."""
    rows = [row for row in desk_items.items() if (row.family, row.slug) != (item.family, item.slug)]
    rows.append(_on_its_day(item))
    hours = published.hours()

    @cache
    def read(code: str) -> snapshot.Snapshot:
        return snapshot.build(rows, hours, code, drafts=True)

    with _public_addresses(), translation.override(language), snapshot_cache.override(read):
        path = _path(item)
        request = HttpRequest()
        request.method, request.path, request.path_info = "GET", path, path
        request.META = {"SERVER_NAME": "preview", "SERVER_PORT": "80"}
        match = resolve(path)
        try:
            response: HttpResponse = match.func(request, *match.args, **match.kwargs)
        except Http404:
            return None
    response.headers["Content-Security-Policy"] = CSP
    response.headers["Content-Language"] = language
    return response


def _on_its_day(item: ItemContent) -> ItemContent:
    """A notice as on its first day."""
    if item.family != "notice":
        return item
    today = timezone.localdate().isoformat()
    days = {"starts": today, "ends": max(today, item.values["ends"])}
    return replace(item, values={**item.values, **days})


def _path(item: ItemContent) -> str:
    if item.family in ("type", "material"):
        return reverse(f"campaign:{item.family}", args=[item.slug])
    if item.family in ("page", "question"):
        name = PAGES.get(item.values["on"] or item.slug, "home")
    elif item.family == "phrase":
        name = {"card": "card", "call": "get_help"}.get(item.values["use"], "home")
    else:
        name = PLACES[item.family]
    return reverse(f"campaign:{name}")


@contextmanager
def _public_addresses() -> Iterator[None]:
    before = get_urlconf()
    set_urlconf(PUBLIC)
    try:
        yield
    finally:
        set_urlconf(before)
