"""All that the pages show in one language, made of items from whichever store."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from campaign import published, release
from campaign.entries import (
    KINDS,
    ContactEntry,
    Entry,
    MaterialEntry,
    MilestoneEntry,
    NoticeEntry,
    PageEntry,
    PhraseEntry,
    PictureEntry,
    ProvisionEntry,
    QuestionEntry,
    SignEntry,
    TypeEntry,
)
from campaign.hours import Hours
from campaign.item_content import ItemContent
from campaign.models import CREOLES, href_of


@dataclass(frozen=True)
class Snapshot:
    """Everything that the pages of one language are made of, each kind in the order of its page."""

    contacts: Mapping[str, ContactEntry]
    hours: Hours
    notices: tuple[NoticeEntry, ...] = ()
    entries: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict)
    creoles: Mapping[str, tuple[PhraseEntry, ...]] = field(default_factory=dict)  # by language

    @property
    def signs(self) -> tuple[SignEntry, ...]:
        """The signs, in the order of their page."""
        return self.entries.get("sign", ())  # type: ignore[return-value]

    @property
    def types(self) -> tuple[TypeEntry, ...]:
        """The types of trafficking, in the order of their page."""
        return self.entries.get("type", ())  # type: ignore[return-value]

    @property
    def milestones(self) -> tuple[MilestoneEntry, ...]:
        """The milestones, oldest first."""
        milestones: tuple[MilestoneEntry, ...] = self.entries.get("milestone", ())  # type: ignore[assignment]
        return tuple(sorted(milestones, key=lambda one: one.when))

    @property
    def materials(self) -> tuple[MaterialEntry, ...]:
        """The sheets to print, in the order of their page."""
        return self.entries.get("material", ())  # type: ignore[return-value]

    @property
    def pages(self) -> tuple[PageEntry, ...]:
        """The pages and their blocks, by position."""
        return self.entries.get("page", ())  # type: ignore[return-value]

    def page(self, slug: str) -> PageEntry | None:
        """The page or block of this slug; None while it does not show."""
        return next((page for page in self.pages if page.slug == slug), None)

    def blocks(self, slug: str) -> tuple[PageEntry, ...]:
        """The blocks that stand on this page."""
        return tuple(page for page in self.pages if page.on == slug)

    def questions(self, slug: str) -> tuple[QuestionEntry, ...]:
        """The questions that stand on this page."""
        questions: tuple[QuestionEntry, ...] = self.entries.get("question", ())  # type: ignore[assignment]
        return tuple(question for question in questions if question.on == slug)

    def provisions(self, law: str) -> tuple[ProvisionEntry, ...]:
        """The sections of this law, by position."""
        provisions: tuple[ProvisionEntry, ...] = self.entries.get("provision", ())  # type: ignore[assignment]
        return tuple(provision for provision in provisions if provision.law == law)

    @property
    def phrases(self) -> tuple[PhraseEntry, ...]:
        """The phrases, for whatever use, by position."""
        return self.entries.get("phrase", ())  # type: ignore[return-value]


def from_database(language: str) -> Snapshot | None:
    """What is published; None before the release was loaded.

    Raises django.db.Error while the database is away.
    """
    items = published.items()
    if not any(item.family == "contact" for item in items):
        return None
    return build(items, published.hours(), language)


def from_release(language: str) -> Snapshot:
    """The snapshot of the release's own files."""
    return build(release.rows(), Hours(release.week()), language)


def build(
    items: Iterable[ItemContent], hours: Hours, language: str, *, drafts: bool = False
) -> Snapshot:
    """The snapshot of these items in this language; the texts' drafts show in a preview alone."""
    rows = sorted(items, key=lambda item: (item.values["position"], item.slug))
    texts = {
        (item.family, item.slug): text for item in rows if (text := _text(item, language, drafts))
    }
    worded = [item for item in rows if (item.family, item.slug) in texts]
    entries = {
        family: tuple(
            KINDS[family].build(item.slug, item.values, texts[family, item.slug])
            for item in worded
            if item.family == family
        )
        for family in KINDS
    }
    contacts = [item for item in rows if item.family == "contact"]
    notices = [item for item in worded if item.family == "notice"]
    return Snapshot(
        contacts=_contacts(contacts, texts),
        hours=hours,
        notices=tuple(_notice(item, texts["notice", item.slug]) for item in notices),
        entries=entries,
        creoles={
            code: phrases for code in CREOLES if (phrases := _creole(rows, code, drafts=drafts))
        },
    )


def _text(item: ItemContent, language: str, drafts: bool) -> dict[str, Any] | None:
    """The item's words in this language, or in English while it has none."""
    for code in dict.fromkeys((language, "en")):
        text = item.texts.get(code)
        if text and text["title"] and (drafts or text["state"] != "draft"):
            return {**text, "language": code, "picture": _picture(item, text)}
    return None


def _picture(item: ItemContent, text: Mapping[str, str]) -> PictureEntry | None:
    return PictureEntry(item.picture, text.get("picture_words", "")) if item.picture else None


def _creole(rows: Iterable[ItemContent], code: str, *, drafts: bool) -> tuple[PhraseEntry, ...]:
    """The phrases in a language without pages, which cannot say "machine-written"."""
    lines = [
        (item, item.texts[code])
        for item in rows
        if item.family == "phrase" and code in item.texts and item.texts[code]["title"]
    ]
    return tuple(
        PhraseEntry.build(item.slug, item.values, {**text, "language": code})
        for item, text in lines
        if drafts or text["state"] == "reviewed"
    )


def _notice(item: ItemContent, text: Mapping[str, Any]) -> NoticeEntry:
    starts, ends = (date.fromisoformat(item.values[name]) for name in ("starts", "ends"))
    return NoticeEntry(text["title"], text["body"], starts, ends, text["language"])


def _contacts(
    rows: Iterable[ItemContent], texts: Mapping[tuple[str, str], Mapping[str, Any]]
) -> dict[str, ContactEntry]:
    """By its own slug the contact that works in each one's place; without those that have none."""
    by_slug = {item.slug: item for item in rows}
    stand_ins = {slug: _stand_in(item, by_slug) for slug, item in by_slug.items()}
    return {
        slug: _contact(one, texts.get(("contact", one.slug), {}))
        for slug, one in stand_ins.items()
        if one is not None
    }


def _stand_in(item: ItemContent, contacts: Mapping[str, ItemContent]) -> ItemContent | None:
    """The first in order on the way from `instead` to `instead`; None where they form a ring."""
    passed = set()
    one: ItemContent | None = item
    while one is not None and one.values.get("out_of_order"):
        if one.slug in passed:
            return None
        passed.add(one.slug)
        one = contacts.get(one.values["instead"])
    return one


def _contact(item: ItemContent, text: Mapping[str, Any]) -> ContactEntry:
    return ContactEntry(
        kind=item.slug,
        number=item.values["number"],
        href=href_of(item.values["number"]),
        label=text.get("title", ""),
        detail=text.get("summary", ""),
        always=bool(item.values.get("always")),
        confirmed_on=_day(item.values.get("confirmed_on")),
        checked_on=_day(item.values["checked_on"]),
    )


def _day(day: str | None) -> date | None:
    return date.fromisoformat(day) if day else None
