"""A form that is larger than the desk reads: the words come back, for a page of the desk is stored
nowhere and Back would show it empty.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.utils.datastructures import MultiValueDict

from tips.admin import drafts, pages

TOO_MUCH = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
# What our forms carry that nobody typed or chose; of the site's forms the counts of their rows.
OURS = ("csrfmiddlewaretoken", pages.OFFICER, "seen", "once", "submission")


class TooLarge:
    """Reads a form before anything else of the desk does."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Nothing; the form is read once its address is known."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: Any) -> HttpResponse | None:
        """413 with what was read of the words, to whoever is logged in; None for all other forms.

        No word of a form of passphrases, digits or sheets.
        """
        if request.method != "POST" or not drafts.may_be_carried(request.path):
            return None
        try:
            request.POST  # noqa: B018 - reading is what fails
        except TOO_MUCH:
            if not request.user.is_authenticated:
                raise
            return _page(request, _read(request))
        return None


def _page(request: HttpRequest, typed: list[tuple[str, str]]) -> HttpResponse:
    request._post, request._files = QueryDict(), MultiValueDict()  # type: ignore[attr-defined]
    context = {
        "title": "That was too much at once",
        "typed": typed,
        "megabytes": settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1_000_000,
    }
    answer = pages.page(request, "desk/too_large.html", context)
    answer.status_code = 413
    return answer


def _read(request: HttpRequest) -> list[tuple[str, str]]:
    """What was typed and chosen in the beginning of the body.

    Nothing of a form with files, which is read in parts.
    """
    if not request.META.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
        return []
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    raw = getattr(request, "_body", None) or request.read(most)
    whole = raw[:most].decode("ascii", "replace").rpartition("%")
    text = whole[0] if len(whole[2]) < 2 else "".join(whole)  # a character that was cut in two
    typed = [(name, value) for name, value in parse_qsl(text) if name not in OURS]
    return [(name, value) for name, value in typed if not name.endswith("_FORMS")]
