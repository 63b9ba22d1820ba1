"""Brings the release's rows into the database and leaves alone whatever a person has changed."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from campaign import release
from campaign.loaded import Loaded, differs, fill
from campaign.models import FAMILIES, Item, OpeningHours, Text

RELEASE = "release"  # who set the state of a text that no person edited


@transaction.atomic
def load() -> Counter[str]:
    """Adds missing rows, updates rows that no person edited; counts what it did. Never deletes."""
    done: Counter[str] = Counter()
    items = {
        (item.family, item.slug): item for kind in FAMILIES.values() for item in kind.complete()
    }
    words = {(text.item_id, text.language): text for text in Text.objects.all()}
    new: list[Text] = []
    # Kind by kind, so that what a row names is there before it.
    for family, kind in FAMILIES.items():
        for row in (row for row in release.rows() if row.family == family):
            item = items.setdefault((family, row.slug), kind(slug=row.slug))
            done[_bring(item, row.values, items)] += 1
            new += _bring_texts(row, item, words, done)
    Text.objects.bulk_create(new)  # a test checks the release's words; one by one takes seconds
    _load_hours(done)
    return done


def _bring_texts(row: release.Row, item: Item, words: Any, done: Counter[str]) -> Iterator[Text]:
    """Updates the item's texts and yields the missing ones; English first: it outdates others."""
    english_is_ours = True
    for language in sorted(row.texts, key=lambda code: code != "en"):
        late = language in row.outdated or not english_is_ours
        text = words.get((item.pk, language))
        if text is None:
            text = Text(item=item, language=language, outdated=late)
            _fill(text, row.texts[language], {})
            done["added"] += 1
            yield text
            continue
        what = _bring(text, row.texts[language], {})
        if language == "en":
            english_is_ours = what != "kept"
        elif what == "updated":
            Text.objects.filter(pk=text.pk).update(outdated=late)
        done[what] += 1


def _load_hours(done: Counter[str]) -> None:
    rows = {row.day: row for row in OpeningHours.objects.all()}
    for day, span in enumerate(release.week()):
        opens, closes = (clock.isoformat() for clock in span) if span else (None, None)
        row = rows.get(day) or OpeningHours(day=day)
        done[_bring(row, {"opens": opens, "closes": closes}, {})] += 1


def _bring(row: Loaded, values: Mapping[str, Any], items: dict[tuple[str, str], Item]) -> str:
    """Writes the values into the row if it is new or still the release's."""
    if row.pk and not row.is_unedited():
        return "kept"
    if row.pk and not differs(row, _wanted(row, values)):
        return "same"
    new = row.pk is None
    many = _fill(row, values, items)
    row.save()
    for name, targets in many.items():
        getattr(row, name).set(targets)
    return "added" if new else "updated"


def _wanted(row: Loaded, values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: values.get(name, _default(row, name)) for name in row.RELEASE_FIELDS}


def _fill(
    row: Loaded, values: Mapping[str, Any], items: dict[tuple[str, str], Item]
) -> dict[str, list[models.Model]]:
    """Sets the columns; returns what can only be set once the row is saved."""
    row.loaded = _wanted(row, values)
    if isinstance(row, Text):
        row.state_by, row.state_at = RELEASE, timezone.now()
    return fill(row, row.loaded, lambda kind, slug: items[_family(kind), slug])


def _family(kind: Any) -> str:
    return str(kind.FAMILY)


def _default(row: Loaded, name: str) -> Any:
    field = row._meta.get_field(name)
    return [] if field.many_to_many else field.get_default()  # type: ignore[union-attr]
