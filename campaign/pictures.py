"""Pictures of the site: cut in the confined child, kept in the database, served while shown."""

import re
from dataclasses import dataclass
from hashlib import sha256

from django.db import Error
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from campaign.models import Item, Picture, Text
from slu_antitrafficking import sandbox

# Every version's own address: what it shows never changes, another picture has another digest.
ADDRESS = r"^pictures/(?P<digest>[0-9a-f]{32})-(?P<name>480\.webp|960\.webp|960\.jpg)$"
VERSIONS = {
    "480.webp": ("small", "image/webp"),
    "960.webp": ("large", "image/webp"),
    "960.jpg": ("fallback", "image/jpeg"),
}
# Not for good: a picture may have to go because somebody can be recognised on it.
FOR_A_DAY = "public, max-age=86400"


@dataclass(frozen=True)
class Cut:
    """A picture ready for a page."""

    width: int
    height: int
    small: bytes
    large: bytes
    fallback: bytes


def cut(raw: bytes) -> Cut | None:
    """New pixels without anything else, in three versions; None where it cannot be read."""
    try:
        found = list(sandbox.frames(sandbox.ask([raw], "site")))
    except OSError:  # no memory, process or turn to be had
        return None
    if len(found) != 4 or not re.fullmatch(rb"\d{1,4} \d{1,4}", found[0]):
        return None
    width, height = map(int, found[0].split())
    return Cut(width, height, *found[1:])


def keep(item: Item, made: Cut) -> None:
    """The item's picture from now on."""
    whole = b"".join((str(item.pk).encode(), made.small, made.large, made.fallback))
    columns = {name: getattr(made, name) for name in Cut.__dataclass_fields__}
    columns["digest"] = sha256(whole).hexdigest()[:32]
    Picture.objects.update_or_create(item=item, defaults=columns)


def version(digest: str, name: str, *, drafts: bool = False) -> tuple[bytes, str]:
    """One version's bytes and type; no bytes where no page shows it. A preview sees drafts too."""
    column, kind = VERSIONS[name]
    found = Picture.objects.filter(digest=digest)
    if not drafts:
        shown = Text.objects.filter(language="en").exclude(state=Text.State.DRAFT)
        found = found.filter(item__published=True, item__texts__in=shown)
    return bytes(found.values_list(column, flat=True).first() or b""), kind


@require_safe
def picture(request: HttpRequest, digest: str, name: str) -> HttpResponse:
    """One version of a picture."""
    try:
        raw, kind = version(digest, name)
    except Error:  # the database is away; the page has words for it
        return HttpResponse(status=503)
    if not raw:
        raise Http404
    return HttpResponse(raw, content_type=kind, headers={"Cache-Control": FOR_A_DAY})
