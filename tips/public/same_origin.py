"""Whether a POST comes from our own page, told without a cookie or token."""

from django.conf import settings
from django.http import HttpRequest


def is_same_origin(request: HttpRequest) -> bool:
    """Sec-Fetch-Site decides where a browser sends it, else the Origin; with neither, accepted.

    There is no session to abuse behind the public door: what is kept out is junk that another
    site makes its visitors send.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    own = f"{request.scheme}://{request.get_host()}"
    return origin is None or origin in (own, settings.SITE_URL)
