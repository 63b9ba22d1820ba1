"""Where the pages are, from the release alone: for tests that are made before a database is."""

from campaign import release

LANGUAGES = ("en", "es", "fr")
AWARENESS = (
    "/",
    "/signs/",
    "/types/",
    "/law/",
    "/what-we-have-done/",
    "/get-involved/",
    "/press/",
    "/contact/",
    "/materials/",
    "/privacy/",
    "/accessibility/",
    *(f"/types/{row.slug}/" for row in release.rows() if row.family == "type"),
    *(f"/materials/{row.slug}/" for row in release.rows() if row.family == "material"),
)
QUIET = ("/get-help/", "/get-help/card/")
FORMS = ("/report/", "/follow-up/")
PAGES = AWARENESS + QUIET
# One page of each template.
TEMPLATES = (
    *(path for path in AWARENESS if path.count("/") < 3),
    "/types/forced-labour/",
    "/materials/taxi/",
    "/materials/poster/",
    "/materials/tear-off/",
    "/materials/five-languages/",
    "/materials/wallet/",
    *QUIET,
)


def in_language(path: str, language: str) -> str:
    """The same page in this language."""
    return path if language == "en" else f"/{language}{path}"


EVERYWHERE = tuple(in_language(path, code) for code in LANGUAGES for path in PAGES)


def language_of(path: str) -> str:
    """The language that the address names."""
    first = path.split("/")[1]
    return first if first in LANGUAGES else "en"
