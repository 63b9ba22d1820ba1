"""The addresses of the site's pictures, and what is served there."""

from django.db import Error
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from campaign.models import Picture, Text

# Every version's own address: what it shows never changes, another picture has another digest.
ADDRESS = r"^pictures/(?P<digest>[0-9a-f]{32})-(?P<name>480\.webp|960\.webp|960\.jpg)$"
VERSIONS = {
    "480.webp": ("small", "image/webp"),
    "960.webp": ("large", "image/webp"),
    "960.jpg": ("fallback", "image/jpeg"),
}
# Not for good: a picture may have to go because somebody can be recognised on it.
FOR_A_DAY = "public, max-age=86400"


def version(digest: str, name: str, *, drafts: bool = False) -> tuple[bytes, str]:
    """One version's bytes and type; no bytes where no page shows it. A preview sees drafts too."""
    column, content_type = VERSIONS[name]
    pictures = Picture.objects.filter(digest=digest)
    if not drafts:
        published = Text.objects.filter(language="en").exclude(state=Text.State.DRAFT)
        pictures = pictures.filter(item__published=True, item__texts__in=published)
    return bytes(pictures.values_list(column, flat=True).first() or b""), content_type


@require_safe
def picture(request: HttpRequest, digest: str, name: str) -> HttpResponse:
    """One version of a picture."""
    try:
        raw, content_type = version(digest, name)
    except Error:  # the database is away; the page has words for it
        return HttpResponse(status=503)
    if not raw:
        raise Http404
    return HttpResponse(raw, content_type=content_type, headers={"Cache-Control": FOR_A_DAY})
