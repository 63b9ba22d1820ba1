"""What happens to every request and answer, from the outermost inwards (settings.MIDDLEWARE)."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import translation
from django.utils.cache import get_conditional_response, set_response_etag
from django.utils.module_loading import import_string

from slu_antitrafficking import views
from slu_antitrafficking.bodies import drain, watch

GetResponse = Callable[[HttpRequest], HttpResponseBase]

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    # Not no-referrer: browsers would send `Origin: null`, and every desk form would be refused.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-DNS-Prefetch-Control": "off",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
HSTS = "max-age=63072000"
DESK = "/desk/"
NOT_KEPT = ("report", "follow-up", "get-help", "desk", "health")


class SecurityHeaders:
    """Puts the security headers on every answer, static files and errors included."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """A view may set a stricter value of its own."""
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if request.is_secure():
            response.headers.setdefault("Strict-Transport-Security", HSTS)
        return response


class Bodies:
    """Refuses a body that was cut off; reads on what was refused, so that the answer is seen."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer; request.POST and request.body raise BadRequest where the body was cut off."""
        watch(request)
        response = self.get_response(request)
        drain(request)
        return response


class PublicCaching:
    """Lets awareness pages be kept for a minute with an ETag, pictures as long as they say."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """304 when the browser has the page already."""
        response = self.get_response(request)
        if section(request.path_info) in NOT_KEPT:
            response.headers["X-Robots-Tag"] = "noindex"
        elif settings.DEBUG:
            pass  # whoever works on a page wants to see each change
        elif request.method in ("GET", "HEAD") and response.status_code == 200:
            response.headers.setdefault("Cache-Control", "public, max-age=60")
            if isinstance(response, HttpResponse):
                etag = set_response_etag(response).headers["ETag"]
                return get_conditional_response(request, etag=etag, response=response) or response
            return response
        response.headers["Cache-Control"] = "no-store"
        return response


class Language:
    """Speaks the language the address names; Django's own would vary on the reader's headers."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """English where the address names none."""
        code = translation.get_language_from_path(request.path_info) or settings.LANGUAGE_CODE
        request.LANGUAGE_CODE = code
        with translation.override(code):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", code)
        return response


class NotAllowed:
    """Gives a 405, which Django leaves empty, its page with the numbers."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """In the language of the address."""
        response = self.get_response(request)
        if response.status_code == 405:
            return views.not_allowed(request, response.headers.get("Allow", ""))
        return response


class DeskOnly:
    """Runs session, CSRF, log-in, messages under /desk/ alone: no public answer sets a cookie."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.chain: Any = get_response
        self.process_views: list[Callable[..., HttpResponseBase | None]] = []
        if settings.SERVE == "public":
            return
        for path in reversed(settings.DESK_MIDDLEWARE):
            middleware = import_string(path)(self.chain)
            if hasattr(middleware, "process_view"):
                self.process_views.insert(0, middleware.process_view)
            self.chain = convert_exception_to_response(middleware)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The chain was built once, at the start."""
        if request.path_info.startswith(DESK):
            response: HttpResponseBase = self.chain(request)
            return response
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Asks the desk's own middleware, the CSRF check among them, before its views run."""
        if request.path_info.startswith(DESK):
            for process_view in self.process_views:
                response = process_view(request, view, args, kwargs)
                if response is not None:
                    return response
        return None


def section(path: str) -> str:
    """The first part of an address after the language."""
    parts = path.strip("/").split("/")
    languages = {code for code, _ in settings.LANGUAGES}
    return parts[1] if parts[0] in languages and len(parts) > 1 else parts[0]
