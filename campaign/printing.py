"""The sheets to print: which languages stand on one, and the square that leads to the form."""

from typing import Any

import segno
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe

from campaign import offers, snapshot_cache
from campaign.entries import MaterialEntry, PhraseEntry

# English readers meet Spanish speakers first; everybody else needs a card that the police can read.
SECOND = {"en": "es"}
COPIES = {"wallet": 4}  # how many of each language fit on the sheet, where it is more than one
TWO_LANGUAGES = ("card", "wallet")
STRIPS = 10


def sheet(material: MaterialEntry, language: str) -> list[SafeString]:
    """The pieces of one A4 sheet, in the order in which they are cut apart."""
    languages = [language]
    if material.layout in TWO_LANGUAGES:
        languages.append(SECOND.get(language, "en"))
    copies = COPIES.get(material.layout, 1)
    return [piece for code in languages for piece in [_piece(material, code)] * copies]


def square(language: str) -> SafeString:
    """The QR code of the form in this language, as an SVG without any style of its own."""
    with translation.override(language):
        address = f"{settings.SITE_URL}{reverse('tips:report')}"
    code = segno.make(address, error="m", micro=False)
    return mark_safe(code.svg_inline(omitsize=True, border=2, svgclass="qr__code", lineclass=None))


def _piece(material: MaterialEntry, language: str) -> SafeString:
    snapshot = snapshot_cache.current(language)
    words = next((one for one in snapshot.materials if one.slug == material.slug), material)
    signs = [sign for sign in snapshot.signs if sign.slug in words.signs]
    context: dict[str, Any] = {
        "material": words,
        "signs": sorted(signs, key=lambda sign: not sign.strong),
        "contacts": snapshot.contacts,
        "slogan": snapshot.page("home"),
        "language": language,
        "square": square(language),
        "address": settings.SITE_URL.partition("://")[2],
        "checked": _checked(snapshot.contacts.values()),
        "is_trial": settings.DEMO or settings.ON_LOOPBACK,
        "strips": range(STRIPS),
        "questions": _questions(language) if material.layout == "question" else [],
    }
    with translation.override(language):
        return mark_safe(render_to_string(f"campaign/_{material.layout}.html", context))


def _questions(first: str) -> list[tuple[str, tuple[PhraseEntry, ...]]]:
    """The poster's lines by language: the page's own first, Creoles once reviewed."""
    codes = dict.fromkeys((first, *(code for code, _ in settings.LANGUAGES), *offers.CREOLES))
    lines = ((code, offers.phrases(code, "poster")) for code in codes)
    return [(code, phrases) for code, phrases in lines if phrases]


def _checked(contacts: Any) -> Any:
    """The oldest day on which one of the numbers was confirmed or looked up."""
    days = [one.confirmed_on or one.checked_on for one in contacts]
    return min((day for day in days if day), default=None)
