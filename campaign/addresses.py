"""Which pages there are: for the sitemap, the tests and the figures."""

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from campaign import snapshot_cache

# The pages about the subject; they may be found, kept for a minute and shared.
AWARENESS = (
    "home",
    "signs",
    "types",
    "law",
    "done",
    "involved",
    "press",
    "contact",
    "materials",
    "privacy",
    "accessibility",
)
# The pages that must look like nothing: not listed, not kept.
QUIET = ("get_help", "card")


def groups() -> list[dict[str, str]]:
    """The path of every awareness page, each type and each material, by language."""
    snapshot = snapshot_cache.current(settings.LANGUAGE_CODE)
    names: list[tuple[str, list[str]]] = [
        *((name, []) for name in AWARENESS),
        *(("type", [one.slug]) for one in snapshot.types),
        *(("material", [one.slug]) for one in snapshot.materials),
    ]
    paths: list[dict[str, str]] = [{} for _ in names]
    for language in languages():
        with translation.override(language):
            for group, (name, slug) in zip(paths, names, strict=True):
                group[language] = reverse(f"campaign:{name}", args=slug)
    return paths


def awareness(language: str) -> list[str]:
    """The path of every awareness page, type and material in this language."""
    return [group[language] for group in groups()]


def quiet(language: str) -> list[str]:
    """The path of every page that must look like nothing."""
    with translation.override(language):
        return [reverse(f"campaign:{name}") for name in QUIET]


def languages() -> list[str]:
    """Every language that has pages."""
    return [code for code, _name in settings.LANGUAGES]
