"""People at the desk's own pages, with the desk's own database role."""

from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from django.db import connection

from slu_antitrafficking.roles import role_names


@pytest.fixture(autouse=True)
def own_var(settings: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A $VAR of its own."""
    # To number it, as tmp_path does, all folders of the run before it would be looked through.
    var = Path(mkdtemp(dir=tmp_path_factory.getbasetemp()))
    settings.VAR = var
    settings.FIRST_SUPERVISOR_FILE = var / "first-supervisor.txt"
    settings.RECOVERY_SHEETS_FILE = var / "recovery-sheets.html"


@pytest.fixture
def as_desk(db: None) -> Callable[[], None]:
    """From the call on, everything in this test's transaction has the desk's rights and no more."""

    def switch() -> None:
        with connection.cursor() as cursor:
            role = role_names(connection.settings_dict["NAME"]).desk
            cursor.execute(f'SET LOCAL ROLE "{role}"')

    return switch
