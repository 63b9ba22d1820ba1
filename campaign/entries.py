"""What the pages are made of: one entry an item, in one language, from whichever store it came."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, ClassVar, Self

from campaign.item_content import PictureSource


@dataclass(frozen=True)
class Entry:
    """An item with the words to show."""

    FAMILY: ClassVar[str] = ""

    slug: str
    title: str
    summary: str = ""
    body: str = ""
    language: str = "en"  # of the words; English where the page's language has none yet
    machine: bool = False  # nobody has reviewed these words
    source: str = ""
    source_url: str = ""
    checked_on: date | None = None
    picture: "PictureEntry | None" = None

    @classmethod
    def build(cls, slug: str, values: Mapping[str, Any], words: Mapping[str, Any]) -> Self:
        """An item's entry, from its columns (ItemContent.values) and one text with its language."""
        checked = values["checked_on"]
        return cls(
            slug=slug,
            title=words["title"],
            summary=words["summary"],
            body=words["body"],
            language=words["language"],
            machine=words["state"] != "reviewed",
            source=values["source"],
            source_url=values["source_url"],
            checked_on=date.fromisoformat(checked) if checked else None,
            picture=words.get("picture"),
            **cls.columns(values),
        )

    @classmethod
    def columns(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """The fields that this kind has beside the words, from the item's columns."""
        own = {field.name for field in fields(cls)} - {field.name for field in fields(Entry)}
        return {
            name: tuple(value) if isinstance(value, list) else value
            for name in own
            if (value := values.get(name)) is not None
        }


@dataclass(frozen=True)
class PictureEntry:
    """A picture and what it shows, in words."""

    source: PictureSource
    words: str


@dataclass(frozen=True)
class PageEntry(Entry):
    """A page, or with `on` one block of a page."""

    FAMILY = "page"
    on: str = ""


@dataclass(frozen=True)
class QuestionEntry(PageEntry):
    """A question and its answer."""

    FAMILY = "question"


@dataclass(frozen=True)
class TypeEntry(Entry):
    """A type of trafficking."""

    FAMILY = "type"
    seen: str = "none"


@dataclass(frozen=True)
class SignEntry(Entry):
    """A sign with the slugs of its types; without any it fits every type."""

    FAMILY = "sign"
    types: tuple[str, ...] = ()
    strong: bool = False
    on_form: bool = False
    group: str = ""

    @classmethod
    def columns(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """The same, with the strength as a yes or no."""
        return super().columns(values) | {"strong": values.get("strength") == "strong"}


@dataclass(frozen=True)
class ProvisionEntry(Entry):
    """A section of a law or a treaty."""

    FAMILY = "provision"
    law: str = ""
    number: str = ""


@dataclass(frozen=True)
class MilestoneEntry(Entry):
    """Something that was done, and when: 2019, 2019-01 or 2019-01-29."""

    FAMILY = "milestone"
    when: str = ""
    home: bool = False

    @property
    def year(self) -> str:
        """The year alone, under which the page folds it."""
        return self.when[:4]


@dataclass(frozen=True)
class MaterialEntry(Entry):
    """A sheet to print: its layout and the slugs of its signs."""

    FAMILY = "material"
    layout: str = "card"
    signs: tuple[str, ...] = ()


@dataclass(frozen=True)
class PhraseEntry(Entry):
    """A short line for the card or for the site's own words."""

    FAMILY = "phrase"
    use: str = "card"


@dataclass(frozen=True)
class ContactEntry:
    """The number or address that works in a contact's place; `kind` is the slug of that contact."""

    kind: str
    number: str
    href: str
    label: str
    confirmed_on: date | None = None
    detail: str = ""
    always: bool = False
    checked_on: date | None = None


@dataclass(frozen=True)
class NoticeEntry:
    """A notice and its days."""

    title: str
    body: str
    starts: date
    ends: date
    language: str = "en"


KINDS: dict[str, type[Entry]] = {
    kind.FAMILY: kind
    for kind in (
        PageEntry,
        QuestionEntry,
        TypeEntry,
        SignEntry,
        ProvisionEntry,
        MilestoneEntry,
        MaterialEntry,
        PhraseEntry,
    )
}
