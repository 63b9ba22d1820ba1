"""Brings the release's rows into the database and leaves alone whatever a person has changed."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, time
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from campaign import release
from campaign.loaded import Loaded, differs
from campaign.models import (
    Contact,
    Item,
    Milestone,
    OpeningHours,
    Page,
    Question,
    Sign,
    Text,
    TraffickingType,
)

KINDS: dict[str, type[Item]] = {
    kind.FAMILY: kind for kind in (Contact, Page, Question, TraffickingType, Milestone, Sign)
}


@transaction.atomic
def load() -> Counter[str]:
    """Adds missing rows, updates rows that no person edited; counts what it did. Never deletes."""
    done: Counter[str] = Counter()
    items = {(item.family, item.slug): item for kind in KINDS.values() for item in _rows(kind)}
    words = {(text.item_id, text.language): text for text in Text.objects.all()}
    for row in release.rows():
        item = items.get((row.family, row.slug))
        if item is None:
            item = KINDS[row.family](slug=row.slug)
            items[row.family, row.slug] = item
        done[_bring(item, row.values, items)] += 1
        for language, values in row.texts.items():
            text = words.get((item.pk, language)) or Text(item=item, language=language)
            done[_bring(text, values, items)] += 1
    _load_hours(done)
    return done


def _rows(kind: type[Item]) -> Iterable[Item]:
    """Every row of this kind, in a fixed number of queries."""
    if kind is Sign:
        return Sign.objects.prefetch_related("types")
    if kind is Page:
        return Page.objects.select_related("on")
    if kind is Question:
        return Question.objects.select_related("on")
    return kind._default_manager.all()


def _load_hours(done: Counter[str]) -> None:
    rows = {row.day: row for row in OpeningHours.objects.all()}
    for day, span in enumerate(release.week()):
        opens, closes = (clock.isoformat() for clock in span) if span else (None, None)
        row = rows.get(day) or OpeningHours(day=day)
        done[_bring(row, {"opens": opens, "closes": closes}, {})] += 1


def _bring(row: Loaded, values: dict[str, Any], items: dict[tuple[str, str], Item]) -> str:
    """Writes the values into the row if it is new or still the release's."""
    wanted = {name: values.get(name, _default(row, name)) for name in row.RELEASE_FIELDS}
    if row.pk and not row.is_the_release_s():
        return "kept"
    if row.pk and not differs(row, wanted):
        return "same"
    new = row.pk is None
    many = {}
    for name, value in wanted.items():
        field = row._meta.get_field(name)
        if field.many_to_many:
            many[name] = [items["type", slug] for slug in value]
        else:
            setattr(row, name, _python(field, value, items))
    if isinstance(row, Text):
        row.state_by, row.state_at = "release", timezone.now()
    row.loaded = wanted
    row.save()
    for name, targets in many.items():
        getattr(row, name).set(targets)
    return "added" if new else "updated"


def _default(row: Loaded, name: str) -> Any:
    field = row._meta.get_field(name)
    return [] if field.many_to_many else field.get_default()  # type: ignore[union-attr]


def _python(field: Any, value: Any, items: dict[tuple[str, str], Item]) -> Any:
    if isinstance(field, models.ForeignKey):
        return items["page", value] if value else None
    if isinstance(field, models.DateField) and value:
        return date.fromisoformat(value)
    if isinstance(field, models.TimeField) and value:
        return time.fromisoformat(value)
    return value
