"""Rows that a release brings and a person may change: whose they are is known by comparing."""

from collections.abc import Callable, Mapping
from datetime import date, time
from typing import Any, ClassVar

from django.db import models


class Loaded(models.Model):
    """A row that remembers what the release wrote; any other value makes it a person's."""

    RELEASE_FIELDS: ClassVar[tuple[str, ...]] = ()

    loaded = models.JSONField(default=dict, blank=True, editable=False)

    class Meta:
        abstract = True

    def release_values(self) -> dict[str, Any]:
        """The row's present values of what a release may set, as JSON can hold them."""
        return {name: self.plain_value(name) for name in self.RELEASE_FIELDS}

    def is_unedited(self) -> bool:
        """Whether no person has changed what the release wrote."""
        now = self.release_values()
        return bool(self.loaded) and all(now.get(k, v) == v for k, v in self.loaded.items())

    def plain_value(self, name: str) -> Any:
        """A column's present value as JSON can hold it: days as text, rows by slug."""
        field = self._meta.get_field(name)
        if field.many_to_many:
            return sorted(row.slug for row in getattr(self, name).all()) if self.pk else []
        value = getattr(self, name)
        if isinstance(value, models.Model):
            return getattr(value, "slug", value.pk)
        return value.isoformat() if isinstance(value, (date, time)) else value


def differs(row: Loaded, wanted: Mapping[str, Any]) -> bool:
    """Whether the release now says something else than the row."""
    now = row.release_values()
    return any(now[name] != value for name, value in wanted.items())


def fill(
    row: Loaded, values: Mapping[str, Any], find: Callable[[type[models.Model], str], models.Model]
) -> dict[str, list[models.Model]]:
    """Sets the columns from JSON; returns the rows of those that can only be set once it is saved.

    `find` gives the row of a kind by its slug.
    """
    many: dict[str, list[models.Model]] = {}
    for name, value in values.items():
        field: Any = row._meta.get_field(name)
        if field.many_to_many:
            many[name] = [find(field.related_model, slug) for slug in value]
        elif isinstance(field, models.ForeignKey):
            setattr(row, name, find(field.related_model, value) if value else None)
        else:
            setattr(row, name, field.to_python(value))
    return many
