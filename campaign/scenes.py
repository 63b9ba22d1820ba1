"""Which flat scene stands in the title band of which page; each is static/site/<name>.svg.

They show places, never people, and stand where no text is.
"""

from campaign.entries import Entry

# By the slug of the page.
PAGES = {
    "signs": "hotel",
    "types": "kitchen",
    "get-involved": "school",
    "contact": "jetty",
    "materials": "taxi",
}
# By the slug of the type.
TYPES = {
    "sex-trafficking": "hotel",
    "forced-labour": "jetty",
    "child-forced-labour": "school",
    "child-sexual-exploitation": "taxi",
    "domestic-servitude": "kitchen",
    "debt-bondage": "jetty",
    "forced-crime": "taxi",
    "forced-begging": "taxi",
}
# By the slug of the sheet.
MATERIALS = {
    "taxi": "taxi",
    "hotel": "hotel",
    "school": "school",
    "boats": "jetty",
    "employers": "kitchen",
    "border": "jetty",
}
KINDS = {"page": PAGES, "type": TYPES, "material": MATERIALS}


def of_page(page: Entry) -> str:
    """The name of its scene; the Pitons where it has none of its own."""
    return KINDS[page.FAMILY].get(page.slug, "pitons")
