"""System checks: every mistake of set-up that the code can see. A start refuses on any error,
installation and upgrade also on a warning."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from slu_antitrafficking import sandbox


@register()
def demo_is_for_this_machine(**kwargs: Any) -> list[CheckMessage]:
    """Demo shows its own passphrases, so nobody else may reach it."""
    if settings.DEMO and not settings.ON_LOOPBACK:
        return [Error("Demo only runs on loopback: unset SITE_URL and DESK_URL.", id="tips.E001")]
    return []


@register()
def doors_have_addresses_of_their_own(**kwargs: Any) -> list[CheckMessage]:
    """Off loopback: https, and a host name for the desk that is not the site's."""
    if settings.ON_LOOPBACK:
        return []
    site, desk = urlsplit(settings.SITE_URL), urlsplit(settings.DESK_URL)
    found: list[CheckMessage] = []
    if "http" in (site.scheme, desk.scheme):
        found.append(Error("SITE_URL and DESK_URL must be https off loopback.", id="tips.E002"))
    if site.hostname == desk.hostname:
        found.append(
            Error("DESK_URL needs a host name of its own, not SITE_URL's.", id="tips.E003")
        )
    return found


@register()
def no_debugging_for_strangers(**kwargs: Any) -> list[CheckMessage]:
    """Django's debugging pages show what was typed."""
    if settings.DEBUG and not settings.ON_LOOPBACK:
        return [Error("DEBUG only runs on loopback.", id="tips.E004")]
    return []


@register()
def photos_never_touch_the_disk(**kwargs: Any) -> list[CheckMessage]:
    """An upload handler with temporary files would leave originals behind."""
    if any("Temporary" in handler for handler in settings.FILE_UPLOAD_HANDLERS):
        return [Error("TemporaryFileUploadHandler writes photos to disk.", id="tips.E005")]
    return []


@register()
def mails_are_files_on_this_machine_alone(**kwargs: Any) -> list[CheckMessage]:
    """On a server a file tells nobody, and stays."""
    if "mail_files" in settings.EMAIL_BACKEND and not settings.ON_LOOPBACK:
        return [Error("EMAIL_URL=file: only runs on loopback.", id="tips.E006")]
    return []


@register()
def photos_can_be_cleaned(**kwargs: Any) -> list[CheckMessage]:
    """Where a unit or a container forbids what the worker needs, every photo would be lost.

    No error: after a start with another kernel the pages and a tip's words are there all the same.
    """
    if not sandbox.cleans_a_photo():
        return [Warning("Photos cannot be cleaned here: a trial one was lost.", id="tips.W001")]
    return []
