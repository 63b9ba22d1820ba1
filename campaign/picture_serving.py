"""The addresses of the site's pictures, and what is served there."""

from django.db import Error
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from campaign.item_content import PictureSource
from campaign.models import PublishedPicture

# Every version's own address: what it shows never changes, another picture has another digest.
ADDRESS = r"^pictures/(?P<digest>[0-9a-f]{32})-(?P<name>480\.webp|960\.webp|960\.jpg)$"
VERSIONS = {
    "480.webp": ("small", "image/webp"),
    "960.webp": ("large", "image/webp"),
    "960.jpg": ("fallback", "image/jpeg"),
}
# Not for good: a picture may have to go because somebody can be recognised on it.
FOR_A_DAY = "public, max-age=86400"


def source(digest: str, width: int, height: int) -> PictureSource:
    """The picture at its public addresses."""
    small, large, fallback = (f"/pictures/{digest}-{name}" for name in VERSIONS)
    return PictureSource(small, large, fallback, width, height)


@require_safe
def picture(request: HttpRequest, digest: str, name: str) -> HttpResponse:
    """One version of a picture. Raises Http404 where no page shows it."""
    column, content_type = VERSIONS[name]
    try:
        raw = PublishedPicture.objects.filter(pk=digest).values_list(column, flat=True).first()
    except Error:  # the database is away; the page has words for it
        return HttpResponse(status=503)
    if not raw:
        raise Http404
    return HttpResponse(bytes(raw), content_type=content_type, headers={"Cache-Control": FOR_A_DAY})
