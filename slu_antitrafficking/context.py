"""What every template may count on."""

from typing import Any, NamedTuple
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth.context_processors import auth
from django.contrib.messages.context_processors import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language

from campaign import offers

# Languages in which a person has read every word of the interface.
REVIEWED = ("en",)


class LanguageLink(NamedTuple):
    """A language of the site, in its own name, and this page in it."""

    code: str
    name: str
    href: str


def site(request: HttpRequest | None) -> dict[str, Any]:
    """Numbers, exit, languages, notices; asks the database at most every ten seconds."""
    language = get_language() or settings.LANGUAGE_CODE
    return {
        "contacts": offers.contacts(language),
        "notices": offers.notices(language),
        "desk_is_open": offers.hours().is_open(timezone.now()),
        "next_opening": offers.next_opening_text(language=language),
        "exit_url": settings.EXIT_URL,
        "site_url": settings.SITE_URL,
        "language": language,
        "machine": language not in REVIEWED,
        "languages": switches(request.path_info if request else "/"),
        "creoles": [
            (code, offers.language_name(code).split()[0])
            for code in offers.CREOLES
            if offers.phrases(code, "site")
        ],
        "demo": settings.DEMO,
        "preview": offers.is_preview(),
        "quiet": False,
    }


def desk(request: HttpRequest) -> dict[str, Any]:
    """The signed-in officer and the messages, on the desk's pages alone."""
    if not hasattr(request, "user"):
        return {}
    return auth(request) | messages(request)


def switches(path: str) -> list[LanguageLink]:
    """This page in every published language."""
    codes = [code for code, _ in settings.LANGUAGES]
    first, _, rest = path.lstrip("/").partition("/")
    # Two slashes or a backslash at the beginning would lead to another site.
    bare = quote((rest if first in codes else path).lstrip("/"))
    return [
        LanguageLink(
            code,
            offers.language_name(code),
            f"/{bare}" if code == settings.LANGUAGE_CODE else f"/{code}/{bare}",
        )
        for code in codes
    ]
