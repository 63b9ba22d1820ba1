"""Whether a POST comes from our own page, told without a cookie or token."""

from django.conf import settings
from django.core import signing
from django.http import HttpRequest

SECONDS = 12 * 3600  # for which a form that came back may be sent once more
_signer = signing.TimestampSigner(salt="tips.public.same_origin")


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
    if origin == "null":
        return _is_resubmitted(request)
    return origin is None or origin in (own, settings.SITE_URL)


def resubmission() -> str:
    """What a form that came back carries as `resubmission`: its next press is from our own page.

    Older browsers whose referrers are off, and some filters, say `Origin: null` of our own pages
    too, and would be asked to press Send for ever.
    """
    return _signer.sign("form")


def _is_resubmitted(request: HttpRequest) -> bool:
    try:
        return _signer.unsign(request.POST.get("resubmission", ""), max_age=SECONDS) == "form"
    except signing.BadSignature:
        return False
