"""Which migrations the release before can go on serving beside, while tips arrive.

An upgrade runs them under load, and nothing is ever taken back: whatever the old code reads or
writes must stay, and no lock may be held for longer than a sender waits.
"""

import re
from collections.abc import Iterator
from typing import Any

from django.contrib.postgres.operations import (
    AddConstraintNotValid,
    AddIndexConcurrently,
    ValidateConstraint,
)
from django.db import models
from django.db.migrations import Migration, RunSQL
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import (
    AddField,
    AlterField,
    AlterModelManagers,
    AlterModelOptions,
    CreateModel,
    RemoveConstraint,
)
from django.db.migrations.state import ProjectState

# The last migrations of 0.9.0: before it was no release to serve beside.
FIRST_RELEASE = {"campaign": "0004_pending_changes", "tips": "0002_storage"}
ALWAYS = (
    *(CreateModel, AlterModelOptions, AlterModelManagers, AddIndexConcurrently),
    # A check that goes lets the old code do all that it did.
    *(RemoveConstraint, AddConstraintNotValid, ValidateConstraint),
)
SQL = re.compile(
    r"(ALTER TABLE \S+ ALTER (COLUMN )?\S+ SET STATISTICS -?\d+|COMMENT ON .*"
    r"|CREATE OR REPLACE (VIEW|FUNCTION) .*)",
    re.DOTALL | re.IGNORECASE,
)


def refusals() -> list[str]:
    """Sentences: each operation since the first release that is none of those allowed."""
    loader = MigrationLoader(None)
    found = []
    for app, first in FIRST_RELEASE.items():
        for name in sorted(name for of, name in loader.graph.nodes if of == app and name > first):
            state = loader.project_state((app, name), at_end=False)
            found += [
                f"{app}.{name}: {why}" for why in judged(loader.disk_migrations[app, name], state)
            ]
    return found


def judged(migration: Migration, state: ProjectState) -> Iterator[str]:
    """Why not, of each operation that may not run under load; `state` is the one before it."""
    for operation in migration.operations:
        if not _expands(operation, migration, state):
            yield f"{operation.describe()}: it does more than add (docs/operations.md, Upgrade)"
        operation.state_forwards(migration.app_label, state)


def _expands(operation: Any, migration: Migration, state: ProjectState) -> bool:
    match operation:
        case AddField(field=models.ManyToManyField()):
            return True
        case AddField():
            field: Any = operation.field
            filled = field.null or field.db_default is not models.NOT_PROVIDED
            return bool(filled and not field.unique and not field.db_index)
        case AlterField():
            fields = state.models[migration.app_label, operation.model_name_lower].fields
            before = fields[operation.name_lower]
            return _in_the_database(before) == _in_the_database(operation.field)
        case RunSQL(sql=str(statement)):
            return bool(SQL.fullmatch(statement.strip().rstrip(";")))
    return isinstance(operation, ALWAYS)


def _in_the_database(field: Any) -> tuple[object, ...]:
    _name, path, arguments, options = field.deconstruct()
    kept = {key: repr(value) for key, value in options.items() if key not in field.non_db_attrs}
    return path, repr(arguments), tuple(sorted(kept.items()))
