"""The public door as a citizen meets it: every query runs with the public role's rights."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection

from campaign import offers
from slu_antitrafficking import roles
from tests.cast import Person
from tests.public.citizen import Citizen, Desk, run
from tests.public.from_a_network import stand_still
from tips.crypto import active_key
from tips.public import desk_reading, photos


@pytest.fixture
def desk(sam: Person) -> Iterator[Desk]:
    """A desk that is set up; from here on the database knows us as the public role."""
    active_key.forget()
    desk_reading.forget()
    keys = sam.keys
    public = roles.role_names(str(connection.settings_dict["NAME"])).public
    run(f'SET LOCAL ROLE "{public}"')
    yield Desk(keys, public)
    active_key.forget()
    desk_reading.forget()


@pytest.fixture(autouse=True)
def no_count_fades(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever counts up to a limit does so in one moment of one hour."""
    stand_still(monkeypatch)


@pytest.fixture
def read_anew(db: None) -> Iterator[None]:
    """For a test that changes what the pages show: the others share one reading of it."""
    offers.forget()
    yield
    offers.forget()


@pytest.fixture
def as_public(desk: Desk) -> Desk:
    """For tests that only need the role."""
    return desk


@pytest.fixture
def citizen(desk: Desk) -> Citizen:
    return Citizen()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[], bool]:
    """Whether the child that cleans photos was ever started."""
    mark, child = tmp_path / "asked", tmp_path / "child.py"
    child.write_text(f"open({str(mark)!r}, 'w').close()\n")
    monkeypatch.setattr(photos, "CHILD", child)
    return mark.exists
