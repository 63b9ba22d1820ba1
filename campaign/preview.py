"""A public page as it would look, drafts included: for the desk, which has no public addresses."""

import re
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import get_urlconf, resolve, reverse, set_urlconf
from django.utils import translation

from campaign import picture_serving, snapshot_cache
from campaign.models import (
    Contact,
    Item,
    Material,
    Milestone,
    Notice,
    Page,
    Phrase,
    Provision,
    Question,
    Sign,
    TraffickingType,
)
from campaign.snapshot import Snapshot, from_database, from_release

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
# Where a kind of item stands that has no page of its own.
PLACES: dict[type[Item], str] = {
    Sign: "signs",
    Provision: "law",
    Milestone: "done",
    Contact: "contact",
    Notice: "home",
}
PICTURE = re.compile(f"/{picture_serving.ADDRESS.strip('^$')}")
# The one thing a preview needs beyond the site's own rules: a picture that no address has yet.
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)


def has_page(kind: type[Item]) -> bool:
    """Whether items of this kind stand on a page; a sentence for answers does not."""
    return kind in PLACES or kind in (Page, Question, Phrase, TraffickingType, Material)


def rendered(item: Item, language: str) -> HttpResponse | None:
    """The page on which the item stands, from the database as this transaction sees it."""
    with _public_addresses(), translation.override(language), snapshot_cache.override(cache(_read)):
        path = _path(item)
        request = HttpRequest()
        request.method, request.path, request.path_info = "GET", path, path
        request.META = {"SERVER_NAME": "preview", "SERVER_PORT": "80"}
        match = resolve(path)
        try:
            answer = match.func(request, *match.args, **match.kwargs)
        except Http404:
            return None
    response = HttpResponse(_with_pictures(_with_line(answer.content.decode())))
    response.headers["Content-Security-Policy"] = CSP
    response.headers["Content-Language"] = language
    return response


def _read(language: str) -> Snapshot:
    return from_database(language, drafts=True) or from_release(language)


def _path(item: Item) -> str:
    if isinstance(item, TraffickingType):
        return reverse("campaign:type", args=[item.slug])
    if isinstance(item, Material):
        return reverse("campaign:material", args=[item.slug])
    if isinstance(item, Page):
        name = PAGES.get(item.on.slug if item.on else item.slug, "home")
    elif isinstance(item, Question):
        name = PAGES.get(item.on.slug, "home")
    elif isinstance(item, Phrase):
        name = "card" if item.use == Phrase.Use.CARD else "home"
    else:
        name = PLACES[type(item)]
    return reverse(f"campaign:{name}")


def _with_line(html: str) -> str:
    """The page says of itself what it is."""
    line = render_to_string("admin/campaign/preview_line.html")
    style = render_to_string("admin/campaign/preview_style.html")
    html = html.replace("</head>", f"{style}</head>", 1)
    return re.sub(r"(<body[^>]*>)", lambda body: body[1] + line, html, count=1)


def _with_pictures(html: str) -> str:
    """Every picture inside the page itself: a new one is gone once the page was rendered."""

    def inside(match: re.Match[str]) -> str:
        raw, kind = picture_serving.version(match["digest"], match["name"], drafts=True)
        return f"data:{kind};base64,{b64encode(raw).decode()}"

    return PICTURE.sub(inside, html)


@contextmanager
def _public_addresses() -> Iterator[None]:
    before = get_urlconf()
    set_urlconf(PUBLIC)
    try:
        yield
    finally:
        set_urlconf(before)
