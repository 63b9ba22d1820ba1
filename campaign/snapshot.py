"""One reading of all that the pages show, from the database or from the release's files."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from campaign import models, release
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
from campaign.models import Closure, OpeningHours, Text


@dataclass(frozen=True)
class Snapshot:
    """All of it in one language, each kind in the order of its page."""

    contacts: Mapping[str, ContactEntry]
    hours: Hours
    notices: tuple[NoticeEntry, ...] = ()
    entries: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict)
    creoles: Mapping[str, tuple[PhraseEntry, ...]] = field(default_factory=dict)  # by language

    @property
    def signs(self) -> tuple[SignEntry, ...]:
        """Every sign."""
        return self.entries.get("sign", ())  # type: ignore[return-value]

    @property
    def types(self) -> tuple[TypeEntry, ...]:
        """Every type of trafficking."""
        return self.entries.get("type", ())  # type: ignore[return-value]

    @property
    def milestones(self) -> tuple[MilestoneEntry, ...]:
        """What was done, oldest first."""
        found: tuple[MilestoneEntry, ...] = self.entries.get("milestone", ())  # type: ignore[assignment]
        return tuple(sorted(found, key=lambda one: one.when))

    @property
    def materials(self) -> tuple[MaterialEntry, ...]:
        """What there is to print."""
        return self.entries.get("material", ())  # type: ignore[return-value]

    @property
    def pages(self) -> tuple[PageEntry, ...]:
        """Pages and their blocks."""
        return self.entries.get("page", ())  # type: ignore[return-value]

    def page(self, slug: str) -> PageEntry | None:
        """The page itself."""
        return next((page for page in self.pages if page.slug == slug), None)

    def blocks(self, slug: str) -> tuple[PageEntry, ...]:
        """The blocks of this page."""
        return tuple(page for page in self.pages if page.on == slug)

    def questions(self, slug: str) -> tuple[QuestionEntry, ...]:
        """The questions of this page."""
        found: tuple[QuestionEntry, ...] = self.entries.get("question", ())  # type: ignore[assignment]
        return tuple(question for question in found if question.on == slug)

    def provisions(self, law: str) -> tuple[ProvisionEntry, ...]:
        """The sections of this law."""
        found: tuple[ProvisionEntry, ...] = self.entries.get("provision", ())  # type: ignore[assignment]
        return tuple(provision for provision in found if provision.law == law)

    @property
    def phrases(self) -> tuple[PhraseEntry, ...]:
        """Every line, for whatever use."""
        return self.entries.get("phrase", ())  # type: ignore[return-value]


def from_database(language: str, *, drafts: bool = False) -> Snapshot | None:
    """What the editors' rows say; None before the release was loaded. A preview sees drafts too."""
    texts = _texts(language, drafts=drafts)
    contacts = list(models.Contact.objects.filter(published=True))
    if not contacts:
        return None
    pictures = _pictures()
    entries = {
        family: tuple(
            KINDS[family].build(item.slug, _columns(item), _words(texts[item.pk], pictures))
            for item in _rows(family, drafts=drafts)
            if item.pk in texts
        )
        for family in KINDS
    }
    notices = models.Notice.objects.filter(published=True)
    return Snapshot(
        contacts=_live(contacts, texts),
        hours=_hours(OpeningHours.objects.all(), Closure.objects.all()),
        notices=tuple(
            NoticeEntry(
                texts[one.pk].title,
                texts[one.pk].body,
                one.starts,
                one.ends,
                texts[one.pk].language,
            )
            for one in notices
            if one.pk in texts
        ),
        entries=entries,
        creoles=_creoles(drafts=drafts),
    )


def from_release(language: str) -> Snapshot:
    """What the release's files say."""
    rows = release.rows()
    entries: dict[str, list[Entry]] = {family: [] for family in KINDS}
    for row in rows:
        if row.family in KINDS:
            spoken = language if _is_shown(row, language) else "en"
            words = row.texts[spoken] | {"language": spoken}
            entries[row.family].append(KINDS[row.family].build(row.slug, row.values, words))
    return Snapshot(
        contacts={row.slug: _released(row, language) for row in rows if row.family == "contact"},
        hours=Hours(release.week()),
        entries={family: tuple(found) for family, found in entries.items()},
    )


def _is_shown(row: release.Row, language: str) -> bool:
    return row.texts.get(language, {}).get("state", "draft") != "draft"


def _texts(language: str, *, drafts: bool) -> dict[int, Text]:
    """Texts by item, this language before English."""
    found: dict[int, Text] = {}
    for wanted in dict.fromkeys(("en", language)):
        texts = Text.objects.filter(language=wanted)
        for text in texts if drafts else texts.exclude(state=Text.State.DRAFT):
            if text.title:
                found[text.item_id] = text
    return found


def _creoles(*, drafts: bool) -> dict[str, tuple[PhraseEntry, ...]]:
    """By language, the phrases of those without pages, which cannot say "machine-written"."""
    phrases = models.Phrase.objects.filter(published=True).in_bulk()
    texts = Text.objects.filter(language__in=models.CREOLES, item__in=phrases)
    found: dict[str, list[PhraseEntry]] = {}
    for text in texts if drafts else texts.filter(state=Text.State.REVIEWED):
        phrase = phrases[text.item_id]
        made = PhraseEntry.build(phrase.slug, _columns(phrase), _words(text, {}))
        found.setdefault(text.language, []).append(made)
    order = [phrase.slug for phrase in sorted(phrases.values(), key=lambda one: one.position)]
    return {
        language: tuple(sorted(lines, key=lambda one: order.index(one.slug)))
        for language, lines in found.items()
    }


def _rows(family: str, *, drafts: bool) -> Iterable[models.Item]:
    rows = models.KINDS[family].complete()
    return rows if drafts else rows.filter(published=True)


def _columns(item: models.Item) -> dict[str, Any]:
    return item.release_values()


def _words(text: Text, pictures: Mapping[int, tuple[str, int, int]]) -> dict[str, Any]:
    words: dict[str, Any] = {name: getattr(text, name) for name in release.WORDS}
    picture = pictures.get(text.item_id)
    if picture:
        words["picture"] = PictureEntry(*picture, text.picture_words)
    return words | {"language": text.language, "state": text.state}


def _pictures() -> dict[int, tuple[str, int, int]]:
    """Digest and size by item, without the pictures themselves."""
    rows = models.Picture.objects.values_list("item_id", "digest", "width", "height")
    return {item: (digest, width, height) for item, digest, width, height in rows}


def _live(rows: Iterable[models.Contact], words: Mapping[int, Text]) -> dict[str, ContactEntry]:
    live: dict[str, ContactEntry] = {}
    for row in rows:
        stand_in = row.stand_in if row.out_of_order else row
        if stand_in is not None and stand_in.published:
            text = words.get(stand_in.pk)
            live[row.slug] = ContactEntry(
                stand_in.slug,
                stand_in.number,
                stand_in.href,
                text.title if text else "",
                stand_in.confirmed_on,
                text.summary if text else "",
                stand_in.always,
                stand_in.checked_on,
            )
    return live


def _released(row: release.Row, language: str) -> ContactEntry:
    text = row.texts[language if _is_shown(row, language) else "en"]
    checked = row.values["checked_on"]
    return ContactEntry(
        row.slug,
        row.values["number"],
        models.href_of(row.values["number"]),
        text["title"],
        None,
        text["summary"],
        bool(row.values.get("always")),
        date.fromisoformat(checked) if checked else None,
    )


def _hours(days: Iterable[OpeningHours], closures: Iterable[Closure]) -> Hours:
    week: list[Any] = [None] * 7
    for row in days:
        week[row.day] = (row.opens, row.closes) if row.opens and row.closes else None
    return Hours(tuple(week), tuple((row.first_day, row.last_day) for row in closures))
