"""Reads a page strictly: what a validator would refuse fails the test."""

from functools import cached_property
from xml.etree.ElementTree import Element

import html5lib


class Reading:
    """A page, parsed by the strict parser."""

    def __init__(self, html: str) -> None:
        parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
        self.root: Element = parser.parse(html)

    def all(self, tag: str) -> list[Element]:
        """Every element of this name."""
        return list(self.root.iter(tag))

    @cached_property
    def text(self) -> str:
        """What a reader sees, title included."""
        return " ".join("".join(self.root.itertext()).split())

    @cached_property
    def ids(self) -> list[str]:
        """Every id."""
        return [element.attrib["id"] for element in self.root.iter() if "id" in element.attrib]

    def hrefs(self, start: str = "") -> list[str]:
        """Every link that starts like this."""
        hrefs = [link.attrib.get("href", "") for link in self.all("a")]
        return [href for href in hrefs if href.startswith(start)]
