"""What the pages are made of: one entry an item, in one language, from whichever store it came."""

from collections.abc import Mapping
from dataclasses import dataclass
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
        """From the item's columns and from its words."""
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
        """What this kind of entry has beside the words."""
        return {}


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

    @classmethod
    def columns(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """The page it stands on."""
        return {"on": values.get("on") or ""}


@dataclass(frozen=True)
class QuestionEntry(PageEntry):
    """A question and its answer."""

    FAMILY = "question"


@dataclass(frozen=True)
class TypeEntry(Entry):
    """A type of trafficking."""

    FAMILY = "type"
    seen: str = "none"

    @classmethod
    def columns(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """What public reports say about it here."""
        return {"seen": values["seen"]}


@dataclass(frozen=True)
class SignEntry(Entry):
    """A sign; no types: it fits every type."""

    FAMILY = "sign"
    types: tuple[str, ...] = ()
    strong: bool = False
    on_form: bool = False
    group: str = ""

    @classmethod
    def columns(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """Where it is noticed, and what it says."""
        return {
            "types": tuple(values["types"]),
            "strong": values.get("strength") == "strong",
            "on_form": bool(values.get("on_form")),
            "group": values["group"],
        }


@dataclass(frozen=True)
class ProvisionEntry(Entry):
    """A section of a law or a treaty."""

    FAMILY = "provision"
    law: str = ""
    number: str = ""
    basis: str = ""

    @classmethod
    def columns(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """Where it stands, and how much of it was read."""
        return {name: values.get(name) or "" for name in ("law", "number", "basis")}


@dataclass(frozen=True)
class MilestoneEntry(Entry):
    """Something that was done."""

    FAMILY = "milestone"
    when: str = ""
    home: bool = False

    @classmethod
    def columns(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """When, and whether the home page shows it."""
        return {"when": values["when"], "home": bool(values.get("home"))}


@dataclass(frozen=True)
class MaterialEntry(Entry):
    """Something to print."""

    FAMILY = "material"
    layout: str = "card"
    signs: tuple[str, ...] = ()

    @classmethod
    def columns(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """How it is printed, and the signs on it."""
        return {"layout": values["layout"], "signs": tuple(values["signs"])}


@dataclass(frozen=True)
class PhraseEntry(Entry):
    """A short line."""

    FAMILY = "phrase"
    use: str = "card"

    @classmethod
    def columns(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """Where it is for."""
        return {"use": values["use"]}


@dataclass(frozen=True)
class ContactEntry:
    """A number or address that works now."""

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
