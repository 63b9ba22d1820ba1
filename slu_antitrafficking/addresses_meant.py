"""Addresses as people copy them from paper and say them aloud: /ES/, /en/report, /Report/."""

from django.conf import settings
from django.urls import is_valid_path
from django.utils import translation


def meant(path: str) -> str:
    """The address of ours that this one, which leads nowhere, was to be; empty where none is.

    Small letters, no prefix for the language without one, a slash at the end.
    """
    low = f"/{path.lower().strip('/')}"
    default = f"/{settings.LANGUAGE_CODE}"
    if low == default or low.startswith(f"{default}/"):
        low = low.removeprefix(default)
    there = f"{low.rstrip('/')}/"
    language = translation.get_language_from_path(there) or settings.LANGUAGE_CODE
    with translation.override(language):
        return there if there != path and is_valid_path(there) else ""
