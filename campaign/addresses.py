"""Which pages there are: for the sitemap, the tests and the figures."""

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from campaign import copies

# The pages about the subject; they may be found, kept for a minute and shared.
AWARENESS = (
    "home",
    "signs",
    "types",
    "law",
    "done",
    "involved",
    "contact",
    "materials",
    "privacy",
    "accessibility",
)
# The pages that must look like nothing: not listed, not kept.
QUIET = ("get_help", "card")


def awareness(language: str) -> list[str]:
    """The path of every awareness page, each type and each material in this language."""
    copy = copies.current(language)
    with translation.override(language):
        return [
            *(reverse(f"campaign:{name}") for name in AWARENESS),
            *(reverse("campaign:type", args=[one.slug]) for one in copy.types),
            *(reverse("campaign:material", args=[one.slug]) for one in copy.materials),
        ]


def quiet(language: str) -> list[str]:
    """The path of every page that must look like nothing."""
    with translation.override(language):
        return [reverse(f"campaign:{name}") for name in QUIET]


def languages() -> list[str]:
    """Every language that has pages."""
    return [code for code, _name in settings.LANGUAGES]
