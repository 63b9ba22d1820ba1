"""What a watcher outside is told of the whole: one word."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tips import condition


@never_cache
@require_safe
def word(request: HttpRequest) -> HttpResponse:
    """200 well or amber, 503 red; to anybody, so no more than that."""
    said = condition.word()
    return HttpResponse(said, status=503 if said == "red" else 200, content_type="text/plain")
